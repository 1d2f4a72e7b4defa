/** A spoken note: recorded by the browser, at most two minutes, sealed as it was made like a photo. Knows no page. */

import { isoWithOffset } from '../core/time.js';

/** @typedef {{sha256: string, size: number, type: string, taken_at: string}} Recording */
/** @typedef {{addBlob: (bytes: ArrayBuffer, type: string, holder: string) => Promise<{sha256: string, size: number, type: string}>}} Keeper */

export const LONGEST_MS = 120000;
/** What the server takes, the kinds that browsers make first. */
const TYPES = ['audio/webm', 'audio/mp4', 'audio/ogg'];
/** Speech is clear at this rate, and two minutes stay below half a megabyte. */
const BITS_PER_SECOND = 32000;

/** The kind of file this browser can record; nothing where it cannot, or has no microphone to ask for.
 *  @param {any} globals @returns {string | null} */
export function recordable({ navigator, MediaRecorder }) {
  if (!navigator?.mediaDevices?.getUserMedia || !MediaRecorder) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** Record until `stop`, or for two minutes. The microphone is let go in any case.
 *  @param {string} type @param {{navigator: Navigator, MediaRecorder: typeof globalThis.MediaRecorder, longest_ms?: number}} ports
 *  @returns {Promise<{stop: () => void, done: Promise<Blob>}>} rejects where the microphone is refused or missing */
export async function startRecording(type, { navigator, MediaRecorder, longest_ms = LONGEST_MS }) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS_PER_SECOND });
    /** @type {Blob[]} */
    const pieces = [];
    recorder.addEventListener('dataavailable', (event) => pieces.push(event.data));
    const stop = () => {
      if (recorder.state !== 'inactive') recorder.stop();
    };
    const timer = setTimeout(stop, longest_ms);
    /** @type {Promise<Blob>} */
    const done = new Promise((resolve) => {
      recorder.addEventListener('stop', () => {
        clearTimeout(timer);
        release();
        resolve(new Blob(pieces, { type }));
      });
    });
    recorder.start(1000);
    return { stop, done };
  } catch (fault) {
    release();
    throw fault;
  }
}

/** Seal what was recorded; nothing where nothing was.
 *  @param {Blob} blob @param {{keeper: Keeper, holder: string, started_ms: number}} needs @returns {Promise<Recording | null>} */
export async function keepRecording(blob, { keeper, holder, started_ms }) {
  if (blob.size === 0) return null;
  const { sha256, size, type } = await keeper.addBlob(await blob.arrayBuffer(), blob.type, holder);
  return { sha256, size, type, taken_at: isoWithOffset(started_ms) };
}
