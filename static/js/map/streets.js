/** Pure part of the base map: streets as projected lines, found by tile without looking at all of them. */

/** @typedef {{rank: number, name: string, points: Float64Array, box: [number, number, number, number]}} Street */

/** Coordinates in the unit square of Web Mercator. @param {number} lon @param {number} lat */
export function project(lon, lat) {
  const sin = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

const RANKS = /** @type {Record<string, number>} */ ({
  motorway: 4, trunk: 4, primary: 3, secondary: 2, tertiary: 1, motorway_link: 2, trunk_link: 2, primary_link: 2,
  residential: 0, unclassified: 0, living_street: 0, service: -1, pedestrian: -1, footway: -1,
});

/** @param {Record<string, any> | null} properties how important a street is, 4 the most */
export function rankOf(properties) {
  return RANKS[properties?.class ?? properties?.highway ?? properties?.kind ?? ''] ?? 0;
}

/** @param {number[][]} line @param {number} rank @param {string} name @returns {Street} */
function street(line, rank, name) {
  const points = new Float64Array(line.length * 2);
  const box = /** @type {[number, number, number, number]} */ ([1, 1, 0, 0]);
  for (const [index, [lon, lat]] of line.entries()) {
    const [x, y] = project(lon, lat);
    points[index * 2] = x;
    points[index * 2 + 1] = y;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return { rank, name, points, box };
}

/** @param {{features: {geometry: {type: string, coordinates: any} | null, properties: any}[]}} collection
 *  @returns {Street[]} the least important first, so that the important are drawn over them */
export function streetsOf(collection) {
  const all = [];
  for (const { geometry, properties } of collection.features) {
    const lines = geometry?.type === 'MultiLineString' ? geometry.coordinates : [geometry?.coordinates];
    if (!geometry?.type.endsWith('LineString')) continue;
    for (const line of lines) all.push(street(line, rankOf(properties), properties?.name ?? ''));
  }
  return all.sort((a, b) => a.rank - b.rank);
}

const INDEX_ZOOM = 14;
const CELLS = 2 ** INDEX_ZOOM;

/** A grid of zoom-14 tiles → the streets that touch it. @param {Street[]} streets */
export function streetIndex(streets) {
  /** @type {Map<number, number[]>} */
  const cells = new Map();
  for (const [index, { box }] of streets.entries()) {
    for (let x = Math.floor(box[0] * CELLS); x <= Math.floor(box[2] * CELLS); x++) {
      for (let y = Math.floor(box[1] * CELLS); y <= Math.floor(box[3] * CELLS); y++) {
        const key = x * CELLS + y;
        const cell = cells.get(key);
        if (cell) cell.push(index);
        else cells.set(key, [index]);
      }
    }
  }
  return cells;
}

/** Streets that may show in a tile, in drawing order.
 *  @param {Street[]} streets @param {Map<number, number[]>} index @param {{x: number, y: number, z: number}} tile */
export function streetsInTile(streets, index, { x, y, z }) {
  const scale = 2 ** (INDEX_ZOOM - z);
  if (scale > 4) return streets;
  const found = new Set();
  for (let cx = Math.floor(x * scale - 0.2); cx <= Math.floor((x + 1) * scale + 0.2); cx++) {
    for (let cy = Math.floor(y * scale - 0.2); cy <= Math.floor((y + 1) * scale + 0.2); cy++) {
      for (const at of index.get(cx * CELLS + cy) ?? []) found.add(at);
    }
  }
  return [...found].sort((a, b) => a - b).map((at) => streets[at]);
}

/** Widths in pixels at a zoom: the casing and the surface; nothing when too small to see.
 *  @param {number} rank @param {number} zoom */
export function widthsAt(rank, zoom) {
  if (zoom < 12 && rank < 2) return null;
  if (zoom < 14 && rank < 0) return null;
  const surface = Math.max(0.8 + rank * 0.2, (rank + 2.2) * 0.95 * 1.45 ** (zoom - 15));
  return { surface, casing: surface + Math.min(2.2, 0.9 + surface * 0.2) };
}
