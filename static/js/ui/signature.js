/** A signature drawn with a finger, a pen or a mouse; it is attached to the record as a picture.
 *  Who cannot draw attaches a scan with the form for documents instead. */
import { t } from '../core/i18n.js';
import { toast } from './toast.js';

/** @param {HTMLElement} pad a form with a canvas, a name field, and buttons `[data-clear]` and `[data-keep]` */
export function startSignature(pad) {
  const canvas = pad.querySelector('canvas');
  const pen = canvas?.getContext('2d');
  if (!canvas || !pen || !(pad instanceof HTMLFormElement)) return;
  let drawn = false;
  const fit = () => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    pen.scale(ratio, ratio);
    Object.assign(pen, { lineWidth: 2.5, lineCap: 'round', lineJoin: 'round', strokeStyle: '#10233f' });
    drawn = false;
  };
  /** @param {PointerEvent} event */
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = at(event);
    pen.beginPath();
    pen.moveTo(x, y);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const [x, y] = at(event);
    pen.lineTo(x, y);
    pen.stroke();
    drawn = true;
  });
  pad.querySelector('[data-clear]')?.addEventListener('click', fit);
  pad.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!drawn) return toast(t('Please sign first.'));
    const picture = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const form = new FormData(pad);
    form.append('files', /** @type {Blob} */ (picture), 'signature.png');
    try {
      // Not followed: the page that is opened next says what was kept, which is said only once.
      const answer = await fetch(pad.action, { method: 'POST', body: form, redirect: 'manual' });
      if (answer.type !== 'opaqueredirect') throw new Error(String(answer.status));
      location.assign(pad.action.replace(/\/attach$/, ''));
    } catch (error) {
      toast(t('The signature was not stored: {why}', { why: /** @type {Error} */ (error).message }));
    }
  });
  pad.closest('details')?.addEventListener('toggle', fit);
  fit();
}
