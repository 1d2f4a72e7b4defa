import { html, nothing } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { addWords, t } from '../core/i18n.js';
import { alertBox, empty, icon, loading } from '../phone/parts.js';
import { drawTrack, trackLine } from './map_track.js';
import { outcomeLook } from './outcome_look.js';
import { progress } from './patrol_state.js';
import zh from '../stops/zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../map/create.js').MapView} MapView */
/** @typedef {{view: MapView | null, element: Element | null, failed: boolean, chosen: string | null, follow: boolean, track: import('./map_track.js').Track | null}} State */

/** The round on a map: own stops, own place, grids and streets, all out of the day pack.
 *  @type {import('../phone/types.js').OpenScreen} */
export function openMap(phone, { venue }) {
  /** @type {State} */
  const state = { view: null, element: null, failed: false, chosen: venue ?? null, follow: false, track: null };
  const unwatch = phone.place.watch((fix) => {
    state.view?.setPosition(fix);
    if (state.follow) state.view?.focus(fix.lon, fix.lat);
    if (state.track) drawTrack(phone, state);
  });
  return {
    title: t('Map'),
    flush: true,
    view: () => mapView(phone, state),
    stop() {
      unwatch();
      state.view?.destroy();
    },
  };
}

/** @param {Phone} phone @param {State} state */
function mapView(phone, state) {
  if (!phone.pack) return empty({ sign: 'map', title: t('No day pack yet'), text: t('The map comes with the day pack.') });
  if (state.failed) return empty({ sign: 'map', title: t('The map could not be opened'), text: t('The list of stops shows the same places.') });
  return html`${state.view ? nothing : loading(t('Opening the map…'))}
    <div class="map" ${ref((element) => element && begin(phone, state, element))}></div>
    ${chosenCard(phone, state)}
    <div class="card-body stack stack-s">
      ${trackLine(state.track)}
      <div class="row row-s">
        <button type="button" class="btn btn-s" aria-pressed=${state.follow} @click=${() => locate(phone, state)}>
          ${icon('locate')}${t('Where I am')}
        </button>
        <a class="btn btn-s" href="/m/">${icon('list')}${t('The same as a list')}</a>
      </div>
    </div>`;
}

/** @param {Phone} phone @param {State} state */
async function locate(phone, state) {
  state.follow = !state.follow;
  phone.refresh();
  const fix = await phone.place.current();
  if (fix && state.follow) state.view?.focus(fix.lon, fix.lat);
}

/** @param {Phone} phone @param {State} state */
function chosenCard(phone, state) {
  const venue = phone.pack?.venues.find((one) => one.uid === state.chosen);
  if (!venue) return phone.place.problem() === 'denied' ? alertBox({ tone: 'warn', sign: 'locate', text: t('Location is not allowed.') }) : nothing;
  const stop = phone.pack?.task.flatMap((route) => route.stops).find((one) => one.venue_uid === venue.uid);
  return html`<a class="item card" href="/m/stop/${stop?.stop_uid ?? venue.uid}">
    <span class="item-sign">${icon('building')}</span>
    <span class="item-body"><span class="item-title">${venue.name}</span><span class="item-note">${venue.address}</span></span>
    ${icon('chevron-right')}
  </a>`;
}

/** @param {Phone} phone @param {State} state @param {Element} element */
async function begin(phone, state, element) {
  if (state.element === element) return;
  state.element = element;
  try {
    const { createMap, streetLayer } = await import('./map_parts.js');
    const view = await createMap(/** @type {HTMLElement} */ (element), { bounds: boundsOf(phone, state), label: t('Map of the round') });
    state.view = view;
    await draw(phone, state, view, streetLayer);
  } catch (fault) {
    console.error('map', fault);
    state.failed = true;
  }
  phone.refresh();
}

/** @param {Phone} phone @param {State} state @param {MapView} view @param {typeof import('../map/basemap.js').streetLayer} streetLayer */
async function draw(phone, state, view, streetLayer) {
  const pack = phone.pack;
  if (!pack) return;
  const pick = (/** @type {string} */ uid) => {
    state.chosen = uid;
    phone.refresh();
  };
  const { streets, grids } = pack;
  if (streets) await view.put('streets', () => streetLayer(streets));
  if (grids) await view.setGrids(grids);
  const onRoute = new Set(pack.task.flatMap((route) => route.stops.map((stop) => stop.venue_uid)));
  const others = pack.venues.filter((venue) => !onRoute.has(venue.uid));
  await view.setVenues(
    others.map(({ uid, lon, lat, name }) => {
      const done = phone.patrol.done[uid];
      return { uid, lon, lat, name, tone: done ? outcomeLook(done.outcome)[0] : 'quiet' };
    }),
    { onPick: pick },
  );
  state.track = await drawTrack(phone, state);
  await view.setRoutes(pack.task.map((route, index) => routeOf(phone, route, index)), { onPick: pick });
  const here = phone.place.last();
  if (here) await view.setPosition(here);
}

/** @param {Phone} phone @param {import('../phone/types.js').Route} route @param {number} index @returns {import('../map/layers.js').Route} */
function routeOf(phone, route, index) {
  const stops = progress(route, phone.patrol).flatMap(({ stop, done, next }) => {
    const venue = phone.pack?.venues.find((one) => one.uid === stop.venue_uid);
    if (!venue) return [];
    /** @type {'is-done' | 'is-next' | ''} */
    const state = done ? 'is-done' : next ? 'is-next' : '';
    return [{ uid: venue.uid, lon: venue.lon, lat: venue.lat, name: venue.name, number: stop.order, state }];
  });
  return { uid: route.route_uid, team: index + 1, name: route.team.name, stops };
}

/** @param {Phone} phone @param {State} state @returns {[number, number, number, number] | undefined} west, south, east, north */
function boundsOf(phone, state) {
  const pack = phone.pack;
  if (!pack) return undefined;
  const wanted = state.chosen ? new Set([state.chosen]) : new Set(pack.task.flatMap((route) => route.stops.map((stop) => stop.venue_uid)));
  const shown = pack.venues.filter((venue) => wanted.size === 0 || wanted.has(venue.uid));
  if (shown.length === 0) return undefined;
  const lons = shown.map((venue) => venue.lon);
  const lats = shown.map((venue) => venue.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
