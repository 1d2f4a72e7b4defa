/** What is drawn over the base map. Each function returns one layer that is replaced whole. */
import { L, withClusters, withHeat } from './leaflet.js';
import { DASHES, teamColour, teamDash, token } from './palette.js';

/** @typedef {{uid: string, lon: number, lat: number, name: string, note?: string, tone?: 'ok'|'warn'|'danger'|'quiet'|'info'}} Venue */
/** @typedef {{uid: string, lon: number, lat: number, name: string, number: number, state?: ''|'is-done'|'is-next'}} RouteStop */
/** @typedef {{uid: string, team: number, name: string, stops: RouteStop[], path?: [number, number][]}} Route */
/** @typedef {(uid: string) => void} Pick */

/** Beyond this many, single points tell less than their number. */
export const CLUSTER_FROM = 1500;
const TONES = /** @type {const} */ ({ ok: 'ok', warn: 'warn', danger: 'danger-fill', quiet: 'ink-3', info: 'brand' });
const canvas = L.canvas({ padding: 0.3, tolerance: 8 });

/** How a grid of a class is filled; a grid nobody looked at is an empty dashed frame.
 *  @param {string} kind a class of tokens.css: hot-3 … cold-2, even, unknown, or nothing */
function gridStyle(kind) {
  if (kind === 'unknown') return { color: token('line-strong'), weight: 1.5, dashArray: '4 4', fillOpacity: 0.02 };
  if (!kind) return { color: token('brand'), weight: 1.5, fillColor: token('brand'), fillOpacity: 0.05 };
  return { color: token('ink-2'), weight: 1, fillColor: token(kind), fillOpacity: 0.62 };
}

/** Grids as polygons.
 *  @param {any} collection GeoJSON whose features have properties.uid and properties.name
 *  @param {{look?: (feature: any) => string, onPick?: Pick}} [options] `look` names the class of a grid */
export function gridLayer(collection, { look = () => '', onPick } = {}) {
  return L.geoJSON(collection, {
    style: (feature) => gridStyle(look(feature)),
    onEachFeature: (feature, layer) => {
      if (feature.properties?.name) layer.bindTooltip(feature.properties.name, { sticky: true, direction: 'top' });
      if (onPick) layer.on('click', () => onPick(feature.properties.uid));
    },
  });
}

/** @param {Venue} venue @param {Pick} [onPick] */
function venueMarker(venue, onPick) {
  const marker = L.circleMarker([venue.lat, venue.lon], {
    renderer: canvas,
    radius: 6,
    weight: 1.5,
    color: token('surface'),
    fillColor: token(TONES[venue.tone ?? 'info']),
    fillOpacity: 1,
  });
  marker.bindTooltip(venue.name, { direction: 'top', offset: [0, -4] });
  if (onPick) marker.on('click', () => onPick(venue.uid));
  return marker;
}

/** @param {any} cluster */
const clusterIcon = (cluster) => countIcon(cluster.getChildCount());

/** @param {number} count */
function countIcon(count) {
  const face = document.createElement('span');
  face.textContent = count < 1000 ? String(count) : `${Math.round(count / 100) / 10}k`;
  return L.divIcon({ html: face, className: 'map-cluster', iconSize: [40, 40] });
}

/** Numbers of places counted by the server, where there are too many to send.
 *  @param {[number, number, number][]} clusters lon, lat, count
 *  @param {{onPick?: (lon: number, lat: number) => void, say?: (count: number) => string}} [options] */
export function countLayer(clusters, { onPick, say = String } = {}) {
  const group = L.layerGroup();
  for (const [lon, lat, count] of clusters) {
    const marker = L.marker([lat, lon], { icon: countIcon(count), title: say(count), alt: say(count) });
    if (onPick) marker.on('click', () => onPick(lon, lat));
    marker.addTo(group);
  }
  return group;
}

