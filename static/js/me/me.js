import { html, nothing } from 'lit-html';
import { addWords, language, t, tn } from '../core/i18n.js';
import { icon, rowLink } from '../phone/parts.js';
import { prefer, preference } from '../ui/preferences.js';
import { speak } from './language.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {{leaving: boolean}} State */

/** Chinese as it calls itself, in both languages of the interface. */
const OWN_NAME = '\u4e2d\u6587';

/** Me: what is unsent, whether the phone is fit for work, how it looks, and the way out.
 *  @type {import('../phone/types.js').OpenScreen} */
export function openMe(phone) {
  /** @type {State} */
  const state = { leaving: false };
  return { title: t('Me'), view: () => me(phone, state) };
}

/** @param {Phone} phone @param {State} state */
function me(phone, state) {
  const { person, unsent } = phone;
  const parked = unsent.parked > 0 ? tn('{count} record needs your attention', '{count} records need your attention', unsent.parked) : '';
  return html`<div class="stack">
    <section class="card card-body row">
      <span class="item-sign">${icon('person', 'icon-l')}</span>
      <div class="grow">
        <h2>${person.name}</h2>
        <p class="muted s">${[...(person.role_names ?? []), person.badge].filter(Boolean).join(' · ')}</p>
      </div>
    </section>
    <ul class="list card">
      <li>
        ${rowLink({
          href: '/m/me/unsent',
          sign: html`<span class="item-sign ${parked ? 'tone-danger' : unsent.unsent ? 'tone-warn' : 'tone-ok'}">${icon('upload')}</span>`,
          title: t('Not sent yet'),
          note: parked || (unsent.unsent ? t('kept on this phone') : t('Everything has reached the server.')),
          end: html`<strong>${unsent.unsent}</strong>`,
        })}
      </li>
      <li>
        ${rowLink({
          href: '/m/me/device',
          sign: html`<span class="item-sign">${icon('gear')}</span>`,
          title: t('Device check'),
          note: t('Location, camera, storage, clock'),
        })}
      </li>
      <li>${rowLink({ href: '/m/me/pin', sign: html`<span class="item-sign">${icon('key')}</span>`, title: t('Change PIN') })}</li>
    </ul>
    ${looks(phone)}
    <div class="stack stack-s">
      <button type="button" class="btn btn-wide" @click=${() => phone.lock()}>${icon('lock')}${t('Lock now')}</button>
      ${state.leaving ? leave(phone, state) : leaveButton(phone, state)}
    </div>
  </div>`;
}

/** The server's words in the pack follow as soon as there is a network. @param {Phone} phone @param {'zh' | 'en'} wanted */
function speakWith(phone, wanted) {
  speak(wanted);
  phone.catchUp(true);
}

/** @param {Phone} phone */
function looks(phone) {
  const redraw = (/** @type {() => unknown} */ work) => async () => {
    await work();
    phone.refresh();
  };
  const themes = /** @type {const} */ ([
    ['', t('System')],
    ['light', t('Light')],
    ['dark', t('Dark')],
  ]);
  const large = preference('type') === 'large';
  return html`<section class="card card-body stack">
    <fieldset>
      <legend>${t('Language')}</legend>
      <div class="btn-group">
        <button type="button" class="btn" lang="zh-CN" aria-pressed=${language() === 'zh'} @click=${redraw(() => speakWith(phone, 'zh'))}>${OWN_NAME}</button>
        <button type="button" class="btn" lang="en" aria-pressed=${language() === 'en'} @click=${redraw(() => speakWith(phone, 'en'))}>English</button>
      </div>
    </fieldset>
    <fieldset>
      <legend>${t('Colours')}</legend>
      <div class="btn-group">
        ${themes.map(
          ([value, text]) =>
            html`<button type="button" class="btn" aria-pressed=${preference('theme') === value} @click=${redraw(() => prefer('theme', value))}>
              ${text}
            </button>`,
        )}
      </div>
    </fieldset>
    <label class="switch"
      ><input type="checkbox" role="switch" .checked=${large} @change=${redraw(() => prefer('type', large ? '' : 'large'))} />${t('Large type')}</label
    >
  </section>`;
}

/** @param {Phone} phone @param {State} state */
const leaveButton = (phone, state) =>
  html`<button
    type="button"
    class="btn btn-danger btn-wide"
    @click=${() => {
      if (phone.unsent.unsent === 0) return phone.signOut();
      state.leaving = true;
      phone.refresh();
    }}
  >
    ${icon('logout')}${t('Sign out')}
  </button>`;

/** @param {Phone} phone @param {State} state */
const leave = (phone, state) =>
  html`<div class="alert tone-warn" role="alert">
    ${icon('warning')}
    <div class="grow">
      <strong>${tn('{count} record is not sent yet.', '{count} records are not sent yet.', phone.unsent.unsent)}</strong>
      ${t('They stay on this phone, locked with your PIN, and are sent after you sign in here again. Nobody else can see or send them. Do not clear the browser or remove the app.')}
      <div class="alert-actions">
        <button
          type="button"
          class="btn btn-primary"
          @click=${() => {
            state.leaving = false;
            phone.flush();
            phone.refresh();
          }}
        >
          ${t('Stay and send')}
        </button>
        <button type="button" class="btn btn-danger" @click=${() => phone.signOut()}>${t('Sign out anyway')}</button>
      </div>
    </div>
    ${nothing}
  </div>`;
