import { distance_m, rounded } from '../core/geo.js';
import { dayOf, isoWithOffset } from '../core/time.js';
import { plainText } from '../core/text.js';
import { uuidv7 } from '../core/uuid.js';
import { stateFor, stepped, withVisit } from './patrol_state.js';
import { WALKED } from './track.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Route} Route */
/** @typedef {import('../phone/types.js').Stop} Stop */
/** @typedef {import('../phone/types.js').Venue} Venue */
/** @typedef {import('../core/geo.js').Position} Position */
/** @typedef {{arrived_at: string | null, qr: boolean}} Arrival */

export const NOTE_LETTERS = 2000;

/** @param {Phone} phone @returns {Promise<void>} what was going on when the page was last closed */
export async function loadPatrol(phone) {
  phone.patrol = stateFor(await phone.locker.read('patrol'), dayOf(phone.clock()));
  if (phone.patrol.status === 'active') phone.recorder.begin();
  const past = phone.patrol.status === 'none' ? await trackNames(phone) : [];
  if (past.length > 0) await phone.locker.commit({ drop: past });
}

/** An officer's own track is kept for the day on which it was walked, and for one patrol.
 *  @param {Phone} phone */
const trackNames = async ({ locker }) => [...(await locker.readAll('track')), ...(await locker.readAll(WALKED))].map(({ name }) => name);

/** Start, pause, resume or end: the state and its entry are one commit, so they never disagree.
 *  @param {Phone} phone @param {'start' | 'pause' | 'resume' | 'end'} step @param {Route | null} route */
export async function takeStep(phone, step, route) {
  const at = isoWithOffset(phone.clock());
  const position = await phone.place.current(3000);
  if (step === 'pause' || step === 'end') await phone.recorder.end();
  const fresh = { at, patrol_uid: uuidv7(phone.clock()), route_uid: route?.route_uid ?? null };
  const next = stepped(phone.patrol, step, fresh);
  const body = { patrol_uid: next.patrol_uid, route_uid: next.route_uid, at, position };
  const label = route?.team.name ?? '';
  try {
    const drop = step === 'start' ? await trackNames(phone) : [];
    await phone.locker.commit({ put: { patrol: next }, drop, entries: [{ kind: `patrol.${step}`, body, label }] });
    phone.patrol = next;
  } finally {
    // A step that could not be saved did not happen: the track goes on as before.
    if (phone.patrol.status === 'active') phone.recorder.begin(position, 'paused');
  }
  await phone.saved();
}

/** What is known about having really been there. All of it is shown later; none of it voids the visit.
 *  @param {Phone} phone @param {Venue} venue @param {Position | null} position @param {boolean} qr */
export function presenceAt(phone, venue, position, qr) {
  const offset_ms = phone.clockOffset_ms();
  return {
    qr,
    distance_m: position ? rounded(distance_m(position, venue), 1) : null,
    accuracy_m: position ? position.accuracy_m : null,
    fix_age_s: position ? Math.max(0, Math.round((phone.clock() - Date.parse(position.at)) / 1000)) : null,
    // Mock location apps report an accuracy of exactly 0 (getodk/collect#6790), or jump; a hint, not a verdict.
    mock_hint: position ? position.accuracy_m === 0 || phone.place.jumped() : false,
    clock_offset_ms: offset_ms,
  };
}

/** The entry of one visit and the state of the round after it, to be committed together.
 *  @param {Phone} phone
 *  @param {{venue: Venue, stop: Stop | null, outcome: string, arrival: Arrival, position: Position | null, note: string}} what */
export function visitOf(phone, { venue, stop, outcome, arrival, position, note }) {
  const now = phone.clock();
  const at = isoWithOffset(now);
  const visit_uid = uuidv7(now);
  const running = phone.patrol.status === 'active' || phone.patrol.status === 'paused';
  const body = {
    visit_uid,
    patrol_uid: running ? phone.patrol.patrol_uid : null,
    stop_uid: stop?.stop_uid ?? null,
    venue_uid: venue.uid,
    outcome,
    arrived_at: arrival.arrived_at ?? at,
    left_at: at,
    position,
    presence: presenceAt(phone, venue, position, arrival.qr),
    note: plainText(note, NOTE_LETTERS),
  };
  const done = { outcome, at, visit_uid };
  return {
    visit_uid,
    entry: { kind: 'visit.record', body, label: venue.name },
    patrol: withVisit(phone.patrol, stop?.stop_uid ?? venue.uid, done),
  };
}

/** @param {Phone} phone @param {string} place a stop's or a venue's uid
 *  @returns {{venue: Venue, stop: Stop | null, route: Route | null} | null} */
export function placeToVisit(phone, place) {
  for (const route of phone.pack?.task ?? []) {
    const stop = route.stops.find((one) => one.stop_uid === place);
    const venue = stop && phone.pack?.venues.find((one) => one.uid === stop.venue_uid);
    if (stop && venue) return { venue, stop, route };
  }
  const venue = phone.pack?.venues.find((one) => one.uid === place);
  if (!venue) return null;
  const route = phone.pack?.task[0] ?? null;
  const stop = route?.stops.find((one) => one.venue_uid === venue.uid) ?? null;
  return { venue, stop, route };
}
