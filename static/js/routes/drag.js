/** Moving a stop within its team or to another one: by pointer, or lifted with Space and moved with the arrow keys.
 *  Nothing counts before it is put down; Escape puts it back. */
import { t } from '../core/i18n.js';
import { announce } from '../ui/dom.js';

/** @typedef {(stop: string, route: string, position: number) => void} Drop */

/** @param {Element} list @returns {HTMLElement[]} */
const rows = (list) => /** @type {HTMLElement[]} */ ([...list.children]);
/** @param {HTMLElement} board @returns {HTMLElement[]} */
const lists = (board) => [...board.querySelectorAll('[data-stops]')].filter((el) => el instanceof HTMLElement);
/** @param {HTMLElement} row */
const listOf = (row) => /** @type {HTMLElement} */ (row.parentElement);

/** @param {HTMLElement} board @param {Drop} drop */
export function startDrag(board, drop) {
  board.addEventListener('pointerdown', (event) => {
    const grip = event.target instanceof Element ? event.target.closest('[data-grip]') : null;
    const row = grip?.closest('li');
    if (grip instanceof HTMLElement && row instanceof HTMLElement) byPointer(board, row, grip, event, drop);
  });
  board.addEventListener('keydown', (event) => {
    const grip = event.target instanceof Element ? event.target.closest('[data-grip]') : null;
    const row = grip?.closest('li');
    if (grip instanceof HTMLElement && row instanceof HTMLElement) byKey(board, row, grip, event, drop);
  });
}

/** @param {HTMLElement} row @returns {{list: HTMLElement, next: Element | null}} */
const placeOf = (row) => ({ list: listOf(row), next: row.nextElementSibling });

/** @param {HTMLElement} row @param {{list: HTMLElement, next: Element | null}} place */
const putBack = (row, place) => place.list.insertBefore(row, place.next);

/** @param {HTMLElement} row @param {{list: HTMLElement, next: Element | null}} before @param {Drop} drop */
function settle(row, before, drop) {
  const list = listOf(row);
  if (list === before.list && row.nextElementSibling === before.next) return;
  drop(row.dataset.stop ?? '', list.dataset.stops ?? '', rows(list).indexOf(row) + 1);
}

/** @param {HTMLElement} board @param {HTMLElement} row @param {HTMLElement} grip @param {PointerEvent} start @param {Drop} drop */
function byPointer(board, row, grip, start, drop) {
  if (start.button !== 0) return;
  start.preventDefault();
  const before = placeOf(row);
  row.classList.add('is-lifted');
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const list = nearest(board, event);
    const after = rows(list).find((each) => each !== row && event.clientY < middle(each));
    if (row.parentElement !== list || row.nextElementSibling !== (after ?? null)) list.insertBefore(row, after ?? null);
    mark(board, list);
  };
  const end = (/** @type {Event} */ event) => {
    document.removeEventListener('pointermove', follow);
    document.removeEventListener('pointerup', end);
    document.removeEventListener('pointercancel', end);
    row.classList.remove('is-lifted');
    mark(board, null);
    if (event.type === 'pointercancel') putBack(row, before);
    else settle(row, before, drop);
  };
  document.addEventListener('pointermove', follow);
  document.addEventListener('pointerup', end);
  document.addEventListener('pointercancel', end);
  grip.focus();
}

/** @param {HTMLElement} row */
function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

/** The list whose card the pointer is over, else the nearest one. @param {HTMLElement} board @param {PointerEvent} event */
function nearest(board, event) {
  const away = (/** @type {HTMLElement} */ list) => {
    const box = (list.closest('[data-route]') ?? list).getBoundingClientRect();
    const x = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
    const y = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
    return x * x + y * y;
  };
  return lists(board).reduce((best, list) => (away(list) < away(best) ? list : best));
}

/** @param {HTMLElement} board @param {HTMLElement | null} target */
function mark(board, target) {
  for (const list of lists(board)) list.closest('[data-route]')?.classList.toggle('is-target', list === target);
}

/** @type {{row: HTMLElement, before: {list: HTMLElement, next: Element | null}} | null} */
let lifted = null;

/** @param {HTMLElement} board @param {HTMLElement} row @param {HTMLElement} grip @param {KeyboardEvent} event @param {Drop} drop */
function byKey(board, row, grip, event, drop) {
  const up = lifted?.row === row;
  if (event.key === ' ' || event.key === 'Enter') {
    event.preventDefault();
    if (up) putDown(row, grip, drop);
    else lift(row, grip);
  } else if (up && event.key in STEPS) {
    event.preventDefault();
    STEPS[event.key](board, row);
    grip.focus();
    say(row);
  } else if (up && event.key === 'Escape' && lifted) {
    putBack(row, lifted.before);
    release(row, grip);
    announce(t('Put back'));
  }
}

/** @param {HTMLElement} row @param {HTMLElement} grip */
function lift(row, grip) {
  lifted = { row, before: placeOf(row) };
  row.classList.add('is-lifted');
  grip.setAttribute('aria-pressed', 'true');
  announce(t('Picked up. Arrow keys move it, left and right change the team, Space puts it down, Escape puts it back.'));
}

/** @param {HTMLElement} row @param {HTMLElement} grip */
function release(row, grip) {
  lifted = null;
  row.classList.remove('is-lifted');
  grip.setAttribute('aria-pressed', 'false');
  grip.focus();
}

/** @param {HTMLElement} row @param {HTMLElement} grip @param {Drop} drop */
function putDown(row, grip, drop) {
  const before = lifted?.before;
  release(row, grip);
  if (before) settle(row, before, drop);
}

/** @param {number} by @returns {(board: HTMLElement, row: HTMLElement) => void} */
const within = (by) => (_board, row) => {
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (other) other[by < 0 ? 'before' : 'after'](row);
};

/** @param {number} by @returns {(board: HTMLElement, row: HTMLElement) => void} */
const across = (by) => (board, row) => {
  const all = lists(board);
  const target = all[all.indexOf(listOf(row)) + by];
  if (!target) return;
  const place = rows(listOf(row)).indexOf(row);
  target.insertBefore(row, rows(target)[place] ?? null);
};

/** @type {Record<string, (board: HTMLElement, row: HTMLElement) => void>} */
const STEPS = { ArrowUp: within(-1), ArrowDown: within(1), ArrowLeft: across(-1), ArrowRight: across(1) };

/** @param {HTMLElement} row */
function say(row) {
  const list = listOf(row);
  announce(t('{list}: place {place} of {count}', { list: list.getAttribute('aria-label') ?? '', place: rows(list).indexOf(row) + 1, count: rows(list).length }));
}
