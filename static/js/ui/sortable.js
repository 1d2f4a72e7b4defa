/** A list whose order a person decides: drag by the grip, or lift with Space and move with the arrow keys.
 *  Fires `reorder` with {keys} and fills the hidden inputs named by data-sortable, in the new order. */
import { t } from '../core/i18n.js';
import { announce, each } from './dom.js';

/** @param {Element} list @returns {HTMLElement[]} */
const rows = (list) => /** @type {HTMLElement[]} */ ([...list.children].filter((row) => row instanceof HTMLLIElement));

/** @param {HTMLElement} list @param {HTMLElement} row */
const place = (list, row) => ({ place: rows(list).indexOf(row) + 1, count: rows(list).length });

/** Moves a row by one or more places, never past a locked one. Returns whether it moved.
 *  @param {HTMLElement} list @param {HTMLElement} row @param {number} by */
function move(list, row, by) {
  const all = rows(list);
  const from = all.indexOf(row);
  const to = Math.max(0, Math.min(all.length - 1, from + by));
  if (to === from || all[to].classList.contains('is-locked')) return false;
  if (to > from) all[to].after(row);
  else all[to].before(row);
  return true;
}

/** @param {HTMLElement} list */
function tell(list) {
  const keys = rows(list).map((row) => row.dataset.key ?? '');
  list.dispatchEvent(new CustomEvent('reorder', { bubbles: true, detail: { keys } }));
  for (const [index, row] of rows(list).entries()) {
    const number = row.querySelector('[data-place]');
    if (number) number.textContent = String(index + 1);
  }
}

/** @param {HTMLElement} list @param {HTMLElement} row @param {HTMLElement} grip @param {PointerEvent} start */
function drag(list, row, grip, start) {
  start.preventDefault();
  grip.setPointerCapture(start.pointerId);
  row.classList.add('is-lifted');
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = row.getBoundingClientRect();
    const step = event.clientY > box.bottom ? 1 : event.clientY < box.top ? -1 : 0;
    if (step) move(list, row, step);
  };
  const end = () => {
    row.classList.remove('is-lifted');
    grip.removeEventListener('pointermove', follow);
    tell(list);
  };
  grip.addEventListener('pointermove', follow);
  grip.addEventListener('lostpointercapture', end, { once: true });
}

/** Lifting by keyboard: the row is moved by the arrow keys until it is put down.
 *  @param {HTMLElement} list @param {HTMLElement} row @param {HTMLElement} grip */
function byKeyboard(list, row, grip) {
  let before = -1;
  const lifted = () => before >= 0;
  /** @param {boolean} keep */
  const putDown = (keep) => {
    if (!keep) move(list, row, before - rows(list).indexOf(row));
    before = -1;
    row.classList.remove('is-lifted');
    grip.setAttribute('aria-pressed', 'false');
    announce(keep ? t('Put down at place {place} of {count}', place(list, row)) : t('Put back'));
    tell(list);
    grip.focus();
  };
  const lift = () => {
    before = rows(list).indexOf(row);
    row.classList.add('is-lifted');
    grip.setAttribute('aria-pressed', 'true');
    announce(t('Picked up. Arrow keys move it, Space puts it down, Escape puts it back.'));
  };
  /** @param {number} by */
  const shift = (by) => {
    if (!lifted()) return;
    const moved = move(list, row, by);
    grip.focus();
    if (moved) announce(t('Moved to place {place} of {count}', place(list, row)));
  };
  const toggle = () => (lifted() ? putDown(true) : lift());
  /** @type {Record<string, () => void>} */
  const acts = {
    ' ': toggle,
    Enter: toggle,
    Escape: () => lifted() && putDown(false),
    ArrowUp: () => shift(-1),
    ArrowDown: () => shift(1),
  };
  grip.addEventListener('keydown', (event) => {
    if (!(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  });
}

/** @param {HTMLElement} list */
export function makeSortable(list) {
  for (const row of rows(list)) {
    const grip = row.querySelector('.grip');
    if (!(grip instanceof HTMLElement) || row.classList.contains('is-locked') || grip.dataset.wired) continue;
    grip.dataset.wired = 'yes';
    grip.addEventListener('pointerdown', (event) => drag(list, row, grip, event));
    byKeyboard(list, row, grip);
  }
}

export function startSortables() {
  each('[data-sortable]', makeSortable);
}
