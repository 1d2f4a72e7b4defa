import { html, nothing } from 'lit-html';
import { t, tn } from '../core/i18n.js';
import { age } from '../core/time.js';
import { icon } from '../phone/parts.js';
import { LITTLE_MB } from '../store/space.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Screen} Screen */
/** @typedef {{phone: Phone, screen: Screen | null, tab: string, content: unknown, newVersion: (() => void) | null}} Shown */

/** The bar above, what one must know, the screen, and the bar below.
 *  @param {Shown} shown */
export const frame = ({ phone, screen, tab, content, newVersion }) =>
  html`<div class="phone ${screen?.alone ? 'alone' : ''}">
    <a class="skip" href="#content">${t('Skip to content')}</a>
    <header class="phone-top">
      ${screen?.back
        ? html`<a class="btn btn-quiet btn-icon back" href=${screen.back} aria-label=${t('Back')}>${icon('arrow-left', 'icon-l')}</a>`
        : nothing}
      <h1 class="clip" id="title" tabindex="-1">${screen?.title ?? t('Grid Patrol')}</h1>
    </header>
    ${banners(phone, newVersion)}
    <main class="phone-main ${screen?.flush ? 'flush' : ''}" id="content" tabindex="-1">${content}</main>
    ${screen?.alone ? nothing : bottomBar(phone, tab)}
  </div>`;

/** Offline is told apart from signed out: one passes by itself, the other needs a person.
 *  @param {Phone} phone @param {(() => void) | null} newVersion */
function banners(phone, newVersion) {
  const { unsent, parked, oldest_at } = phone.unsent;
  const old = oldest_at !== null && age(phone.clock() - oldest_at).unit !== 'minute';
  const waiting = unsent > 0 ? t('{n} not sent yet', { n: unsent }) : '';
  if (phone.link === 'signed_out') {
    const text = [t('Signed out'), waiting].filter(Boolean).join(' · ');
    return banner('warn', 'lock', text, html`<a class="btn btn-s" href="/login?next=${location.pathname}">${t('Sign in')}</a>`);
  }
  if (parked > 0) return banner('danger', 'warning', tn('{count} record needs your attention', '{count} records need your attention', parked), showUnsent());
  if (phone.free_mb !== null && phone.free_mb < LITTLE_MB) return almostFull(phone);
  if (phone.link === 'offline') return banner('quiet', 'offline', [t('No network'), waiting].filter(Boolean).join(' · '), unsent > 0 ? showUnsent() : nothing);
  if (unsent > 0) return banner(old ? 'warn' : 'info', 'upload', old ? `${waiting} · ${t('do not clear the cache')}` : waiting, showUnsent());
  if (newVersion) {
    return banner('info', 'sync', t('A new version is ready'), html`<button type="button" class="btn btn-s" @click=${newVersion}>${t('Reload')}</button>`);
  }
  return nothing;
}

/** Without a network a phone only fills up: that is when this is worth most. @param {Phone} phone */
function almostFull(phone) {
  const text = [phone.link === 'offline' ? t('No network') : '', t('This phone is almost full')].filter(Boolean).join(' · ');
  return banner('warn', 'folder', text, html`<a class="btn btn-s btn-quiet" href="/m/me/device">${t('Show')}</a>`);
}

const showUnsent = () => html`<a class="btn btn-s btn-quiet" href="/m/me/unsent">${t('Show')}</a>`;

/** @param {string} tone @param {string} sign @param {string} text @param {unknown} act */
const banner = (tone, sign, text, act) => html`<div class="banner tone-${tone}" role="status">${icon(sign)}<span>${text}</span>${act}</div>`;

/** @param {Phone} phone @param {string} tab */
function bottomBar(phone, tab) {
  const here = (/** @type {string} */ name) => (tab === name ? 'page' : nothing);
  return html`<nav class="bottom-bar four" aria-label=${t('Main navigation')}>
    <a href="/m/" aria-current=${here('today')}>${icon('home')}${t('Today')}</a>
    <a href="/m/map" aria-current=${here('map')}>${icon('map')}${t('Map')}</a>
    <a class="main-act" href="/m/report" aria-current=${here('report')}>${icon('report')}${t('Report')}</a>
    <a href="/m/me" aria-current=${here('me')}
      >${icon('person')}${t('Me')}${phone.unsent.unsent > 0
        ? html`<span class="badge"><span class="visually-hidden">${t('Not sent yet')}</span>${phone.unsent.unsent}</span>`
        : nothing}</a
    >
  </nav>`;
}
