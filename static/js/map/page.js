/** Maps of desktop pages, told by attributes: data-map with data-basemap, data-tiles, data-bounds ("w,s,e,n"), and the
 *  addresses of what is shown: data-grids, data-venues, data-routes, data-track; data-list names the list beside it.
 *  A click on a place fires `pick` with {layer, uid}; a place with a url is opened. */
import { addWords } from '../core/i18n.js';
import { each } from '../ui/dom.js';
import { createMap } from './create.js';
import zh from './zh.json';

addWords(zh);

/** @param {string | undefined} url */
async function load(url) {
  if (!url) return null;
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  return answer.ok ? answer.json() : null;
}

/** @param {HTMLElement} el */
function boundsOf(el) {
  const numbers = (el.dataset.bounds ?? '').split(',').map(Number);
  const good = numbers.length === 4 && numbers.every(Number.isFinite);
  return good ? /** @type {[number, number, number, number]} */ (numbers) : undefined;
}

/** @param {HTMLElement} el @param {string} layer @param {Record<string, string>} urls uid → address */
const picker = (el, layer, urls) => (/** @type {string} */ uid) => {
  const detail = { layer, uid };
  const go = el.dispatchEvent(new CustomEvent('pick', { bubbles: true, cancelable: true, detail }));
  if (go && urls[uid]) location.assign(urls[uid]);
};

/** @param {{uid: string, url?: string}[]} places */
const addresses = (places) => Object.fromEntries(places.filter((p) => p.url).map((p) => [p.uid, p.url ?? '']));

/** @param {{lon: number, lat: number}[]} places @returns {[number, number, number, number]} */
function extentOf(places) {
  const lons = places.map(({ lon }) => lon);
  const lats = places.map(({ lat }) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** @param {HTMLElement} el @returns {Promise<import('./create.js').MapView>} */
export async function startMap(el) {
  const d = el.dataset;
  const options = { basemap_url: d.basemap, tile_template: d.tiles, tile_attribution: d.tilesBy, attribution: d.by, bounds: boundsOf(el), label: d.label };
  const view = await createMap(el, options);
  const [grids, venues, routes, track] = await Promise.all([load(d.grids), load(d.venues), load(d.routes), load(d.track)]);
  if (grids) {
    const urls = addresses(grids.features.map((/** @type {any} */ f) => f.properties));
    view.setGrids(grids, { look: (f) => f.properties.look ?? '', onPick: picker(el, 'grids', urls) });
  }
  if (routes) view.setRoutes(routes, { onPick: picker(el, 'routes', {}) });
  if (track) view.setTrack(track);
  if (venues?.length && !d.bounds) view.fit(extentOf(venues));
  if (venues) view.setVenues(venues, { onPick: picker(el, 'venues', addresses(venues)) });
  const list = d.list ? document.querySelector(d.list) : null;
  const places = venues ?? routes?.flatMap((/** @type {any} */ route) => route.stops);
  if (list instanceof HTMLElement && places) view.listInto(list, places.slice(0, 200), picker(el, 'list', {}));
  el.dispatchEvent(new CustomEvent('mapready', { bubbles: true, detail: { view } }));
  return view;
}

export function startMaps() {
  each('[data-map]', (/** @type {HTMLElement} */ el) => void startMap(el));
}
