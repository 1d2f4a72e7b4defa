/** A dividing line: clicked on the map, added from the map's middle, or typed. The text field is the truth. */
import { L } from '../map/leaflet.js';
import { token } from '../map/palette.js';

/** The points of a text, one "lon, lat" a line; what is no point is left out.
 *  @param {string} text @returns {[number, number][]} */
export function pointsOf(text) {
  return text
    .replaceAll('，', ',')
    .split('\n')
    .map((row) => row.split(/[,\s]+/).filter(Boolean).map(Number))
    .filter((pair) => pair.length === 2 && pair.every(Number.isFinite))
    .map(([lon, lat]) => [lon, lat]);
}

/** @param {[number, number][]} points */
export const textOf = (points) => points.map(([lon, lat]) => `${lon.toFixed(6)}, ${lat.toFixed(6)}`).join('\n');

/** @param {HTMLTextAreaElement} field @param {import('../map/create.js').MapView} view */
export function drawLine(field, view) {
  const show = () => {
    const points = pointsOf(field.value);
    const at = points.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon]));
    view.put('line', () =>
      L.layerGroup([
        L.polyline(at, { color: token('danger-fill'), weight: 4, dashArray: '8 5', interactive: false }),
        ...at.map((place) => L.circleMarker(place, { radius: 6, color: token('danger-fill'), fillOpacity: 1, interactive: false })),
      ]),
    );
  };
  /** @param {[number, number][]} points */
  const keep = (points) => {
    field.value = textOf(points);
    show();
  };
  const add = (/** @type {number} */ lon, /** @type {number} */ lat) => keep([...pointsOf(field.value), [lon, lat]]);
  view.map.on('click', (/** @type {L.LeafletMouseEvent} */ event) => add(event.latlng.wrap().lng, event.latlng.lat));
  view.layers.get('grids')?.on('click', (/** @type {any} */ event) => L.DomEvent.stopPropagation(event));
  view.layers.get('grids')?.on('click', (/** @type {any} */ event) => add(event.latlng.lng, event.latlng.lat));
  field.addEventListener('input', show);
  const form = field.form;
  for (const [name, act] of /** @type {[string, () => void][]} */ ([
    ['[data-line-add]', () => add(...view.middle())],
    ['[data-line-undo]', () => keep(pointsOf(field.value).slice(0, -1))],
  ])) {
    const button = form?.querySelector(name);
    if (button instanceof HTMLButtonElement) {
      button.hidden = false;
      button.addEventListener('click', act);
    }
  }
  show();
}
