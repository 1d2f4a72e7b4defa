/** Puts the parts together: maps, layer choice, points, time, drawing, and the panel that says why. */
import { language, t } from '../core/i18n.js';
import { loadStreets } from '../map/basemap.js';
import { vectorTiles } from '../map/vector_tiles.js';
import { delegate, each } from '../ui/dom.js';
import { drawArea } from './draw.js';
import { runFolium, scaleIn } from './folium.js';
import { keyAt } from './lattice.js';
import { PointLayer } from './points.js';
import { timeSlider } from './time.js';
import { UnitLayer } from './units.js';

/** @typedef {{map: import('leaflet').Map, units: UnitLayer, more: Record<string, string>}} Side */

/** @param {HTMLElement} el @param {string} path @param {Record<string, string>} [more] */
function address(el, path, more = {}) {
  const query = new URLSearchParams(el.dataset.query);
  query.set('lang', language());
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `/hotspots/${path}?${query}`;
}

/** Fills the panel with a part of a page that the server wrote. @param {HTMLElement} why @param {string} url */
async function tell(why, url) {
  why.setAttribute('aria-busy', 'true');
  const answer = await fetch(url, { headers: { 'X-Patrol': '1' } }).catch(() => null);
  why.removeAttribute('aria-busy');
  if (answer?.ok) why.innerHTML = await answer.text();
  else why.textContent = answer?.status === 404 ? t('No venue lies there: nothing was counted') : t('This could not be loaded');
}

/** @param {HTMLElement} list @param {[string, string][]} legend */
function tellLegend(list, legend) {
  list.replaceChildren(
    ...legend.map(([swatch, words]) => {
      const item = document.createElement('li');
      const sign = document.createElement('span');
      sign.className = `swatch ${swatch}`;
      item.append(sign, words);
      return item;
    }),
  );
}

/** @param {import('leaflet').Map} one @param {import('leaflet').Map} other */
function moveTogether(one, other) {
  let busy = false;
  const follow = (/** @type {typeof one} */ from, /** @type {typeof one} */ to) => {
    if (busy) return;
    busy = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    busy = false;
  };
  one.on('move zoomend', () => follow(one, other));
  other.on('move zoomend', () => follow(other, one));
}

/** @param {HTMLElement} el @param {(key: string) => void} pick @returns {Promise<Side[]>} */
async function makeSides(el, pick) {
  const { script = '', name = '', compare } = el.dataset;
  const now = await runFolium(script, name);
  if (!now) return [];
  const sides = [{ map: now, units: new UnitLayer(now, pick), more: {} }];
  if (compare) {
    const before = await runFolium(compare, name.replace('map_a', 'map_b'));
    if (before) {
      sides.push({ map: before, units: new UnitLayer(before, pick), more: { compare: 'before' } });
      moveTogether(now, before);
    }
  }
  for (const { map } of sides) {
    map.getContainer().setAttribute('tabindex', '0');
    scaleIn(map);
    map.on('click', ({ latlng }) => {
      const free = el.dataset.by !== 'grids' && !map.getContainer().classList.contains('is-drawing');
      if (free) pick(keyAt(latlng.lng, latlng.lat, el.dataset.by ?? '17'));
    });
  }
  return sides;
}

/** @param {HTMLElement} el @param {Side[]} sides @param {string} layer @param {{show: (ends: string[]) => void}} time */
async function showLayer(el, sides, layer, time) {
  each('[data-only]', (/** @type {HTMLElement} */ words) => { words.hidden = !words.dataset.only?.split(' ').includes(layer); }, el);
  for (const side of sides) {
    const answer = await fetch(address(el, 'layer.json', { layer, ...side.more }), { headers: { 'X-Patrol': '1' } });
    if (!answer.ok) continue;
    const given = await answer.json();
    side.units.show(given);
    const note = el.querySelector(side.more.compare ? '[data-note-before]' : '[data-note-now]');
    if (note) note.textContent = given.note;
    if (side === sides[0]) {
      time.show(given.ends);
      const legend = el.querySelector('[data-legend]');
      if (legend instanceof HTMLElement) tellLegend(legend, given.legend);
    }
  }
}

