/** A patrol as it was walked: what was recorded as a line, what was not as a broken one that says why. */
import { L } from './leaflet.js';
import { token } from './palette.js';

/** @typedef {[number, number]} LonLat */
/** @typedef {{parts: LonLat[][], gaps: {line: LonLat[], text: string}[], visits: import('./layers.js').Venue[]}} Walked */

/** @param {LonLat[]} line */
const latLon = (line) => /** @type {LonLat[]} */ (line.map(([lon, lat]) => [lat, lon]));

/** @param {Pick<Walked, 'parts' | 'gaps'>} walked @param {{opacity?: number}} [look] lighter where it lies beside a round */
export function walkedLayer({ parts, gaps }, { opacity = 0.9 } = {}) {
  const lines = parts.map((part) => L.polyline(latLon(part), { color: token('ok'), weight: 4, opacity, interactive: false }));
  const holes = gaps.map(({ line, text }) =>
    L.polyline(latLon(line), { color: token('warn'), weight: 3, dashArray: '2 8', opacity }).bindTooltip(text, {
      sticky: true,
    }),
  );
  return L.layerGroup([...lines, ...holes]);
}

/** @param {Walked} walked @returns {[number, number, number, number] | null} west, south, east, north */
export function boundsOf({ parts, visits }) {
  const all = [...parts.flat(), ...visits.map(({ lon, lat }) => /** @type {LonLat} */ ([lon, lat]))];
  if (all.length === 0) return null;
  const lons = all.map(([lon]) => lon);
  const lats = all.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
