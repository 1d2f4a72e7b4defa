/** A track recorded with another device: which of its points belong to this patrol, and the entries they become. */

import { distance_m, rounded } from '../core/geo.js';
import { isoWithOffset } from '../core/time.js';

/** @typedef {{at: string, lon: number, lat: number, accuracy_m: number, source: 'gpx'}} GpxPoint */
/** @typedef {{ms: number, lon: number, lat: number, hdop: number | null}} Raw */
/** @typedef {{points: GpxPoint[], gaps: {from: string, to: string, reason: string}[]}} Batch */

const EVERY_MS = 15000;
const EVERY_M = 20;
const GAP_MS = 60000;
const POINTS_PER_BATCH = 250;
/** A receiver's horizontal dilution times its usual range error; without one, what a cheap receiver manages. */
const M_PER_HDOP = 5;
const UNSTATED_M = 20;

/** The timed track points of a GPX 1.0 or 1.1 file, in the order of time.
 *  @param {string} text @returns {Raw[] | null} null when this is no GPX file */
export function readGpx(text) {
  // DOMParser fetches nothing and expands no entity of another file, so a hostile file is only a wrong one.
  const page = new DOMParser().parseFromString(text, 'application/xml');
  if (page.querySelector('parsererror') || page.documentElement.localName !== 'gpx') return null;
  return [...page.getElementsByTagNameNS('*', 'trkpt')].map(rawPoint).filter(isSound).sort((one, other) => one.ms - other.ms);
}

/** @param {Element} element @returns {Raw} */
function rawPoint(element) {
  const inside = (/** @type {string} */ name) => element.getElementsByTagNameNS('*', name)[0]?.textContent ?? '';
  const hdop = Number.parseFloat(inside('hdop'));
  return {
    ms: Date.parse(inside('time')),
    lon: Number.parseFloat(element.getAttribute('lon') ?? ''),
    lat: Number.parseFloat(element.getAttribute('lat') ?? ''),
    hdop: Number.isFinite(hdop) && hdop > 0 ? hdop : null,
  };
}

/** @param {Raw} raw */
const isSound = ({ ms, lon, lat }) => Number.isFinite(ms) && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

/** What of a recording lies within the patrol, thinned to a point every 15 s or 20 m, with silences as gaps. The track
 *  of an officer exists only between start and end: everything else is left in the file.
 *  @param {Raw[]} raw in the order of time @param {number} from_ms @param {number} to_ms
 *  @returns {{batches: Batch[], taken: number, outside: number}} */
export function trackWithin(raw, from_ms, to_ms) {
  const inside = raw.filter(({ ms }) => ms >= from_ms && ms <= to_ms);
  const kept = thinned(inside);
  /** @type {Batch[]} */
  const batches = [];
  kept.forEach((point, at) => {
    if (at % POINTS_PER_BATCH === 0) batches.push({ points: [], gaps: [] });
    const batch = batches[batches.length - 1];
    batch.points.push(asPoint(point));
    const before = kept[at - 1];
    if (before && point.ms - before.ms > GAP_MS && batch.gaps.length < 100) {
      batch.gaps.push({ from: isoWithOffset(before.ms), to: isoWithOffset(point.ms), reason: 'no_fix' });
    }
  });
  return { batches, taken: kept.length, outside: raw.length - inside.length };
}

/** @param {Raw[]} raw @returns {Raw[]} */
function thinned(raw) {
  /** @type {Raw[]} */
  const kept = [];
  for (const point of raw) {
    const last = kept[kept.length - 1];
    if (!last || point.ms - last.ms >= EVERY_MS || (point.ms > last.ms && distance_m(last, point) >= EVERY_M)) kept.push(point);
  }
  return kept;
}

/** @param {Raw} raw @returns {GpxPoint} */
const asPoint = ({ ms, lon, lat, hdop }) => ({
  at: isoWithOffset(ms),
  lon: rounded(lon, 7),
  lat: rounded(lat, 7),
  accuracy_m: rounded(hdop === null ? UNSTATED_M : Math.min(hdop * M_PER_HDOP, 100000), 1),
  source: 'gpx',
});
