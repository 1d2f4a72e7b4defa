import { html, nothing } from 'lit-html';
import { t } from '../core/i18n.js';
import { dayAndClock } from '../core/time.js';
import { alertBox, icon } from '../phone/parts.js';
import { keepRecording, recordable, startRecording } from './sound.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('./sound.js').Recording} Recording */
/** @typedef {{value: {recordings?: Recording[]}, name: string, change: (changes: any) => void, keep: () => Promise<void>}} SoundDraft */

const MOST = 3;

/** The spoken notes of one draft: recording, listening, removing.
 *  @param {{phone: Phone, draft: SoundDraft}} needs */
export function createSounds({ phone, draft }) {
  const type = recordable(globalThis);
  const sounds = () => draft.value.recordings ?? [];
  /** @type {Map<string, string>} */
  const addresses = new Map();
  /** @type {{stop: () => void} | null} */
  let running = null;
  let busy = false;
  let problem = '';

  /** @param {Recording} sound */
  const load = async (sound) => {
    const blob = await phone.locker.blob(sound.sha256);
    if (blob) addresses.set(sound.sha256, URL.createObjectURL(new Blob([blob.bytes], { type: blob.type })));
    phone.refresh();
  };

  const record = async () => {
    if (busy || !type) return;
    busy = true;
    problem = '';
    phone.refresh();
    try {
      const started_ms = phone.clock();
      const recording = await startRecording(type, { navigator, MediaRecorder });
      running = recording;
      phone.refresh();
      const kept = await keepRecording(await recording.done, { keeper: phone.locker, holder: draft.name, started_ms });
      if (kept) {
        draft.change({ recordings: [...sounds(), kept] });
        await draft.keep();
        await load(kept);
      }
    } catch (fault) {
      problem = faultText(fault);
    } finally {
      running = null;
      busy = false;
      phone.refresh();
    }
  };

  /** @param {Recording} sound */
  const remove = async (sound) => {
    draft.change({ recordings: sounds().filter((one) => one !== sound) });
    await draft.keep();
    await phone.locker.commit({ unhold: { holder: draft.name, blobs: [sound.sha256] } });
    phone.refresh();
  };

  // A page in the background loses the microphone, or the page itself: what was said so far is kept at once.
  const whenHidden = () => document.visibilityState === 'hidden' && running?.stop();
  document.addEventListener('visibilitychange', whenHidden);
  for (const sound of sounds()) load(sound);

  return {
    busy: () => busy,
    stop() {
      running?.stop();
      document.removeEventListener('visibilitychange', whenHidden);
      for (const address of addresses.values()) URL.revokeObjectURL(address);
    },
    view: () =>
      html`<section class="card">
        <div class="card-head"><h2>${t('Spoken notes')}</h2><span class="muted s">${sounds().length}/${MOST}</span></div>
        <div class="card-body stack stack-s">
          ${problem ? alertBox({ tone: 'danger', sign: 'warning', text: problem }) : nothing}
          ${sounds().map((sound) => soundRow(sound, addresses.get(sound.sha256), () => remove(sound)))}
          ${sounds().length < MOST ? recordButton({ type, running, busy, record }) : nothing}
        </div>
      </section>`,
  };
}

/** @param {unknown} fault */
function faultText(fault) {
  const name = fault instanceof Error || fault instanceof DOMException ? fault.name : '';
  if (name === 'NotAllowedError') return t('The microphone is not allowed. Allow it in the settings of the browser.');
  if (name === 'NotFoundError') return t('This phone has no microphone that the browser can use.');
  console.error('sound', fault);
  return t('The note could not be recorded or saved. Try again, or write it down.');
}

/** @param {{type: string | null, running: {stop: () => void} | null, busy: boolean, record: () => void}} what */
function recordButton({ type, running, busy, record }) {
  if (!type) return html`<button type="button" class="btn btn-wide" disabled>${icon('microphone')}${t('This browser cannot record sound')}</button>`;
  if (running) {
    return html`<button type="button" class="btn btn-danger btn-wide" @click=${running.stop}>${icon('stop')}${t('Recording: stop')}</button>`;
  }
  return html`<button type="button" class="btn btn-wide" aria-busy=${busy} @click=${record}>
    ${icon('microphone')}${t('Record a note (up to 2 min)')}
  </button>`;
}

/** @param {Recording} sound @param {string | undefined} address @param {() => void} remove */
const soundRow = (sound, address, remove) =>
  html`<div class="row row-s nowrap">
    ${address ? html`<audio class="grow" controls src=${address} aria-label=${t('Spoken note of {time}', { time: dayAndClock(sound.taken_at) })}></audio>` : html`<span class="spinner"></span>`}
    <button type="button" class="btn btn-icon" aria-label=${t('Remove the note of {time}', { time: dayAndClock(sound.taken_at) })} @click=${remove}>
      ${icon('trash')}
    </button>
  </div>`;
