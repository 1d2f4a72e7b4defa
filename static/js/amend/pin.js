import { html, nothing } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { distance_m, distanceText, rounded } from '../core/geo.js';
import { t } from '../core/i18n.js';
import { alertBox, icon, loading } from '../phone/parts.js';
import { FAR_M } from './amend.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../core/geo.js').Point} Point */
/** @typedef {{element: Element | null, view: import('../map/create.js').MapView | null, shown: boolean, busy: boolean, fault: string}} State */

/** A fix that is coarser would move a door into the next street. */
const GOOD_FIX_M = 30;

/** The pin of a venue: put where the officer stands, or dragged on the map that came with the day pack.
 *  @param {{phone: Phone, name: string, seen: Point, moved: (pin: Point) => void}} what */
export function createPin({ phone, name, seen, moved }) {
  /** @type {State} */
  const state = { element: null, view: null, shown: false, busy: false, fault: '' };
  /** @type {() => void} */
  let endPick = () => undefined;
  const put = (/** @type {Point} */ { lon, lat }) => moved({ lon: rounded(lon, 6), lat: rounded(lat, 6) });

  const begin = async (/** @type {Element} */ element, /** @type {Point} */ pin) => {
    if (state.element === element) return;
    state.element = element;
    try {
      const { createMap, streetLayer } = await import('../patrols/map_parts.js');
      const view = await createMap(/** @type {HTMLElement} */ (element), { center: [pin.lon, pin.lat], zoom: 17, label: t('Drag the pin to the door') });
      state.view = view;
      const streets = phone.pack?.streets;
      if (streets) await view.put('streets', () => streetLayer(streets));
      pick(pin);
    } catch (fault) {
      console.error('map', fault);
      state.shown = false;
      state.fault = t('The map could not be opened.');
    }
    phone.refresh();
  };
  const pick = (/** @type {Point} */ pin) => {
    endPick();
    endPick = state.view?.pickPoint((lon, lat) => put({ lon, lat }), [pin.lon, pin.lat]) ?? endPick;
    state.view?.focus(pin.lon, pin.lat);
  };
  const here = async () => {
    Object.assign(state, { busy: true, fault: '' });
    phone.refresh();
    const fix = await phone.place.current(20000);
    state.busy = false;
    if (!fix) state.fault = t('No position yet. Near a window it comes sooner.');
    else if (fix.accuracy_m > GOOD_FIX_M) {
      state.fault = t('Your position is known only to {n} m. Wait outside the door, or use the map.', { n: Math.round(fix.accuracy_m) });
    } else {
      put(fix);
      pick(fix);
    }
    phone.refresh();
  };
  const close = () => {
    endPick();
    state.view?.destroy();
    Object.assign(state, { shown: false, view: null, element: null });
  };

  return {
    /** @param {Point} pin */
    view(pin) {
      const metres = distance_m(seen, pin);
      return html`<section class="card card-body stack stack-s">
        <h2 class="label">${t('Pin on the map')}</h2>
        <p class="s">
          ${metres < 1
            ? html`<span class="muted">${t('Where it was')}</span>`
            : html`<span class="strong">${t('Moved by {d}', { d: distanceText(metres) })}</span>`}
          <span class="num muted">${pin.lon.toFixed(6)}, ${pin.lat.toFixed(6)}</span>
        </p>
        <div class="row row-s">
          <button type="button" class="btn btn-s" aria-busy=${state.busy} @click=${here}>${icon('locate')}${t('I stand at its door')}</button>
          <button
            type="button"
            class="btn btn-s"
            aria-expanded=${state.shown}
            @click=${() => {
              if (state.shown) close();
              else state.shown = true;
              phone.refresh();
            }}
          >
            ${icon('map')}${state.shown ? t('Close the map') : t('Move it on the map')}
          </button>
          ${metres < 1
            ? nothing
            : html`<button type="button" class="btn btn-quiet btn-s" @click=${() => { put(seen); pick(seen); }}>${icon('cross')}${t('Put it back')}</button>`}
        </div>
        ${state.shown
          ? html`${state.view ? nothing : loading(t('Opening the map…'))}
              <div class="map map-s" aria-label=${name} ${ref((element) => element && begin(element, pin))}></div>
              <p class="muted s">${t('Tap where the door is, or drag the pin.')}</p>`
          : nothing}
        ${state.fault ? alertBox({ tone: 'warn', sign: 'locate', text: state.fault }) : nothing}
        ${metres > FAR_M ? alertBox({ tone: 'info', sign: 'info', text: t('A pin that moves this far is looked at by a manager first.') }) : nothing}
      </section>`;
    },
    stop: close,
  };
}
