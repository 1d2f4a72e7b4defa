/** The grids ticked in the table stand out on the map, and a click on the map opens a grid. */
import { L } from '../map/leaflet.js';
import { token } from '../map/palette.js';

/** @param {HTMLElement} el @param {import('../map/create.js').MapView} view */
export async function showTicked(el, view) {
  const ticks = [...document.querySelectorAll('[data-merge-pick]')].filter((box) => box instanceof HTMLInputElement);
  if (!ticks.length) return;
  const answer = await fetch(el.dataset.grids ?? '', { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const { features } = await answer.json();
  const show = () => {
    const chosen = new Set(ticks.filter((box) => box.checked).map((box) => box.value));
    const shapes = features.filter((/** @type {any} */ feature) => chosen.has(feature.properties.uid));
    const style = () => ({ color: token('danger-fill'), weight: 3, fillOpacity: 0.25, interactive: false });
    view.put('ticked', () => L.geoJSON(shapes, { style, interactive: false }));
  };
  for (const box of ticks) box.addEventListener('change', show);
  show();
}

/** A grid on the map of all grids leads to its own page. */
export function openPicked() {
  document.addEventListener('pick', (event) => {
    const { layer, uid } = /** @type {CustomEvent} */ (event).detail;
    const map = event.target instanceof HTMLElement && event.target.dataset.ground !== undefined;
    if (!map || layer !== 'grids') return;
    event.preventDefault();
    location.assign(`/grids/${uid}`);
  });
}
