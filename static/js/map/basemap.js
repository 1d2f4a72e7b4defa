/** The base map without any tile server: streets from one GeoJSON, drawn on canvas tiles in the theme's colours. */
import { L } from './leaflet.js';
import { token } from './palette.js';
import { streetIndex, streetsInTile, streetsOf, widthsAt } from './streets.js';

const TILE = 256;

/** @typedef {import('./streets.js').Street} Street */

/** @param {CanvasRenderingContext2D} pen @param {Street} street @param {L.Coords} tile */
function trace(pen, street, tile) {
  const size = TILE * 2 ** tile.z;
  const { points } = street;
  for (let at = 0; at < points.length; at += 2) {
    const x = points[at] * size - tile.x * TILE;
    const y = points[at + 1] * size - tile.y * TILE;
    if (at) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Street[]} shown @param {L.Coords} tile */
function paint(pen, shown, tile) {
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  for (const part of /** @type {const} */ (['casing', 'surface'])) {
    pen.strokeStyle = token(part === 'casing' ? 'street-edge' : 'street');
    for (const rank of [-1, 0, 1, 2, 3, 4]) {
      const widths = widthsAt(rank, tile.z);
      if (!widths) continue;
      pen.lineWidth = widths[part];
      pen.beginPath();
      for (const street of shown) if (street.rank === rank) trace(pen, street, tile);
      pen.stroke();
    }
  }
}

/** Names along the larger streets, once per tile and street, only where there is room.
 *  @param {CanvasRenderingContext2D} pen @param {Street[]} shown @param {L.Coords} tile */
function label(pen, shown, tile) {
  if (tile.z < 15) return;
  const size = TILE * 2 ** tile.z;
  const done = new Set();
  pen.font = '11px system-ui, "Noto Sans CJK SC", sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.lineWidth = 3;
  pen.strokeStyle = token('street');
  pen.fillStyle = token('ink-3');
  for (const { name, points, rank } of shown) {
    if (!name || done.has(name) || rank < (tile.z < 16 ? 2 : 0)) continue;
    const at = (points.length >> 2) << 1;
    const x = points[at] * size - tile.x * TILE;
    const y = points[at + 1] * size - tile.y * TILE;
    const half = pen.measureText(name).width / 2 + 2;
    if (x < half || x > TILE - half || y < 10 || y > TILE - 10) continue;
    done.add(name);
    pen.strokeText(name, x, y);
    pen.fillText(name, x, y);
  }
}

/** @param {any} collection a GeoJSON of streets @returns {L.GridLayer} */
export function streetLayer(collection) {
  const streets = streetsOf(collection);
  const index = streetIndex(streets);
  const Layer = L.GridLayer.extend({
    createTile(/** @type {L.Coords} */ tile) {
      const canvas = document.createElement('canvas');
      const density = Math.min(2, globalThis.devicePixelRatio || 1);
      canvas.width = TILE * density;
      canvas.height = TILE * density;
      const pen = canvas.getContext('2d');
      if (!pen) return canvas;
      pen.scale(density, density);
      const shown = streetsInTile(streets, index, tile);
      paint(pen, shown, tile);
      label(pen, shown, tile);
      return canvas;
    },
  });
  return new /** @type {any} */ (Layer)({ tileSize: TILE, minZoom: 3, maxZoom: 19, updateWhenZooming: false, keepBuffer: 3 });
}

/** Leaves the map plain when the streets cannot be had: the patrol goes on without them.
 *  @param {string} url @returns {Promise<L.GridLayer | null>} */
export async function loadStreets(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: 'application/geo+json, application/json' } });
    return answer.ok ? streetLayer(await answer.json()) : null;
  } catch {
    return null;
  }
}
