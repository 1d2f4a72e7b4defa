import { openDB } from 'idb';

/** @typedef {import('idb').IDBPDatabase<any>} Connection */
/** @typedef {import('idb').IDBPTransaction<any, string[], IDBTransactionMode>} Tx */
/** @typedef {(tx: any) => Promise<any>} Work what one transaction does; may run twice, so it only reads its inputs */
/** @typedef {{run: (stores: string[], mode: 'readonly' | 'readwrite', work: Work) => Promise<any>, close: () => Promise<void>}} Database */

const VERSION = 1;

/** @param {Connection} db */
function upgrade(db) {
  if (db.objectStoreNames.length > 0) return;
  db.createObjectStore('meta'); // device name, counters, settings: nothing about a person's work
  db.createObjectStore('people', { keyPath: 'uid' }); // wrapped data keys
  db.createObjectStore('keyring', { keyPath: 'uid' }); // unwrapped, non-extractable, until idle
  db.createObjectStore('vault', { keyPath: ['owner', 'name'] }); // sealed pack, patrol, drafts, receipts
  db.createObjectStore('outbox', { keyPath: 'id' }).createIndex('by_owner', ['owner', 'seq']);
  db.createObjectStore('blobs', { keyPath: ['owner', 'sha256'] }); // sealed photos
  db.createObjectStore('holds', { keyPath: ['owner', 'sha256', 'holder'] }); // who still needs a photo
}

/** One database that survives losing its connection. Safari closes IndexedDB under a page that was in the
 *  background (enketo PR #1576) and a new version of the app closes it from another tab, so every transaction
 *  may reopen it once. A transaction is all or nothing, which is what makes the second try safe.
 *  @param {string} name @returns {Database} */
export function createDatabase(name = 'patrol') {
  /** @type {Promise<Connection> | null} */
  let opening = null;

  const connection = () => {
    opening ??= openDB(name, VERSION, {
      upgrade,
      blocking: (_have, _want, event) => {
        /** @type {IDBDatabase} */ (event.target).close();
        opening = null;
      },
      terminated: () => {
        opening = null;
      },
    }).catch((fault) => {
      opening = null;
      throw fault;
    });
    return opening;
  };

  /** @param {string[]} stores @param {'readonly' | 'readwrite'} mode @param {Work} work */
  const once = async (stores, mode, work) => {
    const tx = (await connection()).transaction(stores, mode, { durability: 'strict' });
    try {
      const [result] = await Promise.all([work(tx), tx.done]);
      return result;
    } catch (fault) {
      await rollBack(tx);
      throw tx.error ?? fault;
    }
  };

  return {
    async run(stores, mode, work) {
      try {
        return await once(stores, mode, work);
      } catch (fault) {
        if (!connectionLost(fault)) throw fault;
        opening = null;
        return once(stores, mode, work);
      }
    },
    async close() {
      if (opening) (await opening).close();
      opening = null;
    },
  };
}

/** @param {any} tx */
async function rollBack(tx) {
  try {
    tx.abort();
  } catch {
    // Already finished or aborted: there is nothing left to take back.
  }
  await tx.done.catch(() => undefined);
}

/** @param {unknown} fault @returns {boolean} */
function connectionLost(fault) {
  const name = /** @type {{name?: string}} */ (fault)?.name;
  return name === 'InvalidStateError' || name === 'AbortError' || name === 'UnknownError';
}

/** True when the phone itself is full, which a person can do something about.
 *  @param {unknown} fault @returns {boolean} */
export function storageFull(fault) {
  return /** @type {{name?: string}} */ (fault)?.name === 'QuotaExceededError';
}
