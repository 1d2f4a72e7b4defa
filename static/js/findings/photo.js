/** From a camera file to two sealed photos: the original as it came, hashed before anything touches it, and a
 *  smaller copy for looking at, with the facts written into its corner. */

import { isoWithOffset } from '../core/time.js';
import { shrunkSize, watermarkLayout, watermarkLines } from '../core/watermark.js';

/** @typedef {import('../phone/types.js').Photo} Photo */
/** @typedef {{time: string, place: string, person: string, task: string}} Facts */
/** @typedef {{addBlob: (bytes: ArrayBuffer, type: string, holder: string) => Promise<{sha256: string, size: number, type: string}>}} Keeper */
/** @typedef {{ok: true, photo: Photo} | {ok: false, why: 'too_large' | 'not_a_picture'}} Taken */

const LONGEST_PX = 1600;
const QUALITY = 0.78;
export const MOST_BYTES = 30 * 1024 * 1024;
export const MOST_PIXELS = 120e6;
/** Files without a date say 0, which is 1969 west of Greenwich. */
const ONE_DAY_MS = 86400000;

/** @param {{file: File, source: 'camera' | 'album', facts: Facts, keeper: Keeper, holder: string, clock: () => number, most_bytes?: number}} what
 *  @returns {Promise<Taken>} */
export async function takePhoto({ file, source, facts, keeper, holder, clock, most_bytes = MOST_BYTES }) {
  if (file.size > most_bytes) return { ok: false, why: 'too_large' };
  const taken_at = isoWithOffset(source === 'camera' ? clock() : Math.max(file.lastModified, ONE_DAY_MS));
  const bytes = await file.arrayBuffer();
  const copy = await displayCopy(file, facts);
  if (copy === 'too_large') return { ok: false, why: 'too_large' };
  if (!copy) return { ok: false, why: 'not_a_picture' };
  const original = await keeper.addBlob(bytes, file.type, holder);
  const display = await keeper.addBlob(copy, 'image/jpeg', holder);
  return {
    ok: true,
    photo: {
      sha256_original: original.sha256,
      size_original: original.size,
      type_original: file.type.slice(0, 40),
      sha256_display: display.sha256,
      size_display: display.size,
      taken_at,
      source,
    },
  };
}

/** @param {Blob} file @param {Facts} facts @returns {Promise<ArrayBuffer | 'too_large' | null>} null when it is no picture */
async function displayCopy(file, facts) {
  const picture = await decoded(file);
  if (!picture || picture === 'too_large') return picture;
  const size = shrunkSize(picture, LONGEST_PX);
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.drawImage(picture, 0, 0, size.width, size.height);
  picture.close();
  stamp(pen, size, watermarkLines(facts));
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  // Safari keeps the memory of a canvas until it is collected; an empty one gives it back at once.
  canvas.width = 0;
  return blob ? blob.arrayBuffer() : null;
}

/** @param {Blob} file @returns {Promise<ImageBitmap | 'too_large' | null>} */
async function decoded(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    if (picture.width * picture.height <= MOST_PIXELS) return picture;
    picture.close();
    return 'too_large';
  } catch {
    // Not a picture, or one that this browser cannot read.
  }
  return null;
}

/** @param {CanvasRenderingContext2D} pen @param {{width: number, height: number}} size @param {string[]} lines */
function stamp(pen, size, lines) {
  const font = (/** @type {number} */ font_px) => `${font_px}px system-ui, sans-serif`;
  const layout = watermarkLayout(size, lines, (text, font_px) => {
    pen.font = font(font_px);
    return pen.measureText(text).width;
  });
  pen.font = font(layout.font_px);
  pen.fillStyle = 'rgba(0, 0, 0, 0.55)';
  pen.fillRect(layout.box.x, layout.box.y, layout.box.width, layout.box.height);
  pen.fillStyle = '#fff';
  for (const line of layout.lines) pen.fillText(line.text, line.x, line.y);
}

/** @param {Photo[]} photos @param {{sha256: string}[]} [recordings] @returns {string[]} every hash that must reach the server */
export function hashesOf(photos, recordings = []) {
  return [...photos.flatMap((photo) => [photo.sha256_original, photo.sha256_display]), ...recordings.map(({ sha256 }) => sha256)];
}
