import { html, nothing } from 'lit-html';
import { t } from '../core/i18n.js';
import { PIN_DIGITS, pinIsAcceptable } from '../store/keys.js';

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
