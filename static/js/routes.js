/** Pages of plans and teams: everything here improves a page that already works without it. */
import { addWords } from './core/i18n.js';
import { startBoard } from './routes/board.js';
import { pickStart } from './routes/start.js';
import { showValue } from './routes/slider.js';
import zh from './routes/zh.json';
import { each } from './ui/dom.js';

addWords(zh);
/** @type {((view: import('./map/create.js').MapView) => void)[]} */
const waiting = [];
each('[data-board]', (/** @type {HTMLElement} */ board) => waiting.push(startBoard(board)));
document.addEventListener('mapready', (event) => {
  const { view } = /** @type {CustomEvent} */ (event).detail;
  const el = /** @type {HTMLElement} */ (event.target);
  if (el.dataset.planMap !== undefined) for (const take of waiting) take(view);
  if (el.dataset.pickStart !== undefined) pickStart(el, view);
});
each('input[type="range"]', showValue);
document.addEventListener('jobend', (event) => {
  if (event.target instanceof Element && event.target.closest('[data-plan-job]')) location.reload();
});
