import { html } from 'lit-html';
import { t } from '../core/i18n.js';
import { icon } from '../phone/parts.js';

/** @typedef {import('../phone/types.js').Phone} Phone */

/** For those who record with a watch or a handheld receiver: their track joins this patrol.
 *  @param {Phone} phone */
export const gpxView = (phone) =>
  html`<label class="btn btn-quiet btn-s"
    >${icon('upload')}${t('Add a GPX track of another device')}<input
      class="visually-hidden"
      type="file"
      accept=".gpx,application/gpx+xml"
      @change=${(/** @type {Event} */ event) => chosen(phone, /** @type {HTMLInputElement} */ (event.target))}
  /></label>`;

/** @param {Phone} phone @param {HTMLInputElement} input */
async function chosen(phone, input) {
  const file = input.files?.[0];
  input.value = '';
  if (!file) return;
  // Few ever need it, so the reader of such files is fetched when a file was chosen.
  const { addTrack } = await import('./gpx_add.js');
  phone.say(await addTrack(phone, file).catch((fault) => {
    console.error('gpx', fault);
    return t('The track could not be saved: the storage of this phone may be full.');
  }));
}
