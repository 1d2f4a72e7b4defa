import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { alertBox, icon } from '../phone/parts.js';
import { PIN_DIGITS, pinIsAcceptable } from '../store/keys.js';
import zh from './zh.json';

addWords(zh);

/** One PIN field: digits only, pasting allowed, never remembered by the browser.
 *  @param {{id: string, label: string, hint?: string, fresh?: boolean}} what */
export const pinField = ({ id, label, hint, fresh }) =>
  html`<label class="field" for=${id}>
    <span class="label">${label}</span>
    ${hint ? html`<span class="hint">${hint}</span>` : nothing}
    <input
      class="input"
      id=${id}
      name=${id}
      type="password"
      inputmode="numeric"
      maxlength="12"
      required
      autocomplete=${fresh ? 'new-password' : 'current-password'}
    />
  </label>`;

/** @param {SubmitEvent} event @returns {(name: string) => string} reads the fields of a submitted form */
export function fieldsOf(event) {
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  return (name) => String(form.get(name) ?? '').trim();
}

/** What is wrong with a new PIN, or nothing.
 *  @param {string} pin @param {string} again */
export function pinFault(pin, again) {
  if (!pinIsAcceptable(pin)) return t('Use {n} to 12 digits that are not all the same.', { n: PIN_DIGITS });
  return pin === again ? '' : t('The two PINs differ.');
}

/** Change the PIN; the data key and all it sealed stay as they are.
 *  @type {import('../phone/types.js').OpenScreen} */
export function openPin(phone) {
  const state = { fault: '', busy: false };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = fieldsOf(event);
    state.fault = pinFault(field('pin'), field('again'));
    if (!state.fault) {
      state.busy = true;
      phone.refresh();
      const changed = await phone.keys.changePin(phone.person.uid, field('old'), field('pin'));
      state.busy = false;
      if (changed) {
        phone.say(t('PIN changed.'));
        return phone.go('/m/me', { replace: true });
      }
      state.fault = t('The old PIN is wrong.');
    }
    phone.refresh();
  };
  return {
    title: t('Change PIN'),
    back: '/m/me',
    view: () =>
      html`<form class="stack" @submit=${submit}>
        ${pinField({ id: 'old', label: t('Old PIN') })} ${pinField({ id: 'pin', label: t('New PIN'), fresh: true })}
        ${pinField({ id: 'again', label: t('New PIN again'), fresh: true })}
        ${state.fault ? alertBox({ tone: 'danger', sign: 'warning', text: state.fault }) : nothing}
        <button class="btn btn-primary btn-l btn-wide" aria-busy=${state.busy}>${icon('check')}${t('Change PIN')}</button>
      </form>`,
  };
}
