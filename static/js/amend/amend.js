/** What an officer corrects in the register: what the phone had seen, what is wanted, and what of it goes on the wire.
 *  Pure. */
import { rounded } from '../core/geo.js';
import { plainText } from '../core/text.js';

/** @typedef {import('../phone/types.js').Venue} Venue */
/** @typedef {Record<string, any>} Facts by field, as the wire has them */
/** @typedef {Record<string, {seen: any, wanted: any}>} Changes */
/** @typedef {[string, string][]} Windows from and to, such as 08:00 and 22:00; none is any time */

/** Texts and the letters that the register has room for. */
export const LETTERS = { name: 120, address: 200, owner_name: 80, note: 2000 };
const FIELDS = ['name', 'kind', 'address', 'owner_name', 'opening_hours', 'capacity', 'note'];
/** A pin that moves further waits for a manager, as the server decides. */
export const FAR_M = 500;
export const MOST_CAPACITY = 100000;

/** The facts that the day pack has for a venue; of one around the route it has fewer, and only those can be corrected.
 *  @param {Venue} venue @returns {Facts} */
export function seenOf(venue) {
  const known = FIELDS.filter((name) => name in venue).map((name) => [name, /** @type {any} */ (venue)[name]]);
  return { ...Object.fromEntries(known), position: { lon: venue.lon, lat: venue.lat }, state: 'open' };
}

/** @param {string} name @param {any} value @returns {any} as the server takes it */
function plain(name, value) {
  if (name in LETTERS) return plainText(value, LETTERS[/** @type {keyof typeof LETTERS} */ (name)]);
  return name === 'position' ? { lon: rounded(value.lon, 6), lat: rounded(value.lat, 6) } : value;
}

/** @param {any} one @param {any} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What differs from what was seen.
 *  @param {Facts} seen @param {Facts} wanted only what was touched @returns {Changes} */
export function changesOf(seen, wanted) {
  /** @type {Changes} */
  const changes = {};
  for (const name of [...FIELDS, 'position', 'state']) {
    if (!(name in wanted) || !(name in seen)) continue;
    const value = plain(name, wanted[name]);
    if (!same(value, plain(name, seen[name]))) changes[name] = { seen: seen[name], wanted: value };
  }
  return changes;
}

/** The venue as this phone shows it from now on, until the feed brings what the server made of it. Whether a place is
 *  closed is decided by a manager, so nothing of it shows.
 *  @param {Venue} venue @param {Changes} changes @param {{code: string, name: string}[]} kinds @returns {Venue} */
export function corrected(venue, changes, kinds) {
  const { position, state: _decided, ...texts } = changes;
  const values = Object.fromEntries(Object.entries(texts).map(([name, { wanted }]) => [name, wanted]));
  const kind = kinds.find(({ code }) => code === values.kind);
  return { ...venue, ...values, ...(kind ? { kind_name: kind.name } : {}), ...(position?.wanted ?? {}) };
}

/** @param {string} text as the register writes hours @returns {Windows} */
export const windowsOf = (text) =>
  [...text.matchAll(/(\d\d:\d\d)-(\d\d:\d\d)/g)].map(([, from, to]) => [from, to === '24:00' ? '00:00' : to]);

/** @param {Windows} windows @returns {string} windows that are not filled in are left out */
export const hoursText = (windows) =>
  windows
    .filter(([from, to]) => from && to && from !== to)
    .map(([from, to]) => `${from}-${to === '00:00' ? '24:00' : to}`)
    .join(', ');

/** @param {string} text @returns {number | null | undefined} undefined for what is no number of people */
export function capacityOf(text) {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value <= MOST_CAPACITY ? value : undefined;
}
