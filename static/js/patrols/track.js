/** Which fixes of a patrol become track points, when a batch is full, and where the track has gaps. Pure. */

import { distance_m } from '../core/geo.js';

/** @typedef {import('../core/geo.js').Position} Position */
/** @typedef {{at: string, lon: number, lat: number, accuracy_m: number, source: 'gps'}} TrackPoint */
/** @typedef {{from: string, to: string, reason: string}} Gap */
/** @typedef {{points: TrackPoint[], gaps: Gap[], last: TrackPoint | null}} Buffer */

export const POINTS_PER_BATCH = 25;
const EVERY_MS = 15000;
const EVERY_M = 20;
export const GAP_MS = 60000;

/** @returns {Buffer} */
export const emptyBuffer = () => ({ points: [], gaps: [], last: null });

/** Take a fix when 15 s or 20 m have passed since the last one taken. A silence of more than a minute is a gap,
 *  kept with its reason so that the map can draw it as one instead of a straight line nobody walked.
 *  @param {Buffer} buffer @param {Position} fix @param {string} reason why there was silence, should there be
 *  @returns {Buffer} the same object when the fix adds nothing */
export function withFix(buffer, fix, reason) {
  const point = { at: fix.at, lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, source: fix.source };
  const last = buffer.last;
  if (!last) return { ...buffer, points: [...buffer.points, point], last: point };
  const passed_ms = Date.parse(point.at) - Date.parse(last.at);
  if (passed_ms >= 0 && passed_ms < EVERY_MS && distance_m(last, point) < EVERY_M) return buffer;
  const gap = passed_ms > GAP_MS ? [{ from: last.at, to: point.at, reason }] : [];
  return { points: [...buffer.points, point], gaps: [...buffer.gaps, ...gap], last: point };
}

/** Take what is full, or everything at the end of a patrol.
 *  @param {Buffer} buffer @param {boolean} all
 *  @returns {{batch: {points: TrackPoint[], gaps: Gap[]} | null, rest: Buffer}} */
export function takeBatch(buffer, all) {
  const worthwhile = buffer.points.length + buffer.gaps.length > 0;
  if (!worthwhile || (!all && buffer.points.length < POINTS_PER_BATCH)) return { batch: null, rest: buffer };
  const batch = { points: buffer.points.slice(0, POINTS_PER_BATCH), gaps: buffer.gaps };
  return { batch, rest: { points: buffer.points.slice(POINTS_PER_BATCH), gaps: [], last: buffer.last } };
}

export const WALKED = 'walked/';

/** What stays on the phone of a batch that leaves for the outbox, under the name of its first point.
 *  @param {{points: {at: string, lon: number, lat: number}[], gaps: Gap[]}} batch */
export function walkedPart({ points, gaps }) {
  const spots = points.map(({ at, lon, lat }) => ({ at, lon, lat }));
  return { [`${WALKED}${spots[0]?.at ?? gaps[0]?.from}`]: { points: spots, gaps } };
}
