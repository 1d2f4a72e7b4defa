import { openJson, sealJson } from './seal.js';

/** @typedef {import('./database.js').Database} Database */
/** @typedef {{code: string, zh: string, en: string}} Problem */
/** @typedef {'waiting' | 'accepted' | 'parked'} State accepted: the record is on the server, its photos not all */
/** @typedef {{kind: string, schema: number, captured_at: string, sha256: string, body: any, label: string, blobs: string[]}} Content */
/** @typedef {{id: string, device_seq: number, state: State, attempts: number, next_at: number, created_at: number, problem: Problem | null} & Content} Entry */
/** @typedef {{id: string, owner: string, seq: number, state: State, attempts: number, next_at: number, created_at: number, problem: import('./seal.js').Sealed | null} & import('./seal.js').Sealed} Row */

const FOREVER = Number.MAX_SAFE_INTEGER;
const LONGEST_PAUSE_MS = 5 * 60 * 1000;
const STORES = ['outbox', 'holds', 'blobs', 'vault'];

/** One person's entries on this phone, sealed, oldest first. An entry leaves by `settle` and no other way.
 *  @param {{database: Database, key: CryptoKey, owner: string, clock: () => number}} needs */
export function createOutbox({ database, key, owner, clock }) {
  /** @param {Row} row @returns {Promise<Entry>} */
  const opened = async (row) => ({
    id: row.id,
    device_seq: row.seq,
    state: row.state,
    attempts: row.attempts,
    next_at: row.next_at,
    created_at: row.created_at,
    problem: row.problem && (await openJson(key, `problem/${row.id}`, row.problem)),
    .../** @type {Content} */ (await openJson(key, `entry/${row.id}`, row)),
  });

  /** @returns {Promise<Row[]>} */
  const rows = () =>
    database.run(['outbox'], 'readonly', (tx) =>
      tx.objectStore('outbox').index('by_owner').getAll(IDBKeyRange.bound([owner, 0], [owner, FOREVER])),
    );

  /** @param {string} id @param {Partial<Row>} changes */
  const change = (id, changes) =>
    database.run(['outbox'], 'readwrite', async (tx) => {
      const row = await tx.objectStore('outbox').get(id);
      if (row && row.owner === owner) await tx.objectStore('outbox').put({ ...row, ...changes });
    });

  return {
    /** @returns {Promise<Entry[]>} everything unsent, parked entries included */
    async list() {
      return Promise.all((await rows()).map(opened));
    },

    /** What a list shows: what was sent back first, then the oldest. Only what is shown is opened; the state that decides
     *  the order lies beside the seal, in clear.
     *  @param {number} most @returns {Promise<{entries: Entry[], all: number}>} */
    async page(most) {
      const all = await rows();
      const parked = all.filter((row) => row.state === 'parked');
      const ordered = [...parked, ...all.filter((row) => row.state !== 'parked')];
      return { entries: await Promise.all(ordered.slice(0, most).map(opened)), all: all.length };
    },

    /** @returns {Promise<{unsent: number, parked: number, oldest_at: number | null}>} without opening anything */
    async summary() {
      const all = await rows();
      return {
        unsent: all.length,
        parked: all.filter((row) => row.state === 'parked').length,
        oldest_at: all.length > 0 ? Math.min(...all.map((row) => row.created_at)) : null,
      };
    },

    /** What should be tried now. A pause longer than any we give means that the clock was set back.
     *  @param {number} most @returns {Promise<Entry[]>} */
    async due(most) {
      const now = clock();
      const ready = (await rows()).filter(
        (row) => row.state !== 'parked' && (row.next_at <= now || row.next_at > now + LONGEST_PAUSE_MS),
      );
      return Promise.all(ready.slice(0, most).map(opened));
    },

    /** @param {string} id the record is safe on the server; its photos may still be under way */
    accepted: (id) => change(id, { state: 'accepted', problem: null }),

    /** @param {string} id @param {number} attempts @param {number} next_at */
    later: (id, attempts, next_at) => change(id, { attempts, next_at }),

    /** Keep an entry that the server refuses, with the reason, until its owner decides.
     *  @param {string} id @param {Problem} problem */
    async park(id, problem) {
      await change(id, { state: 'parked', problem: await sealJson(key, `problem/${id}`, problem) });
    },

    /** A person asks to send now: no entry waits out its pause. Parked ones stay parked. */
    hurry: () =>
      database.run(['outbox'], 'readwrite', async (tx) => {
        const store = tx.objectStore('outbox');
        const all = await store.index('by_owner').getAll(IDBKeyRange.bound([owner, 0], [owner, FOREVER]));
        for (const row of all) if (row.state !== 'parked' && row.next_at > 0) await store.put({ ...row, next_at: 0 });
      }),

    /** @param {string} id try again from the beginning, at once */
    retry: (id) => change(id, { state: 'waiting', attempts: 0, next_at: 0, problem: null }),

    /** Let go of an entry that the server says it holds, with the hash this phone computed.
     *  @param {Entry} entry @param {string} sha256 from the receipt @returns {Promise<boolean>} */
    async settle(entry, sha256) {
      if (sha256 !== entry.sha256) return false;
      const name = `receipt/${entry.id}`;
      const note = { kind: entry.kind, label: entry.label, captured_at: entry.captured_at, sha256, at: clock() };
      const sealed = await sealJson(key, `${owner}/${name}`, note);
      await database.run(STORES, 'readwrite', async (tx) => {
        await tx.objectStore('vault').put({ owner, name, ...sealed });
        await tx.objectStore('outbox').delete(entry.id);
        await releaseBlobs(tx, owner, entry.id, entry.blobs);
      });
      return true;
    },
  };
}

/** Drop one holder's claim on photos, and the photos that nobody claims any more.
 *  @param {any} tx over holds and blobs @param {string} owner @param {string} holder @param {string[]} hashes */
export async function releaseBlobs(tx, owner, holder, hashes) {
  const holds = tx.objectStore('holds');
  for (const sha256 of hashes) {
    await holds.delete([owner, sha256, holder]);
    const left = await holds.count(IDBKeyRange.bound([owner, sha256, ''], [owner, sha256, '\uffff']));
    if (left === 0) await tx.objectStore('blobs').delete([owner, sha256]);
  }
}

/** @typedef {ReturnType<typeof createOutbox>} Outbox */
