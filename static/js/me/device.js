import { html, nothing } from 'lit-html';
import { addWords, t, tn } from '../core/i18n.js';
import { alertBox, icon, loading, tag } from '../phone/parts.js';
import { freeSpace_mb, LITTLE_MB } from '../store/space.js';
import { installOffer } from './install.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {'ok' | 'warn' | 'danger' | 'info'} Tone */
/** @typedef {{sign: string, name: string, tone: Tone, says: string, advice?: string, act?: {text: string, run: () => Promise<unknown>}}} Check */

const CLOCK_MAY_BE_OFF_MS = 2 * 60 * 1000;

/** Whether this phone is fit for a round, each point with what to do about it.
 *  @type {import('../phone/types.js').OpenScreen} */
export function openDevice(phone) {
  /** @type {Check[] | null} */
  let checks = null;
  const look = async () => {
    checks = await Promise.all([location(phone), camera(), storage(), space(), clockCheck(phone), worker(), installed(), wake()]);
    phone.refresh();
  };
  look();
  return { title: t('Device check'), back: '/m/me', view: () => (checks ? list([...checks, link(phone)], look) : loading(t('Checking…'))) };
}

/** @param {Check[]} checks @param {() => Promise<void>} look */
function list(checks, look) {
  const bad = checks.filter((check) => check.tone === 'danger').length;
  const unsure = checks.filter((check) => check.tone === 'warn').length;
  const again = (/** @type {() => Promise<unknown>} */ run) => async () => {
    await run();
    await look();
  };
  return html`<div class="stack">
    ${bad === 0 && unsure > 0
      ? alertBox({ tone: 'warn', sign: 'info', text: tn('You can work; {count} point could be better.', 'You can work; {count} points could be better.', unsure) })
      : nothing}
    ${bad > 0
      ? alertBox({ tone: 'danger', sign: 'warning', text: tn('{count} point needs attention before you go.', '{count} points need attention before you go.', bad) })
      : nothing}
    ${bad + unsure === 0 ? alertBox({ tone: 'ok', sign: 'check-circle', text: t('This phone is ready.') }) : nothing}
    <ul class="list card">
      ${checks.map(
        ({ sign, name, tone, says, advice, act }) =>
          html`<li class="item">
            <span class="item-sign tone-${tone}">${icon(sign)}</span>
            <span class="item-body"
              ><span class="row row-s spread"
                ><span class="item-title">${name}</span>${tag(tone, tone === 'ok' ? 'check' : tone === 'info' ? 'info' : 'warning', says)}</span
              >${advice ? html`<span class="item-note">${advice}</span>` : nothing}${act
                ? html`<button type="button" class="btn btn-s" @click=${again(act.run)}>${act.text}</button>`
                : nothing}</span
            >
          </li>`,
      )}
    </ul>
    <button type="button" class="btn btn-wide" @click=${look}>${icon('sync')}${t('Check again')}</button>
  </div>`;
}

/** @param {string} name @returns {Promise<string>} granted, denied, prompt or unknown */
async function permission(name) {
  try {
    return (await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) })).state;
  } catch {
    return 'unknown'; // Safari and older webviews do not know every name.
  }
}

/** @param {Phone} phone @returns {Promise<Check>} */
async function location(phone) {
  const check = { sign: 'locate', name: t('Location') };
  if (!('geolocation' in navigator)) return { ...check, tone: 'danger', says: t('missing'), advice: t('Open this page in the system browser over https.') };
  const state = await permission('geolocation');
  if (state === 'denied') return { ...check, tone: 'danger', says: t('not allowed'), advice: t('Allow location for this site in the browser settings.') };
  const fix = phone.place.last();
  if (fix) return { ...check, tone: fix.accuracy_m <= 100 ? 'ok' : 'warn', says: `±${Math.round(fix.accuracy_m)} m` };
  const act = { text: t('Try now'), run: () => phone.place.current(20000) };
  return { ...check, tone: 'warn', says: state === 'granted' ? t('no position yet') : t('not asked yet'), act };
}

