import { distance_m } from '../core/geo.js';
import { uuidIn } from '../core/uuid.js';

/** @typedef {import('../phone/types.js').Venue} Venue */

/** The venue that a printed label or a typed code means. Labels carry the address /v/<token>, other addresses end
 *  in the venue's name; people read out its short code.
 *  @param {string} text @param {Venue[]} venues @returns {Venue | null} */
export function venueOfCode(text, venues) {
  const ending = text.trim().split(/[?#]/)[0].split('/').filter(Boolean).pop() ?? '';
  const labelled = venues.find((venue) => venue.qr_token && venue.qr_token === ending);
  if (labelled) return labelled;
  const uid = uuidIn(text);
  if (uid) return venues.find((venue) => venue.uid.toLowerCase() === uid) ?? null;
  const wanted = plain(ending);
  if (wanted.length < 4) return null;
  const meant = venues.filter((venue) => [venue.code ?? '', venue.uid].some((code) => plain(code).endsWith(wanted)));
  return meant.length === 1 ? meant[0] : null;
}

/** @param {string} code */
const plain = (code) => code.toLowerCase().replace(/[^0-9a-z]/g, '');

/** @param {import('../core/geo.js').Point} here @param {Venue[]} venues @param {number} most
 *  @returns {{venue: Venue, metres: number}[]} the nearest first */
export function venuesNear(here, venues, most) {
  return venues
    .map((venue) => ({ venue, metres: distance_m(here, venue) }))
    .sort((one, other) => one.metres - other.metres)
    .slice(0, most);
}

/** @param {string} words @param {Venue[]} venues @param {number} most
 *  @returns {Venue[]} those whose name or address holds every word */
export function venuesNamed(words, venues, most) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (parts.length === 0) return [];
  const fits = (/** @type {Venue} */ venue) => {
    const text = `${venue.name} ${venue.address}`.toLowerCase();
    return parts.every((part) => text.includes(part));
  };
  return venues.filter(fits).slice(0, most);
}
