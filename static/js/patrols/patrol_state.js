/** The life of one patrol as pure functions: what may follow what, and how far the round has come. */

/** @typedef {import('../phone/types.js').PatrolState} PatrolState */
/** @typedef {import('../phone/types.js').Route} Route */
/** @typedef {import('../phone/types.js').Stop} Stop */
/** @typedef {'start' | 'pause' | 'resume' | 'end'} Step */

/** @type {Record<Step, {from: string[], to: PatrolState['status']}>} */
const STEPS = {
  start: { from: ['none', 'ended'], to: 'active' },
  pause: { from: ['active'], to: 'paused' },
  resume: { from: ['paused'], to: 'active' },
  end: { from: ['active', 'paused'], to: 'ended' },
};

/** @param {string} date @returns {PatrolState} a day on which nothing has been walked yet */
export function noPatrol(date) {
  return { patrol_uid: null, route_uid: null, date, status: 'none', started_at: null, ended_at: null, done: {} };
}

/** @param {PatrolState} state @param {Step} step @returns {boolean} */
export function mayStep(state, step) {
  return STEPS[step].from.includes(state.status);
}

/** The state after a step. A step out of order is a programmer's mistake: the screen does not offer it.
 *  @param {PatrolState} state @param {Step} step
 *  @param {{at: string, patrol_uid: string, route_uid: string | null}} facts used when a patrol starts
 *  @returns {PatrolState} */
export function stepped(state, step, facts) {
  if (!mayStep(state, step)) throw new RangeError(`${step} after ${state.status}`);
  const status = STEPS[step].to;
  if (step === 'start') {
    const { patrol_uid, route_uid, at } = facts;
    return { ...noPatrol(state.date), patrol_uid, route_uid, status, started_at: at, done: state.done };
  }
  return { ...state, status, ended_at: step === 'end' ? facts.at : null };
}

/** @param {PatrolState} state @param {string} place a stop's or a venue's uid
 *  @param {import('../phone/types.js').Done} done @returns {PatrolState} */
export function withVisit(state, place, done) {
  return { ...state, done: { ...state.done, [place]: done } };
}

/** The state to begin a day with: yesterday's patrol is over, but one still running past midnight is not.
 *  @param {PatrolState | null} kept @param {string} today @returns {PatrolState} */
export function stateFor(kept, today) {
  if (!kept) return noPatrol(today);
  const running = kept.status === 'active' || kept.status === 'paused';
  return kept.date === today || running ? kept : noPatrol(today);
}

/** Stops in walking order with what became of each.
 *  @param {Route} route @param {PatrolState} state
 *  @returns {{stop: Stop, done: import('../phone/types.js').Done | null, next: boolean}[]} */
export function progress(route, state) {
  const ordered = [...route.stops].sort((one, other) => one.order - other.order);
  const next = ordered.find((stop) => !state.done[stop.stop_uid]);
  return ordered.map((stop) => ({ stop, done: state.done[stop.stop_uid] ?? null, next: stop === next }));
}
