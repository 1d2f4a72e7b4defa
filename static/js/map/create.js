/** A map as the rooms know it: told what to show, never how. Load it lazily:
 *  `const { createMap } = await import('../map/create.js')`. */
import { t } from '../core/i18n.js';
import { loadStreets } from './basemap.js';
import { countLayer, gridLayer, heatLayer, positionLayer, routeLayer, trackLayer, venueLayer } from './layers.js';
import { L, mapStyles } from './leaflet.js';
import { onTheme } from './palette.js';

/** @typedef {import('./layers.js').Venue} Venue */
/** @typedef {import('./layers.js').Route} Route */
/** @typedef {import('./layers.js').Pick} Pick */
/** @typedef {{basemap_url?: string, tile_template?: string, tile_attribution?: string, bounds?: [number, number, number, number],
 *  center?: [number, number], zoom?: number, label?: string, attribution?: string}} MapOptions
 *  bounds are west, south, east, north; center is lon, lat */

/** Draws a map into an element and returns the hand that moves it.
 *  @param {HTMLElement} el @param {MapOptions} [options] @returns {Promise<MapView>} */
export async function createMap(el, options = {}) {
  await mapStyles();
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const map = L.map(el, { zoomControl: false, preferCanvas: true, maxZoom: 19, minZoom: 3, zoomSnap: 0.5, zoomAnimation: !still, fadeAnimation: !still });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: 'topright', zoomInTitle: t('Zoom in'), zoomOutTitle: t('Zoom out') }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  el.setAttribute('role', 'region');
  el.setAttribute('aria-label', options.label ?? t('Map; the same places are in the list'));
  const view = new MapView(map);
  view.frame(options);
  await view.base(options);
  return view;
}

