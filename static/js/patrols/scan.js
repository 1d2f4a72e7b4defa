import { html, nothing } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { distanceText } from '../core/geo.js';
import { addWords, t } from '../core/i18n.js';
import { alertBox, icon, rowLink } from '../phone/parts.js';
import { venueOfCode, venuesNamed, venuesNear } from './venue_code.js';
import zh from '../stops/zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {{detect: (source: HTMLVideoElement) => Promise<{rawValue: string}[]>}} Detector */
/** @typedef {{typed: string, camera: 'off' | 'on' | 'denied' | 'missing', unknown: boolean, stream: MediaStream | null}} State */

const LOOK_EVERY_MS = 250;

/** Find a venue by the code on its door, or by typing. @type {import('../phone/types.js').OpenScreen} */
export function openScan(phone) {
  /** @type {State} */
  const state = { typed: '', camera: detector() ? 'off' : 'missing', unknown: false, stream: null };
  const unwatch = phone.place.watch(() => phone.refresh());
  return {
    title: t('Find a venue'),
    back: '/m/',
    view: () => scan(phone, state),
    stop() {
      unwatch();
      stopCamera(state);
    },
  };
}

/** @returns {Detector | null} the platform's own reader; shipping one would cost 47 kB for a typed code's worth */
function detector() {
  const Native = /** @type {any} */ (globalThis).BarcodeDetector;
  return Native && navigator.mediaDevices ? new Native({ formats: ['qr_code'] }) : null;
}

/** @param {State} state */
function stopCamera(state) {
  for (const track of state.stream?.getTracks() ?? []) track.stop();
  state.stream = null;
}

/** @param {Phone} phone @param {State} state */
async function startCamera(phone, state) {
  try {
    state.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    state.camera = 'on';
  } catch {
    state.camera = 'denied';
  }
  phone.refresh();
}

/** @param {Phone} phone @param {State} state @param {Element | undefined} element */
function watchVideo(phone, state, element) {
  const video = /** @type {HTMLVideoElement | undefined} */ (element);
  if (!video || video.srcObject === state.stream) return;
  video.srcObject = state.stream;
  video.play().catch(() => undefined);
  const reader = detector();
  const look = async () => {
    if (!state.stream || !reader) return;
    const found = await reader.detect(video).catch(() => []);
    if (found.length > 0 && found[0].rawValue) openCode(phone, state, found[0].rawValue, true);
    if (state.stream) setTimeout(look, LOOK_EVERY_MS);
  };
  look();
}

/** @param {Phone} phone @param {State} state @param {string} text @param {boolean} scanned */
function openCode(phone, state, text, scanned) {
  const venue = venueOfCode(text, phone.pack?.venues ?? []);
  if (!venue) {
    if (!state.unknown) navigator.vibrate?.([30, 60, 30]);
    state.unknown = true;
    phone.refresh();
    return;
  }
  navigator.vibrate?.(40);
  stopCamera(state);
  const stop = phone.pack?.task.flatMap((route) => route.stops).find((one) => one.venue_uid === venue.uid);
  phone.go(`/m/stop/${stop?.stop_uid ?? venue.uid}${scanned ? '?qr=1' : ''}`, { replace: true });
}

/** @param {Phone} phone @param {State} state */
function scan(phone, state) {
  const found = venuesNamed(state.typed, phone.pack?.venues ?? [], 12);
  const typed = (/** @type {Event} */ event) => {
    state.typed = /** @type {HTMLInputElement} */ (event.target).value;
    state.unknown = false;
    phone.refresh();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (state.typed.trim()) openCode(phone, state, state.typed.trim(), false);
  };
  return html`<div class="stack">
    ${camera(phone, state)}
    <form class="stack stack-s" @submit=${submit}>
      <label class="field"
        ><span class="label">${t('Code, name or address')}</span>
        <input class="input" autocomplete="off" enterkeyhint="search" .value=${state.typed} @input=${typed} />
      </label>
      ${state.unknown && found.length === 0
        ? alertBox({ tone: 'warn', sign: 'question', text: t('No venue of your day pack has this code.') })
        : nothing}
      <button class="btn btn-primary btn-wide">${icon('search')}${t('Open venue')}</button>
    </form>
    ${found.length > 0
      ? html`<ul class="list card">
          ${found.map((venue) => html`<li>${rowLink({ href: `/m/stop/${venue.uid}`, title: venue.name, note: venue.address })}</li>`)}
        </ul>`
      : nothing}
    ${state.typed.trim() === '' ? nearby(phone) : nothing}
  </div>`;
}

/** @param {Phone} phone */
function nearby(phone) {
  const here = phone.place.last();
  const near = here ? venuesNear(here, phone.pack?.venues ?? [], 8) : [];
  if (near.length === 0) return nothing;
  return html`<section class="card">
    <div class="card-head"><h2>${t('Nearest venues')}</h2></div>
    <ul class="list">
      ${near.map(
        ({ venue, metres }) =>
          html`<li>${rowLink({ href: `/m/stop/${venue.uid}`, title: venue.name, note: venue.address, end: distanceText(metres) })}</li>`,
      )}
    </ul>
  </section>`;
}

/** @param {Phone} phone @param {State} state */
function camera(phone, state) {
  if (state.camera === 'on') {
    return html`<video
      class="card"
      playsinline
      muted
      aria-label=${t('Camera picture')}
      ${ref((element) => watchVideo(phone, state, element))}
    ></video>`;
  }
  if (state.camera === 'missing') {
    return alertBox({ tone: 'info', sign: 'qr', text: t('This browser cannot read codes. Type the code under the square, or the name.') });
  }
  return html`${state.camera === 'denied'
      ? alertBox({ tone: 'warn', sign: 'camera', text: t('The camera is not allowed. Type the code instead.') })
      : nothing}
    <button type="button" class="btn btn-l btn-wide" @click=${() => startCamera(phone, state)}>
      ${icon('qr')}${t('Scan with the camera')}
    </button>`;
}