/** @param {Venue[]} venues @param {{onPick?: Pick}} [options] @returns {Promise<L.Layer>} */
export async function venueLayer(venues, { onPick } = {}) {
  const markers = venues.map((venue) => venueMarker(venue, onPick));
  if (venues.length <= CLUSTER_FROM) return L.layerGroup(markers);
  const Lc = /** @type {any} */ (await withClusters());
  const group = Lc.markerClusterGroup({
    iconCreateFunction: clusterIcon,
    chunkedLoading: true,
    showCoverageOnHover: false,
    spiderfyOnMaxZoom: false,
    disableClusteringAtZoom: 17,
    maxClusterRadius: 80, // circles that overlap leave too little of one another for a thumb
    animate: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  });
  group.addLayers(markers);
  return group;
}

/** @param {number} number @param {number} team @param {string} [state] */
function stopIcon(number, team, state = '') {
  const face = document.createElement('span');
  face.className = `stop-no team-${((team - 1) % DASHES.length) + 1} ${state}`;
  face.textContent = String(number);
  return L.divIcon({ html: face, className: 'map-stop', iconSize: [30, 30] });
}

/** Routes as a line over a pale casing, each team with its colour and its pattern, stops numbered. The markers
 *  take no keyboard focus: they overlap, and the list beside the map holds the same stops.
 *  @param {Route[]} routes @param {{onPick?: Pick}} [options] */
export function routeLayer(routes, { onPick } = {}) {
  const group = L.layerGroup();
  for (const { team, stops, path } of routes) {
    const line = /** @type {[number, number][]} */ (
      path?.map(([lon, lat]) => [lat, lon]) ?? stops.map(({ lon, lat }) => [lat, lon])
    );
    L.polyline(line, { color: token('surface'), weight: 7, opacity: 0.9, interactive: false }).addTo(group);
    L.polyline(line, { color: teamColour(team), weight: 4, dashArray: teamDash(team), interactive: false }).addTo(group);
    for (const stop of stops) {
      const icon = stopIcon(stop.number, team, stop.state);
      const marker = L.marker([stop.lat, stop.lon], { icon, title: stop.name, keyboard: false });
      if (onPick) marker.on('click', () => onPick(stop.uid));
      marker.addTo(group);
    }
  }
  return group;
}

/** A track as it was walked; a gap of more than `gap_s` seconds is left open, not invented.
 *  @param {{lon: number, lat: number, t?: number}[]} points time `t` in seconds
 *  @param {number} [gap_s] */
export function trackLayer(points, gap_s = 180) {
  /** @type {[number, number][][]} */
  const pieces = [];
  let last = Number.NaN;
  for (const { lon, lat, t = 0 } of points) {
    if (!pieces.length || t - last > gap_s) pieces.push([]);
    pieces[pieces.length - 1].push([lat, lon]);
    last = t;
  }
  const style = { color: token('ok'), weight: 4, opacity: 0.85, renderer: canvas, interactive: false };
  return L.layerGroup(pieces.map((piece) => L.polyline(piece, style)));
}

/** @param {[number, number, number?][]} points lon, lat and weight from 0 to 1 */
export async function heatLayer(points) {
  const Lh = /** @type {any} */ (await withHeat());
  return Lh.heatLayer(points.map(([lon, lat, weight = 1]) => [lat, lon, weight]), { radius: 22, blur: 18, maxZoom: 16 });
}

/** Where the phone is, with the circle in which it may really be.
 *  @param {{lon: number, lat: number, accuracy_m: number}} position */
export function positionLayer({ lon, lat, accuracy_m }) {
  const at = /** @type {[number, number]} */ ([lat, lon]);
  const colour = token('brand');
  return L.layerGroup([
    L.circle(at, { radius: accuracy_m, color: colour, weight: 1, fillOpacity: 0.12, interactive: false }),
    L.circleMarker(at, { radius: 8, color: '#fff', weight: 3, fillColor: colour, fillOpacity: 1, interactive: false }),
  ]);
}
