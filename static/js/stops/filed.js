/** Whether a direct-selling meeting was filed at a venue for today. Pure: what the pack says, and whether it may be asked. */

import { dayOf } from '../core/time.js';

/** @typedef {import('../phone/types.js').Meeting} Meeting */
/** @typedef {Pick<import('../phone/types.js').Phone, 'pack' | 'clock'>} Knows */

/** Where the checklist and the kinds of sightings speak of a meeting. */
const MEETING_ANSWERS = ['conduct.closed_lecture', 'place.lecture_room'];
const MEETING_KINDS = ['lecture', 'gathering', 'selling'];

/** The meetings filed at a venue for today; `old` where the pack is of another day, null where this person's role does
 *  not read filings.
 *  @param {Knows} phone @param {string} venue_uid @returns {Meeting[] | 'old' | null} */
export function filedAt({ pack, clock }, venue_uid) {
  if (!pack?.meetings) return null;
  if (pack.date !== dayOf(clock())) return 'old';
  return pack.meetings.filter((one) => one.venue_uid === venue_uid);
}

/** @param {Record<string, unknown>} answers of a checklist @returns {boolean} whether they describe a meeting */
export const isMeeting = (answers) => MEETING_ANSWERS.some((code) => answers[code] === true);

/** @param {string} kind of a sighting */
export const isMeetingKind = (kind) => MEETING_KINDS.includes(kind);

/** Hours, name, company and size in one line, without what was not said.
 *  @param {Meeting} one @param {(n: number) => string} people how many are expected, in words */
export function meetingText({ title, company, begins, ends, size }, people) {
  const hours = begins || ends ? `${begins || '…'}–${ends || '…'}` : '';
  return [hours, title, company, size ? people(size) : ''].filter(Boolean).join(' · ');
}
