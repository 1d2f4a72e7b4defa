import { html, nothing } from 'lit-html';
import { distance_m, distanceText } from '../core/geo.js';
import { t } from '../core/i18n.js';
import { plainText } from '../core/text.js';
import { GOOD_ENOUGH_M } from '../patrols/index.js';
import { alertBox, choiceCard, icon, tag } from '../phone/parts.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').ManualPin} ManualPin */
/** @typedef {import('../core/geo.js').Position} Position */
/** @typedef {import('../core/geo.js').Point} Point */
/** @typedef {{position: Position | null, manual_pin: ManualPin | null}} Where */

const REASON_LETTERS = 200;

/** Good enough to stand alone; otherwise a person says where it was, and why the phone could not.
 *  @param {Where} where @returns {boolean} */
export function placeIsKnown({ position, manual_pin }) {
  if (manual_pin) return manual_pin.reason.trim() !== '' && pinIsOnEarth(manual_pin);
  return position !== null && position.accuracy_m <= GOOD_ENOUGH_M;
}

/** @param {ManualPin | null} pin @returns {ManualPin | null} as the server takes it */
export const pinBody = (pin) => pin && { ...pin, reason: plainText(pin.reason, REASON_LETTERS) };

/** @param {Point} pin */
export const pinIsOnEarth = ({ lon, lat }) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90 && (lon !== 0 || lat !== 0);

const reasons = () => [t('No satellite signal indoors'), t('The position is wrong'), t('Recorded afterwards')];

/** @param {{phone: Phone, where: Where, venue: (Point & {name: string}) | null, busy: boolean, change: (where: Partial<Where>) => void, locate: () => void}} what */
export function whereView({ phone, where, venue, busy, change, locate }) {
  const { position, manual_pin } = where;
  const start = () => {
    const from = venue ?? position ?? { lon: 0, lat: 0 };
    change({ manual_pin: { lon: from.lon, lat: from.lat, reason: '' } });
  };
  return html`<section class="card" id="where">
    <div class="card-head">
      <h2>${t('Place')}</h2>
      ${fixTag(position, busy)}
    </div>
    <div class="card-body stack stack-s">
      ${position
        ? html`<p class="s">
            <span class="num">${position.lon.toFixed(6)}, ${position.lat.toFixed(6)}</span>
            ${venue ? html`<span class="muted">${t('{d} from the venue', { d: distanceText(distance_m(position, venue)) })}</span>` : nothing}
          </p>`
        : html`<p class="s muted">
            ${phone.place.problem() === 'denied'
              ? t('Location is not allowed for this app. Choose the place by hand.')
              : t('No position yet. Near a window it comes sooner.')}
          </p>`}
      <div class="row row-s">
        <button type="button" class="btn btn-s" aria-busy=${busy} @click=${locate}>${icon('locate')}${t('Locate again')}</button>
        ${manual_pin
          ? html`<button type="button" class="btn btn-s" @click=${() => change({ manual_pin: null })}>
              ${icon('cross')}${t('Remove the pin')}
            </button>`
          : html`<button type="button" class="btn btn-s" @click=${start}>${icon('pin')}${t('Choose by hand')}</button>`}
      </div>
      ${manual_pin ? pinView(manual_pin, venue, change) : nothing}
    </div>
  </section>`;
}

/** @param {Position | null} position @param {boolean} busy */
function fixTag(position, busy) {
  if (busy) return html`<span class="muted s"><span class="spinner"></span> ${t('Locating…')}</span>`;
  if (!position) return tag('warn', 'pin', t('No position'));
  const text = `±${Math.round(position.accuracy_m)} m`;
  return position.accuracy_m <= GOOD_ENOUGH_M ? tag('ok', 'locate', text) : tag('warn', 'warning', text);
}

/** @param {ManualPin} pin @param {(Point & {name: string}) | null} venue @param {(where: Partial<Where>) => void} change */
function pinView(pin, venue, change) {
  const move = (/** @type {Partial<ManualPin>} */ part) => change({ manual_pin: { ...pin, ...part } });
  const atVenue = venue !== null && pin.lon === venue.lon && pin.lat === venue.lat;
  const number = (/** @type {'lon' | 'lat'} */ name, /** @type {string} */ text) =>
    html`<label class="field grow"
      ><span class="label">${text}</span>
      <input
        class="input"
        inputmode="decimal"
        .value=${pin[name] ? String(pin[name]) : ''}
        @change=${(/** @type {Event} */ event) => move({ [name]: Number(/** @type {HTMLInputElement} */ (event.target).value) || 0 })}
      />
    </label>`;
  return html`<div class="stack stack-s">
    ${venue
      ? choiceCard({
          name: 'pin',
          value: 'venue',
          on: atVenue,
          pick: () => move({ lon: venue.lon, lat: venue.lat }),
          sign: 'building',
          text: t('At the venue: {name}', { name: venue.name }),
        })
      : nothing}
    ${atVenue ? nothing : html`<div class="row row-s">${number('lon', t('Longitude'))}${number('lat', t('Latitude'))}</div>`}
    ${atVenue
      ? html`<button type="button" class="btn btn-quiet btn-s" @click=${() => move({ lon: 0, lat: 0 })}>${t('Enter coordinates')}</button>`
      : nothing}
    <fieldset>
      <legend>${t('Why by hand?')}</legend>
      <div class="chips">
        ${reasons().map(
          (reason) =>
            html`<button type="button" class="chip" aria-pressed=${pin.reason === reason} @click=${() => move({ reason })}>
              ${reason}
            </button>`,
        )}
      </div>
      <input
        class="input"
        aria-label=${t('Why by hand?')}
        maxlength=${REASON_LETTERS}
        .value=${pin.reason}
        @change=${(/** @type {Event} */ event) => move({ reason: /** @type {HTMLInputElement} */ (event.target).value })}
      />
    </fieldset>
    ${pin.reason.trim() ? nothing : alertBox({ tone: 'info', sign: 'info', text: t('Say why, so that the place can be trusted.') })}
  </div>`;
}
