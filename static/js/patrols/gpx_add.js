import { addWords, t, tn } from '../core/i18n.js';
import zh from '../stops/zh.json';
import { readGpx, trackWithin } from './gpx.js';
import { walkedPart } from './track.js';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */

const MOST_BYTES = 20e6;

/** What of a recording lies within the patrol joins it.
 *  @param {Phone} phone @param {File} file @returns {Promise<string>} what to tell the person */
export async function addTrack(phone, file) {
  const { patrol_uid, started_at, ended_at } = phone.patrol;
  if (!patrol_uid || !started_at) return t('Start a patrol first.');
  if (file.size > MOST_BYTES) return t('This file has more than {mb} MB. Export only this day from the other device.', { mb: MOST_BYTES / 1e6 });
  const raw = readGpx(await file.text());
  if (!raw) return t('This is not a whole GPX file. Export the track again as GPX and choose that file.');
  const { batches, taken, outside } = trackWithin(raw, Date.parse(started_at), ended_at ? Date.parse(ended_at) : phone.clock());
  if (taken === 0) return t('No timed point of this file lies between start and end of the patrol.');
  const entries = batches.map((batch) => ({ kind: 'track.points', body: { patrol_uid, ...batch }, label: String(batch.points.length) }));
  const put = Object.assign({}, ...batches.map(walkedPart));
  await phone.locker.commit({ put, entries });
  await phone.saved();
  const left = outside > 0 ? ` ${tn('{count} point outside the patrol was left out.', '{count} points outside the patrol were left out.', outside)}` : '';
  return tn('{count} point of the other device was added.', '{count} points of the other device were added.', taken) + left;
}
