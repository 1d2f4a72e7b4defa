/** The track of the running patrol as this phone recorded it: pieces that were walked, and the gaps between them. Pure. */

import { distance_m } from '../core/geo.js';
import { GAP_MS } from './track.js';

/** @typedef {{at: string, lon: number, lat: number}} Spot */
/** @typedef {{points: Spot[], gaps: import('./track.js').Gap[]}} Batch */
/** @typedef {[number, number]} LonLat */
/** @typedef {{line: LonLat[], from: string, to: string, reason: string}} Hole */

/** Cut where nothing was recorded for more than a minute, as the server cuts it: no line where nobody is known to have walked.
 *  @param {Batch[]} batches in any order; points of another device may lie between our own
 *  @returns {{parts: LonLat[][], holes: Hole[], walked_m: number}} */
export function walkedSoFar(batches) {
  const points = batches.flatMap((batch) => batch.points).sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const gaps = batches.flatMap((batch) => batch.gaps);
  /** @type {LonLat[][]} */
  const parts = [];
  /** @type {Hole[]} */
  const holes = [];
  let walked_m = 0;
  points.forEach((point, index) => {
    const before = points[index - 1];
    const silent = before && Date.parse(point.at) - Date.parse(before.at) > GAP_MS;
    if (!before || silent) parts.push([]);
    if (silent) holes.push({ line: [place(before), place(point)], from: before.at, to: point.at, reason: reasonOf(gaps, before, point) });
    else if (before) walked_m += distance_m(before, point);
    parts[parts.length - 1].push(place(point));
  });
  return { parts, holes, walked_m };
}

/** @param {Spot} spot @returns {LonLat} */
const place = ({ lon, lat }) => [lon, lat];

/** @param {import('./track.js').Gap[]} gaps @param {Spot} before @param {Spot} after */
function reasonOf(gaps, before, after) {
  const [from, to] = [Date.parse(before.at), Date.parse(after.at)];
  return gaps.find((gap) => Date.parse(gap.from) < to && Date.parse(gap.to) > from)?.reason ?? '';
}