/** @param {HTMLElement} el @param {Side[]} sides @param {HTMLElement} why */
function startTools(el, sides, why) {
  const [{ map }] = sides;
  const figures = (/** @type {[number, number][]} */ ring) => {
    const text = ring.map(([lon, lat]) => `${lon.toFixed(5)},${lat.toFixed(5)}`).join(';');
    return tell(why, address(el, 'area', { ring: text }));
  };
  let stop = () => {};
  el.querySelector('[data-draw]')?.addEventListener('click', () => {
    stop();
    stop = drawArea(map, figures);
  });
  el.querySelector('[data-view-figures]')?.addEventListener('click', () => {
    const b = map.getBounds();
    figures([[b.getWest(), b.getSouth()], [b.getEast(), b.getSouth()], [b.getEast(), b.getNorth()], [b.getWest(), b.getNorth()]]);
  });
  each('[data-points]', (/** @type {HTMLInputElement} */ box) => {
    const what = box.dataset.points ?? '';
    const layers = sides.map((side) => new PointLayer(side.map, what, (more) => address(el, 'points.json', { ...more, ...side.more })));
    box.addEventListener('change', () => layers.forEach((layer) => { layer.toggle(box.checked); }));
    if (box.checked) layers.forEach((layer) => { layer.toggle(true); });
  }, el);
}

/** The surface lies under the layers that are judged like it; under others its colours would mix with theirs. */
const OVER_SURFACE = ['significance', 'emerging', 'steps'];

/** @param {HTMLElement} el @param {HTMLSelectElement} choice */
function startSurface(el, choice) {
  const picture = /** @type {HTMLInputElement | null} */ (el.querySelector('[data-switch="picture"]'));
  if (!picture) return;
  const show = () => el.classList.toggle('no-picture', !picture.checked);
  picture.addEventListener('change', show);
  choice.addEventListener('change', () => {
    picture.checked = OVER_SURFACE.includes(choice.value);
    show();
  });
}

/** Streets come last: the picture and the units are what the page is for. @param {HTMLElement} el @param {Side[]} sides */
async function addStreets(el, sides) {
  const { basemap = '', basemapZoom = '19' } = el.dataset;
  if (!basemap) return;
  for (const { map } of sides) {
    const streets = basemap.includes('{z}') ? vectorTiles(basemap, Number(basemapZoom)) : await loadStreets(basemap);
    streets?.addTo(map);
    streets?.bringToBack();
  }
}

/** @param {HTMLElement} el */
export async function startHotspots(el) {
  const why = /** @type {HTMLElement} */ (el.querySelector('[data-why]'));
  /** @type {Side[]} */
  let sides = [];
  const pick = (/** @type {string} */ key) => {
    for (const { units } of sides) units.mark(key);
    return tell(why, address(el, `unit/${encodeURIComponent(key)}`));
  };
  sides = await makeSides(el, pick);
  if (!sides.length) return;
  const time = timeSlider(/** @type {HTMLElement} */ (el.querySelector('[data-time]')), (step) => sides.forEach(({ units }) => { units.at(step); }));
  const choice = /** @type {HTMLSelectElement} */ (el.querySelector('[name=layer]'));
  choice.addEventListener('change', () => showLayer(el, sides, choice.value, time));
  await showLayer(el, sides, choice.value, time);
  startTools(el, sides, why);
  startSurface(el, choice);
  delegate('click', '[data-unit]', async (link, event) => {
    event.preventDefault();
    await pick(link.dataset.unit ?? '');
    why.focus();
    why.scrollIntoView({ block: 'nearest' });
  });
  await addStreets(el, sides);
  el.dataset.ready = 'true';
}
