/** Urgent clues on the phone of the team on duty: asked for with every round of sending, acknowledged with one press.
 *  They stay in memory only: what a resident told is not kept on phones. Knows no page. */

import { bodyOf, request } from '../sync/transport.js';

/** @typedef {{uid: string, number: string, kind: string, text: string, place: string, venue_uid: string | null, address: string, seen_on: string, received_at: string}} Clue */
/** @typedef {'asked' | 'signed_out' | 'offline' | 'never'} Outcome never: this person's role does not work on clues */
/** @typedef {{waiting: Clue[], read: Clue[], busy: string, fault: '' | 'signed_out' | 'offline'}} State read: on this phone, so that the place is still at hand after the press */
/** @typedef {{owner: string, fetch: typeof globalThis.fetch, ring: () => void, changed: () => void}} Needs */

/** What waits for one person. @param {Needs} needs */
export function createUrgent({ owner, fetch, ring, changed }) {
  /** @type {State} */
  const state = { waiting: [], read: [], busy: '', fault: '' };

  /** @returns {Promise<Outcome>} */
  const ask = async () => {
    const answer = await request(fetch, '/api/v1/urgent-clues');
    const told = answer ? bodyOf(answer) : {};
    if (answer?.status === 403 && told.code) return 'never';
    if (answer?.status === 401) return 'signed_out';
    if (!answer?.ok || told.receipt_of !== 'patrol' || !Array.isArray(told.clues)) return 'offline';
    if (told.person_uid !== owner) return 'signed_out';
    take(told.clues);
    return 'asked';
  };

  /** @param {Clue[]} clues */
  const take = (clues) => {
    const known = new Set(state.waiting.map(({ uid }) => uid));
    if (clues.some(({ uid }) => !known.has(uid))) ring();
    // A clue that was taken back and sent out anew waits again.
    Object.assign(state, { waiting: clues, read: without(state.read, new Set(clues.map(({ uid }) => uid))) });
    changed();
  };

  /** Who is signed in is asked first, so that nothing is acknowledged in another person's name.
   *  @param {Clue} clue */
  const acknowledge = async (clue) => {
    if (state.busy) return;
    Object.assign(state, { busy: clue.uid, fault: '' });
    changed();
    const who = await ask();
    const answer = who === 'asked' ? await request(fetch, `/clues/${clue.uid}/acknowledge`, { method: 'POST' }) : null;
    state.busy = '';
    if (answer?.ok && bodyOf(answer).acknowledged === clue.uid) {
      const one = new Set([clue.uid]);
      Object.assign(state, { waiting: without(state.waiting, one), read: [clue, ...without(state.read, one)] });
    } else state.fault = who === 'signed_out' ? 'signed_out' : 'offline';
    changed();
  };

  return { state, ask, acknowledge };
}

/** @param {Clue[]} clues @param {Set<string>} uids */
const without = (clues, uids) => clues.filter(({ uid }) => !uids.has(uid));
