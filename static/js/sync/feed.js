/** Keeps the day pack true between two packs: asks the feed from where the pack stands, and applies what changed to
 *  the venues in it. The cursor lies in the pack itself, so both are sealed under one person's key and change together
 *  or not at all. The outbox is never touched. */

import { bodyOf, request } from './transport.js';

/** @typedef {import('../phone/types.js').Pack} Pack */
/** @typedef {import('../phone/types.js').Venue} Venue */
/** @typedef {{kind: string, uid: string, change: 'changed' | 'removed' | 'revoked', reason?: string | null, record?: any}} Change */
/** @typedef {{fetch: typeof fetch, owner: string, pack: () => Pack | null, language: string, keep: (pack: Pack) => Promise<void>, takePack: () => Promise<string>}} Needs */
/** @typedef {{changes: Change[], cursor: string, more: boolean, meetings?: {date: string, filed: import('../phone/types.js').Meeting[]}}} Told */
/** @typedef {'current' | 'later' | 'signed_out' | 'taken'} Outcome taken: the pack was fetched anew */

/** A pack that is this far behind is better fetched anew; also what ends a server that says "more" for ever. */
const MOST_PAGES = 40;
const BRIEF = ['code', 'name', 'kind', 'kind_name', 'address', 'lon', 'lat', 'qr_token'];
const FULL = [...BRIEF, 'owner_name', 'opening_hours', 'capacity', 'note', 'revisit_interval_days'];

/** Ask until nothing is left. Each page is on disk with its cursor before the next one is asked for.
 *  @param {Needs} needs @returns {Promise<Outcome>} */
export async function catchUp(needs) {
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const outcome = await onePage(needs);
    if (outcome !== 'more') return outcome;
  }
  return anew(needs);
}

/** @param {Needs} needs @returns {Promise<Outcome | 'more'>} */
async function onePage(needs) {
  const before = needs.pack();
  if (!before?.feed_cursor) return 'later';
  // Some words of a pack are the server's, in one language: reasons, kinds of venues, names of map apps.
  if (before.language !== needs.language) return anew(needs);
  const told = await ask(needs, before.feed_cursor);
  if (told === 'stale') return anew(needs);
  if (typeof told === 'string') return told;
  // Another pack was taken while we asked: it stands further on than this answer.
  if (needs.pack() !== before) return 'later';
  // The division shrank: the server chooses what may stay, and a pack made now holds nothing else.
  if (told.changes.some((/** @type {Change} */ one) => one.kind === 'scope')) return anew(needs);
  const after = withMeetings(applied(before, told.changes), told.meetings);
  if (told.cursor !== before.feed_cursor || after.meetings !== before.meetings) await needs.keep({ ...after, feed_cursor: told.cursor });
  return told.more ? 'more' : 'current';
}

/** @param {Needs} needs @param {string} cursor @returns {Promise<Told | 'stale' | 'later' | 'signed_out'>} */
async function ask({ fetch, owner, language }, cursor) {
  const answer = await request(fetch, `/api/v1/feed?lang=${language}&cursor=${encodeURIComponent(cursor)}`, { headers: { 'X-Patrol-Person': owner } });
  if (!answer) return 'later';
  if (answer.status === 401) return 'signed_out';
  const told = bodyOf(answer);
  if (answer.status === 410 && told.code) return 'stale';
  return answer.ok && isOurs(told) ? told : 'later';
}

/** @param {Needs} needs @returns {Promise<Outcome>} */
async function anew(needs) {
  const result = await needs.takePack();
  if (result === 'signed_out') return 'signed_out';
  return result === 'taken' ? 'taken' : 'later';
}

/** @param {any} told */
const isOurs = (told) => told.receipt_of === 'patrol' && Array.isArray(told.changes) && typeof told.cursor === 'string';

/** The pack after some changes; the pack given stays as it was. Twice the same changes give the same pack.
 *  @param {Pack} pack @param {Change[]} changes @returns {Pack} */
export function applied(pack, changes) {
  const onRoute = new Set(pack.task.flatMap((route) => route.stops.map((stop) => stop.venue_uid)));
  const venues = new Map(pack.venues.map((venue) => [venue.uid, venue]));
  for (const change of changes) {
    const known = change.kind === 'venue' ? venues.get(change.uid) : undefined;
    if (!known) continue;
    if (change.change === 'changed') venues.set(known.uid, renewed(known, change.record, onRoute.has(known.uid)));
    else if (onRoute.has(known.uid)) venues.set(known.uid, bare(known, change));
    else venues.delete(known.uid);
  }
  return { ...pack, venues: [...venues.values()] };
}

/** The pack with what is filed now at its venues for its day; the same pack where that is no news. What was filed
 *  elsewhere or for another day is none of its business.
 *  @param {Pack} pack @param {Told['meetings']} told @returns {Pack} */
export function withMeetings(pack, told) {
  if (!told || !Array.isArray(told.filed) || told.date !== pack.date) return pack;
  const shown = new Set(pack.venues.map(({ uid }) => uid));
  const meetings = told.filed.filter(({ venue_uid }) => shown.has(venue_uid));
  return JSON.stringify(meetings) === JSON.stringify(pack.meetings) ? pack : { ...pack, meetings };
}

/** Only the fields that the pack has for such a venue: the feed brings more than a round needs.
 *  @param {Venue} venue @param {any} record @param {boolean} full @returns {Venue} */
function renewed(venue, record, full) {
  const { gone: _was, ...kept } = venue;
  const fields = (full ? FULL : BRIEF).filter((name) => record?.[name] !== undefined);
  return /** @type {Venue} */ ({ ...kept, ...Object.fromEntries(fields.map((name) => [name, record[name]])) });
}

/** What stays of a venue that a stop leads to and that is closed, deleted or not this person's any more: where the
 *  round would have gone, and why it does not. Owner, notes, door code and history are let go.
 *  @param {Venue} venue @param {Change} change @returns {Venue} */
function bare({ uid, name, kind, kind_name, address, lon, lat }, { change, reason }) {
  const gone = change === 'revoked' ? 'revoked' : reason || 'gone';
  return { uid, name, kind, kind_name, address, lon, lat, gone };
}
