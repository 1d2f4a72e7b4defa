import { html } from 'lit-html';
import { t, tn } from '../core/i18n.js';
import { icon } from '../phone/parts.js';
import { readGpx, trackWithin } from './gpx.js';

/** @typedef {import('../phone/types.js').Phone} Phone */

const MOST_BYTES = 20e6;

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
  phone.say(await added(phone, file).catch((fault) => {
    console.error('gpx', fault);
    return t('The track could not be saved: the storage of this phone may be full.');
  }));
}

/** @param {Phone} phone @param {File} file @returns {Promise<string>} what to tell the person */
async function added(phone, file) {
  const { patrol_uid, started_at, ended_at } = phone.patrol;
  if (!patrol_uid || !started_at) return t('Start a patrol first.');
  if (file.size > MOST_BYTES) return t('This file is too large for a track.');
  const raw = readGpx(await file.text());
  if (!raw) return t('This is not a GPX file.');
  const { batches, taken, outside } = trackWithin(raw, Date.parse(started_at), ended_at ? Date.parse(ended_at) : phone.clock());
  if (taken === 0) return t('No timed point of this file lies between start and end of the patrol.');
  const entries = batches.map((batch) => ({ kind: 'track.points', body: { patrol_uid, ...batch }, label: String(batch.points.length) }));
  await phone.locker.commit({ entries });
  await phone.saved();
  const left = outside > 0 ? ` ${tn('{count} point outside the patrol was left out.', '{count} points outside the patrol were left out.', outside)}` : '';
  return tn('{count} point of the other device was added.', '{count} points of the other device were added.', taken) + left;
}