/** @returns {Promise<Check>} */
async function camera() {
  const check = { sign: 'camera', name: t('Camera') };
  const state = await permission('camera');
  if (state === 'denied') return { ...check, tone: 'warn', says: t('not allowed'), advice: t('Photos work; scanning codes needs the permission.') };
  return { ...check, tone: 'ok', says: t('usable') };
}

/** @returns {Promise<Check>} */
async function storage() {
  const check = { sign: 'shield', name: t('Storage is kept') };
  if (!navigator.storage?.persisted) return { ...check, tone: 'warn', says: t('unknown') };
  if (await navigator.storage.persisted()) return { ...check, tone: 'ok', says: t('promised') };
  const act = { text: t('Ask for it'), run: () => navigator.storage.persist() };
  return { ...check, tone: 'warn', says: t('not promised'), advice: t('Install the app; send your records every day.'), act };
}

/** @returns {Promise<Check>} */
async function space() {
  const check = { sign: 'folder', name: t('Free space') };
  const free_mb = await freeSpace_mb();
  if (free_mb === null) return { ...check, tone: 'info', says: t('unknown') };
  const advice = free_mb < LITTLE_MB ? t('Send your records, then delete films and apps you do not need.') : undefined;
  return { ...check, advice, tone: free_mb < LITTLE_MB ? 'danger' : 'ok', says: free_mb > 2000 ? `${Math.round(free_mb / 1000)} GB` : `${free_mb} MB` };
}

/** @param {Phone} phone @returns {Promise<Check>} */
async function clockCheck(phone) {
  const check = { sign: 'clock', name: t('Clock') };
  const offset_ms = phone.clockOffset_ms();
  if (offset_ms === null) return { ...check, tone: 'info', says: t('not compared yet') };
  const off = Math.abs(offset_ms);
  if (off <= CLOCK_MAY_BE_OFF_MS) return { ...check, tone: 'ok', says: t('right within {n} s', { n: Math.ceil(off / 1000) }) };
  const advice = t('Set the time to automatic. Records carry the difference, so nothing is lost.');
  return { ...check, tone: 'danger', says: t('off by {n} min', { n: Math.round(off / 60000) }), advice };
}

/** @returns {Promise<Check>} */
async function worker() {
  const check = { sign: 'offline', name: t('Starts without a network') };
  if (!('serviceWorker' in navigator)) {
    return { ...check, tone: 'warn', says: t('no'), advice: t('Open this page in the system browser instead of a chat app. Do not close it while offline.') };
  }
  const ready = (await navigator.serviceWorker.getRegistration('/'))?.active;
  return ready ? { ...check, tone: 'ok', says: t('yes') } : { ...check, tone: 'warn', says: t('not yet'), advice: t('Stay online for a moment.') };
}

/** @returns {Promise<Check>} */
async function installed() {
  const check = { sign: 'download', name: t('Installed') };
  const own = matchMedia('(display-mode: standalone)').matches || /** @type {any} */ (navigator).standalone === true;
  if (own) return { ...check, tone: 'ok', says: t('yes') };
  const offer = installOffer();
  if (offer) return { ...check, tone: 'warn', says: t('no'), act: { text: t('Install'), run: () => offer.prompt() } };
  return { ...check, tone: 'info', says: t('no'), advice: t('Browser menu: add to home screen. On iPhone: share, add to home screen.') };
}

/** @returns {Promise<Check>} */
async function wake() {
  const check = { sign: 'sun', name: t('Screen can stay on') };
  return 'wakeLock' in navigator
    ? { ...check, tone: 'ok', says: t('yes') }
    : { ...check, tone: 'info', says: t('no'), advice: t('The track has gaps when the screen goes dark.') };
}

/** Looked at whenever the page is drawn: the next round of sending may know better.
 *  @param {Phone} phone @returns {Check} */
function link(phone) {
  const check = { sign: 'online', name: t('Server') };
  if (phone.link === 'online') return { ...check, tone: 'ok', says: t('reached') };
  if (phone.link === 'signed_out') return { ...check, tone: 'warn', says: t('signed out') };
  return { ...check, tone: 'info', says: phone.link === 'offline' ? t('not reached') : t('not tried yet') };
}
