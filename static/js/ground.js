/** Pages of the ground: everything here improves a page that already works without it. */
import { addWords } from './core/i18n.js';
import { drawLine } from './ground/line.js';
import { openPicked, showTicked } from './ground/ticked.js';
import zh from './ground/zh.json';

addWords(zh);
document.addEventListener('mapready', (event) => {
  const { view } = /** @type {CustomEvent} */ (event).detail;
  const el = /** @type {HTMLElement} */ (event.target);
  const field = el.dataset.drawLine ? document.querySelector(el.dataset.drawLine) : null;
  if (field instanceof HTMLTextAreaElement) drawLine(field, view);
  if (el.dataset.ground !== undefined) showTicked(el, view);
});
openPicked();
document.addEventListener('jobend', (event) => {
  const followed = event.target instanceof Element && event.target.closest('[data-follow-job]');
  const job = /** @type {CustomEvent} */ (event).detail;
  if (followed && job.state === 'done') location.assign(job.result_url ?? location.pathname);
});
