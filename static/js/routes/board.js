/** The board of a plan: every step goes to the server, which times the routes anew and answers with the board,
 *  the lines for the map and a sentence. Works on the same forms that work without scripts. */
import { t } from '../core/i18n.js';
import { announce, delegate } from '../ui/dom.js';
import { toast } from '../ui/toast.js';
import { startDrag } from './drag.js';

/** @typedef {{ok: boolean, said: string, version: number, board: string, routes: any[]}} Answer */
/** @typedef {{route: string, position: number, feasible: boolean, text: string}} Place */

/** @param {HTMLElement} board @returns {(view: import('../map/create.js').MapView) => void} takes the map when it is ready */
export function startBoard(board) {
  /** @type {import('../map/create.js').MapView | null} */
  let view = null;
  /** @param {Answer} answer @param {string} stop */
  const show = (answer, stop) => {
    const held = board.contains(document.activeElement);
    const route = document.activeElement?.closest('[data-route]')?.getAttribute('data-route') ?? '';
    board.innerHTML = answer.board;
    for (const field of document.querySelectorAll('[data-version-field]')) {
      if (field instanceof HTMLInputElement) field.value = String(answer.version);
    }
    view?.setRoutes(answer.routes, { onPick: goTo });
    if (stop || held) refocus(board, stop, route);
    announce(answer.said);
    toast(answer.said, answer.ok ? 5000 : 12_000);
  };
  const send = sender(board, show);
  delegate('submit', 'form[data-step]', (form, event) => {
    event.preventDefault();
    const { submitter } = /** @type {SubmitEvent} */ (event);
    const data = new FormData(/** @type {HTMLFormElement} */ (form), submitter);
    form.closest('details')?.removeAttribute('open');
    send(data).then((ok) => ok && leave(form));
  });
  document.addEventListener('toggle', (event) => openMenu(board, event), true);
  startDrag(board, (stop, route, position) => {
    const data = new FormData();
    for (const [name, value] of Object.entries({ act: 'place', stop, route, position: String(position) })) data.set(name, value);
    send(data);
  });
  return (ready) => {
    view = ready;
    fetch(document.querySelector('[data-plan-map]')?.getAttribute('data-routes') ?? '')
      .then((answer) => answer.json())
      .then((routes) => ready.setRoutes(routes, { onPick: goTo }));
  };
}

/** One step at a time: a second one waits for the answer to the first, because each names the version it saw.
 *  @param {HTMLElement} board @param {(answer: Answer, stop: string) => void} show */
function sender(board, show) {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  /** @param {FormData} data @returns {Promise<boolean>} */
  const send = async (data) => {
    board.classList.add('busy');
    try {
      const body = await ask(board, data);
      show(body, String(data.get('stop') ?? ''));
      return body.ok;
    } catch (error) {
      const reason = error instanceof TypeError ? t('the server cannot be reached.') : String(error);
      toast(t('This step was not taken: {reason}', { reason }), 12_000);
      return false;
    } finally {
      board.classList.remove('busy');
    }
  };
  return (/** @type {FormData} */ data) => {
    const mine = last.then(() => send(data));
    last = mine;
    return mine;
  };
}

/** @param {HTMLElement} board @param {FormData} data @returns {Promise<Answer>} */
async function ask(board, data) {
  data.set('csrf_token', board.dataset.csrf ?? '');
  data.set('version', board.querySelector('[data-version]')?.getAttribute('data-version') ?? '');
  const headers = { Accept: 'application/json', 'X-Patrol': '1' };
  const answer = await fetch(board.dataset.change ?? '', { method: 'POST', body: data, headers });
  const body = await answer.json();
  if (body.board === undefined) throw body.title ?? answer.status;
  return body;
}

/** A venue that was added leaves the list of those left out. @param {HTMLElement} form */
function leave(form) {
  if (form.dataset.adds) form.closest('[data-left-out], li')?.remove();
}

/** The board is drawn anew: whoever works with the keyboard goes on at the stop, at the team, or at what was said.
 *  @param {HTMLElement} board @param {string} stop @param {string} route */
function refocus(board, stop, route) {
  const places = [
    stop && `[data-stop="${CSS.escape(stop)}"] summary`,
    stop && `[data-stop="${CSS.escape(stop)}"] a`,
    route && `[data-route="${CSS.escape(route)}"] [name=act]`,
    '[value=undo]',
    '[data-state]',
  ];
  for (const place of places) {
    const target = place && board.querySelector(place);
    if (!(target instanceof HTMLElement)) continue;
    if (target.dataset.state !== undefined) target.tabIndex = -1;
    target.focus({ preventScroll: target.dataset.state !== undefined });
    return;
  }
}

/** @param {string} uid of a stop that was picked on the map */
function goTo(uid) {
  const row = document.getElementById(`stop-${uid}`);
  row?.scrollIntoView({ block: 'center' });
  const link = row?.querySelector('a');
  if (link instanceof HTMLElement) link.focus({ preventScroll: true });
}

/** Says in the choices of a menu what the stop would cost in each other team, before anybody moves it.
 *  @param {HTMLElement} board @param {Event} event */
async function openMenu(board, event) {
  const menu = event.target;
  if (!(menu instanceof HTMLDetailsElement && menu.open && menu.dataset.stopMenu !== undefined)) return;
  const stop = menu.closest('[data-stop]')?.getAttribute('data-stop') ?? '';
  const targets = menu.querySelector('[data-targets]');
  if (!(targets instanceof HTMLSelectElement) || targets.dataset.told) return;
  targets.dataset.told = 'yes';
  const url = new URL(board.dataset.places ?? '', location.href);
  url.searchParams.set('stop', stop);
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  tell(targets, /** @type {Place[]} */ (await answer.json()));
}

/** @param {HTMLSelectElement} targets @param {Place[]} places */
function tell(targets, places) {
  for (const option of targets.options) {
    const place = places.find(({ route }) => route === option.value);
    if (place) option.dataset.cost = place.text;
  }
  const note = document.createElement('p');
  note.className = 'hint s';
  note.setAttribute('role', 'status');
  const say = () => {
    note.textContent = targets.selectedOptions[0]?.dataset.cost ?? '';
  };
  targets.addEventListener('change', say);
  targets.after(note);
  say();
}