export class MapView {
  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
    /** @type {Map<string, L.Layer>} */
    this.layers = new Map();
    /** @type {Map<string, () => L.Layer | Promise<L.Layer>>} */
    this.makers = new Map();
    /** @type {L.Layer | null} */
    this.streets = null;
    this.stopTheme = onTheme(() => this.redraw());
    this.resize = new ResizeObserver(() => map.invalidateSize());
    this.resize.observe(map.getContainer());
  }

  /** @param {MapOptions} options */
  frame({ bounds, center, zoom = 13 }) {
    if (bounds) this.fit(bounds);
    else if (center) this.map.setView([center[1], center[0]], zoom);
    else this.map.setView([30.62, 114.29], 12);
  }

  /** @param {MapOptions} options */
  async base({ basemap_url, tile_template, tile_attribution, attribution }) {
    if (tile_template) L.tileLayer(tile_template, { maxZoom: 19, attribution: tile_attribution }).addTo(this.map);
    else if (basemap_url) {
      const layer = await loadStreets(basemap_url);
      if (layer) this.streets = layer.addTo(this.map);
    }
    if (attribution) this.map.attributionControl.addAttribution(attribution);
  }

  /** Puts a layer under a name, in place of the one before; a theme change makes it again.
   *  @param {string} name @param {() => L.Layer | Promise<L.Layer>} make */
  async put(name, make) {
    this.makers.set(name, make);
    const layer = await make();
    if (this.makers.get(name) !== make) return;
    this.layers.get(name)?.remove();
    this.layers.set(name, layer.addTo(this.map));
  }

  /** @param {string} name */
  clear(name) {
    this.layers.get(name)?.remove();
    this.layers.delete(name);
    this.makers.delete(name);
  }

  redraw() {
    if (this.streets instanceof L.GridLayer) this.streets.redraw();
    for (const [name, make] of [...this.makers]) this.put(name, make);
  }

  /** @param {any} collection GeoJSON @param {{look?: (feature: any) => string, onPick?: Pick}} [options] */
  setGrids(collection, options) {
    return this.put('grids', () => gridLayer(collection, options));
  }

  /** @param {Venue[]} venues @param {{onPick?: Pick}} [options] */
  setVenues(venues, options) {
    return this.put('venues', () => venueLayer(venues, options));
  }

  /** Numbers of places where there are too many to draw; a click on one comes closer.
   *  @param {[number, number, number][]} clusters lon, lat, count @param {(count: number) => string} say */
  setCounts(clusters, say) {
    const onPick = (/** @type {number} */ lon, /** @type {number} */ lat) => this.map.setView([lat, lon], this.map.getZoom() + 2);
    return this.put('counts', () => countLayer(clusters, { onPick, say }));
  }

  /** Tells the section in view, now and whenever it has moved. @param {(box: [number, number, number, number]) => void} tell */
  watch(tell) {
    const now = () => {
      const b = this.map.getBounds();
      tell([b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]);
    };
    this.map.on('moveend', now);
    now();
  }

  /** @param {Route[]} routes @param {{onPick?: Pick}} [options] */
  setRoutes(routes, options) {
    return this.put('routes', () => routeLayer(routes, options));
  }

  /** @param {{lon: number, lat: number, t?: number}[]} points */
  setTrack(points) {
    return this.put('track', () => trackLayer(points));
  }

  /** @param {[number, number, number?][]} points lon, lat, weight */
  setHeat(points) {
    return this.put('heat', () => heatLayer(points));
  }

  /** @param {{lon: number, lat: number, accuracy_m: number}} position */
  setPosition(position) {
    return this.put('position', () => positionLayer(position));
  }

  /** Lets a person put a pin; each click moves it. Returns what ends it.
   *  @param {(lon: number, lat: number) => void} onPick @param {[number, number]} [start] lon, lat */
  pickPoint(onPick, start) {
    const face = document.createElement('span');
    face.className = 'map-pin';
    const icon = L.divIcon({ html: face, className: 'map-stop', iconSize: [30, 30], iconAnchor: [15, 30] });
    const pin = L.marker(start ? [start[1], start[0]] : this.map.getCenter(), { icon, draggable: true, title: t('The place; drag it') });
    if (start) pin.addTo(this.map);
    const tell = () => onPick(pin.getLatLng().wrap().lng, pin.getLatLng().lat);
    /** @param {L.LeafletMouseEvent} event */
    const move = ({ latlng }) => {
      pin.setLatLng(latlng).addTo(this.map);
      tell();
    };
    pin.on('dragend', tell);
    this.map.on('click', move);
    return () => {
      this.map.off('click', move);
      pin.remove();
    };
  }

  /** Puts the pin where the map's middle is: the way without a pointer. @returns {[number, number]} lon, lat */
  middle() {
    const { lng, lat } = this.map.getCenter();
    return [lng, lat];
  }

  /** @param {[number, number, number, number]} bounds west, south, east, north */
  fit([west, south, east, north]) {
    this.map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 17 });
  }

  /** @param {number} lon @param {number} lat @param {number} [zoom] */
  focus(lon, lat, zoom = 17) {
    this.map.setView([lat, lon], Math.max(zoom, this.map.getZoom()));
  }

  /** Fills a list with the same places as buttons, for keyboards and screen readers.
   *  @param {HTMLElement} list @param {{uid: string, lon: number, lat: number, name: string, note?: string}[]} places
   *  @param {Pick} [onPick] */
  listInto(list, places, onPick) {
    list.replaceChildren(
      ...places.map((place) => {
        const row = document.createElement('li');
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'item';
        const body = document.createElement('span');
        body.className = 'item-body';
        for (const [name, words] of [['item-title', place.name], ['item-note', place.note ?? '']]) {
          const line = document.createElement('span');
          line.className = name;
          line.textContent = words;
          if (words) body.append(line);
        }
        button.append(body);
        button.addEventListener('click', () => {
          this.focus(place.lon, place.lat);
          onPick?.(place.uid);
        });
        row.append(button);
        return row;
      }),
    );
  }

  destroy() {
    this.stopTheme();
    this.resize.disconnect();
    this.map.remove();
  }
}
