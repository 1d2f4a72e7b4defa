/** Urgent clues on the phone of the team on duty: asked for with every round of sending, acknowledged with one press.
 *  The press goes through the outbox: without a network it waits there like everything else. What a resident told stays
 *  in memory only: it is not kept on phones. Knows no page. */

import { bodyOf, request } from '../sync/transport.js';

/** @typedef {{uid: string, number: string, kind: string, text: string, place: string, venue_uid: string | null, address: string, seen_on: string, received_at: string}} Clue */
/** @typedef {'asked' | 'signed_out' | 'offline' | 'never'} Outcome never: this person's role does not work on clues */
/** @typedef {{waiting: Clue[], read: Clue[], held: Set<string>, busy: string, failed: boolean}} State read: on this phone, so that the place is still at hand after the press; held: pressed, and not yet at the server */
/** @typedef {{owner: string, fetch: typeof globalThis.fetch, ring: () => void, changed: () => void, keep: (clue: Clue) => Promise<void>, queued: () => Promise<Set<string>>}} Needs keep: put an acknowledgement into the outbox; queued: clues whose acknowledgement waits there */

/** What waits for one person. @param {Needs} needs */
export function createUrgent({ owner, fetch, ring, changed, keep, queued }) {
  /** @type {State} */
  const state = { waiting: [], read: [], held: new Set(), busy: '', failed: false };

  /** @returns {Promise<Outcome>} */
  const ask = async () => {
    const answer = await request(fetch, '/api/v1/urgent-clues');
    const told = answer ? bodyOf(answer) : {};
    if (answer?.status === 403 && told.code) return 'never';
    if (answer?.status === 401) return 'signed_out';
    if (!answer?.ok || told.receipt_of !== 'patrol' || !Array.isArray(told.clues)) return 'offline';
    if (told.person_uid !== owner) return 'signed_out';
    take(told.clues, await queued());
    return 'asked';
  };

  /** A clue that was taken back and sent out anew waits again; one that was pressed and still lies here does not.
   *  @param {Clue[]} clues @param {Set<string>} held */
  const take = (clues, held) => {
    const known = new Set(state.waiting.map(({ uid }) => uid));
    const waiting = clues.filter(({ uid }) => !held.has(uid));
    if (waiting.some(({ uid }) => !known.has(uid))) ring();
    const before = without(state.read, new Set(clues.map(({ uid }) => uid)));
    Object.assign(state, { waiting, held, read: [...clues.filter(({ uid }) => held.has(uid)), ...before] });
    changed();
  };

  /** @param {Clue} clue */
  const acknowledge = async (clue) => {
    if (state.busy) return;
    Object.assign(state, { busy: clue.uid, failed: false });
    changed();
    try {
      await keep(clue);
      const one = new Set([clue.uid]);
      const held = new Set([...state.held, clue.uid]);
      Object.assign(state, { held, waiting: without(state.waiting, one), read: [clue, ...without(state.read, one)] });
    } catch (fault) {
      console.error('acknowledge', fault);
      state.failed = true;
    }
    state.busy = '';
    changed();
  };

  return { state, ask, acknowledge };
}

/** @param {Clue[]} clues @param {Set<string>} uids */
const without = (clues, uids) => clues.filter(({ uid }) => !uids.has(uid));
