/** Urgent clues on the phone of the team on duty: asked for with every round of sending, acknowledged with one press.
 *  The press goes through the outbox: without a network it waits there like everything else. Where and when of what waits
 *  are kept sealed on the phone, so that a page loaded anew in a basement still shows them; what a resident told stays in
 *  memory only. Let go once the server says it waits no more, or a day after it last said that it does. Knows no page. */

import { bodyOf, request } from '../sync/transport.js';

/** @typedef {{uid: string, number: string, kind: string, text: string, place: string, venue_uid: string | null, address: string, seen_on: string, received_at: string}} Clue */
/** @typedef {'asked' | 'signed_out' | 'offline' | 'never'} Outcome never: this person's role does not work on clues */
/** @typedef {{at: number, clues: Clue[]}} Kept at: when the server last said that these wait */
/** @typedef {{waiting: Clue[], read: Clue[], held: Set<string>, busy: string, failed: boolean, as_of: number | null}} State as_of: set while what is shown is what the phone kept; read: on this phone, so that the place is still at hand after the press; held: pressed, and not yet at the server */
/** @typedef {{owner: string, fetch: typeof globalThis.fetch, clock: () => number, ring: () => void, changed: () => void, keep: (clue: Clue) => Promise<void>, queued: () => Promise<Set<string>>, recall: () => Promise<Kept | null>, remember: (kept: Kept | null) => Promise<unknown>}} Needs keep: put an acknowledgement into the outbox; queued: clues whose acknowledgement waits there; recall, remember: what is sealed on the phone */

const KEPT_MS = 24 * 3600 * 1000;

/** What waits for one person. @param {Needs} needs */
export function createUrgent({ owner, fetch, clock, ring, changed, keep, queued, recall, remember }) {
  /** @type {State} */
  const state = { waiting: [], read: [], held: new Set(), busy: '', failed: false, as_of: null };
  let heard = false;

  /** A full phone keeps nothing for the next opening; what is shown now is not touched by it.
   *  @param {Clue[]} clues */
  const note = async (clues) => {
    try {
      if (clues.length > 0) await remember({ at: clock(), clues: clues.map((clue) => ({ ...clue, text: '' })) });
      else if (await recall()) await remember(null);
    } catch (fault) {
      console.error('urgent', fault);
    }
  };

  /** @returns {Promise<Outcome>} */
  const ask = async () => {
    const answer = await request(fetch, '/api/v1/urgent-clues');
    const told = answer ? bodyOf(answer) : {};
    if (answer?.status === 403 && told.code) {
      await note([]);
      return 'never';
    }
    if (answer?.status === 401) return 'signed_out';
    if (!answer?.ok || told.receipt_of !== 'patrol' || !Array.isArray(told.clues)) return 'offline';
    if (told.person_uid !== owner) return 'signed_out';
    const held = await queued();
    heard = true;
    take(told.clues, held);
    await note(told.clues);
    return 'asked';
  };

  /** What waited when this phone last had a network, for a page that has none. It has rung already. */
  const resume = async () => {
    const kept = await recall();
    if (!kept) return;
    // Both ways: a clock that was put back by years must not keep it for years.
    if (Math.abs(clock() - kept.at) > KEPT_MS) {
      await note([]);
      return;
    }
    const held = await queued();
    if (heard) return;
    const waiting = kept.clues.filter(({ uid }) => !held.has(uid));
    Object.assign(state, { waiting, held, read: without(kept.clues, new Set(waiting.map(({ uid }) => uid))), as_of: kept.at });
    changed();
  };

  /** A clue that was taken back and sent out anew waits again; one that was pressed and still lies here does not.
   *  @param {Clue[]} clues @param {Set<string>} held */
  const take = (clues, held) => {
    const known = new Set(state.waiting.map(({ uid }) => uid));
    const waiting = clues.filter(({ uid }) => !held.has(uid));
    if (waiting.some(({ uid }) => !known.has(uid))) ring();
    const before = without(state.read, new Set(clues.map(({ uid }) => uid)));
    Object.assign(state, { waiting, held, read: [...clues.filter(({ uid }) => held.has(uid)), ...before], as_of: null });
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

  return { state, ask, resume, acknowledge };
}

/** @param {Clue[]} clues @param {Set<string>} uids */
const without = (clues, uids) => clues.filter(({ uid }) => !uids.has(uid));
