/** A base map of one's own: vector tiles of a PMTiles file, unpacked by the server, drawn here in the theme's colours. */
import { L } from './leaflet.js';
import { token } from './palette.js';
import { widthsAt } from './streets.js';

const TILE = 256;

/** @typedef {[drawn: string, rank: number, area: boolean, lines: number[][]]} Part */
/** @typedef {{extent: number, parts: Part[]}} Tile */

/** @param {CanvasRenderingContext2D} pen @param {number[][]} lines @param {number} scale */
function trace(pen, lines, scale) {
  for (const line of lines) {
    for (let at = 0; at < line.length; at += 2) {
      if (at) pen.lineTo(line[at] * scale, line[at + 1] * scale);
      else pen.moveTo(line[at] * scale, line[at + 1] * scale);
    }
  }
}

/** @param {CanvasRenderingContext2D} pen @param {Tile} tile @param {number} zoom */
function paintAreas(pen, { extent, parts }, zoom) {
  for (const drawn of ['green', 'water', 'building']) {
    if (drawn === 'building' && zoom < 15) continue;
    pen.beginPath();
    for (const [kind, , area, lines] of parts) if (area && kind === drawn) trace(pen, lines, TILE / extent);
    pen.fillStyle = token(drawn);
    pen.fill('evenodd');
  }
}

/** @param {Part} part */
const isStreet = ([drawn, , area]) => drawn === 'street' && !area;

/** @param {CanvasRenderingContext2D} pen @param {Part[]} streets of one rank @param {number} scale @param {'casing' | 'surface'} coat @param {number} width */
function stroke(pen, streets, scale, coat, width) {
  pen.beginPath();
  for (const [, , , lines] of streets) trace(pen, lines, scale);
  pen.strokeStyle = token(coat === 'casing' ? 'street-edge' : 'street');
  pen.lineWidth = width;
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen @param {Tile} tile @param {number} zoom */
function paintLines(pen, { extent, parts }, zoom) {
  const streets = parts.filter(isStreet);
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  for (const coat of /** @type {const} */ (['casing', 'surface'])) {
    for (const rank of [-1, 0, 1, 2, 3, 4]) {
      const widths = widthsAt(rank, zoom);
      if (widths) stroke(pen, streets.filter(([, of]) => of === rank), TILE / extent, coat, widths[coat]);
    }
  }
}

/** @param {string} template with {z}, {x} and {y} @param {number} native the nearest zoom that the file holds @returns {L.GridLayer} */
export function vectorTiles(template, native) {
  const Layer = L.GridLayer.extend({
    createTile(/** @type {L.Coords} */ { x, y, z }, /** @type {L.DoneCallback} */ done) {
      const canvas = document.createElement('canvas');
      const density = Math.min(2, globalThis.devicePixelRatio || 1);
      canvas.width = TILE * density;
      canvas.height = TILE * density;
      const pen = canvas.getContext('2d');
      fetch(L.Util.template(template, { x, y, z })).then(async (answer) => {
        if (answer.status === 200 && pen) {
          const tile = /** @type {Tile} */ (await answer.json());
          pen.scale(density, density);
          paintAreas(pen, tile, z);
          paintLines(pen, tile, z);
        }
        done(undefined, canvas);
      }, (fault) => done(fault, canvas));
      return canvas;
    },
  });
  return new /** @type {any} */ (Layer)({ tileSize: TILE, minZoom: 3, maxZoom: 19, maxNativeZoom: native, updateWhenZooming: false });
}
