import { hashOfBody, sha256Hex } from '../core/hash.js';
import { isoWithOffset } from '../core/time.js';
import { madeAt_ms, uuidv7 } from '../core/uuid.js';
import { releaseBlobs } from './outbox.js';
import { openBytes, openJson, sealBytes, sealJson, sealedZeros } from './seal.js';

/** @typedef {import('./database.js').Database} Database */
/** @typedef {{kind: string, body: any, label: string, blobs?: string[], captured_ms?: number}} NewEntry */
/** @typedef {{holder: string, blobs: string[]}} Hold */
/** @typedef {{id: string, blobs: string[]}} Replaced a parked entry that a corrected one takes the place of */
/** @typedef {{put?: Record<string, unknown>, drop?: string[], entries?: NewEntry[], hold?: Hold, unhold?: Hold, replaces?: Replaced}} Change */

const EVERYTHING = ['meta', 'vault', 'outbox', 'blobs', 'holds'];
const DAY_MS = 24 * 3600 * 1000;
const RECEIPTS_KEPT_MS = 14 * DAY_MS;

/** One person's sealed things on this phone: day pack, patrol, drafts, photos, and the way into the outbox.
 *  What belongs together is committed together: a finding enters the outbox in the same transaction in which its
 *  draft disappears, so a page killed at any moment has either the one or the other and never neither.
 *  @param {{database: Database, key: CryptoKey, owner: string, clock: () => number}} needs */
export function createLocker({ database, key, owner, clock }) {
  /** @param {string} name */
  const fullName = (name) => `${owner}/${name}`;

  /** @param {string} name @param {unknown} value */
  const sealedValue = async (name, value) => ({ owner, name, ...(await sealJson(key, fullName(name), value)) });

  /** @param {NewEntry} entry */
  const sealedEntry = async (entry) => {
    const now = clock();
    const id = uuidv7(now);
    const blobs = entry.blobs ?? [];
    const content = {
      kind: entry.kind,
      schema: 2,
      captured_at: isoWithOffset(entry.captured_ms ?? now),
      sha256: await hashOfBody(entry.body),
      body: entry.body,
      label: entry.label,
      blobs,
    };
    const sealed = await sealJson(key, `entry/${id}`, content);
    const row = { id, owner, state: 'waiting', attempts: 0, next_at: 0, created_at: now, problem: null };
    return { row: { ...row, ...sealed }, blobs };
  };

  /** @param {any} tx @param {Awaited<ReturnType<typeof sealedEntry>>[]} made */
  const enqueue = async (tx, made) => {
    const meta = tx.objectStore('meta');
    let seq = (await meta.get('device_seq')) ?? 0;
    for (const { row, blobs } of made) {
      seq += 1;
      await tx.objectStore('outbox').add({ ...row, seq });
      for (const sha256 of blobs) await tx.objectStore('holds').put({ owner, sha256, holder: row.id });
    }
    await meta.put(seq, 'device_seq');
  };

  /** Only what the server sent back may be replaced; anything else is on its way or already there.
   *  @param {any} tx @param {Replaced} replaced */
  const withdraw = async (tx, { id, blobs }) => {
    const row = await tx.objectStore('outbox').get(id);
    if (row?.owner !== owner || row.state !== 'parked') return;
    await tx.objectStore('outbox').delete(id);
    await releaseBlobs(tx, owner, id, blobs);
  };

  /** Everything of a change, inside its transaction.
   *  @param {any} tx @param {Change} change @param {unknown[]} values
   *  @param {Awaited<ReturnType<typeof sealedEntry>>[]} made */
  const applied = async (tx, { drop = [], hold, unhold, replaces }, values, made) => {
    const vault = tx.objectStore('vault');
    for (const value of values) await vault.put(value);
    for (const name of drop) await vault.delete([owner, name]);
    if (made.length > 0) await enqueue(tx, made);
    for (const sha256 of hold?.blobs ?? []) await tx.objectStore('holds').put({ owner, sha256, holder: hold?.holder });
    if (replaces) await withdraw(tx, replaces);
    if (unhold) await releaseBlobs(tx, owner, unhold.holder, unhold.blobs);
  };

  /** @param {string} prefix @returns {Promise<{name: string, iv: any, data: ArrayBuffer}[]>} */
  const rows = (prefix) =>
    database.run(['vault'], 'readonly', (tx) =>
      tx.objectStore('vault').getAll(IDBKeyRange.bound([owner, prefix], [owner, `${prefix}\uffff`])),
    );

  const open = async (/** @type {any} */ row) => ({
    name: row.name,
    value: await openJson(key, fullName(row.name), row),
  });

  return {
    /** @param {string} name @returns {Promise<any>} null when there is none */
    async read(name) {
      const row = await database.run(['vault'], 'readonly', (tx) =>
        tx.objectStore('vault').get([owner, name]),
      );
      return row ? openJson(key, fullName(name), row) : null;
    },

    /** @param {string} prefix @returns {Promise<{name: string, value: any}[]>} */
    async readAll(prefix) {
      return Promise.all((await rows(prefix)).map(open));
    },

    /** The last of many, by name; the others stay sealed.
     *  @param {string} prefix @param {number} most @returns {Promise<{name: string, value: any}[]>} */
    async readLast(prefix, most) {
      return Promise.all((await rows(prefix)).slice(-most).map(open));
    },

    /** All of a change or nothing of it, on disk when the promise resolves.
     *  @param {Change} change @returns {Promise<string[]>} the names of the new entries */
    async commit(change) {
      const put = Object.entries(change.put ?? {});
      // Everything is sealed first: an IndexedDB transaction does not wait for WebCrypto.
      const values = await Promise.all(put.map(([name, value]) => sealedValue(name, value)));
      /** @type {Awaited<ReturnType<typeof sealedEntry>>[]} */
      const made = [];
      for (const entry of change.entries ?? []) made.push(await sealedEntry(entry));
      await database.run(EVERYTHING, 'readwrite', (tx) => applied(tx, change, values, made));
      return made.map(({ row }) => row.id);
    },

    owner,

    /** Bytes that only this person's phone can make again from the same nonce, to combine with something once: AES-GCM
     *  counts from the nonce, so zeros give its key stream.
     *  @param {Uint8Array<ArrayBuffer>} iv @param {number} length */
    pad: async (iv, length) => new Uint8Array(await sealedZeros(key, iv, length)).subarray(0, length),

    /** Seal a photo under its own hash and note who needs it. The same bytes are kept once.
     *  @param {ArrayBuffer} bytes @param {string} type @param {string} holder a draft's name
     *  @returns {Promise<{sha256: string, size: number, type: string}>} */
    async addBlob(bytes, type, holder) {
      const sha256 = await sha256Hex(bytes);
      const sealed = await sealBytes(key, `${owner}/blob/${sha256}`, bytes);
      await database.run(['blobs', 'holds'], 'readwrite', async (tx) => {
        await tx.objectStore('blobs').put({ owner, sha256, size: bytes.byteLength, type, ...sealed });
        await tx.objectStore('holds').put({ owner, sha256, holder, at: clock() });
      });
      return { sha256, size: bytes.byteLength, type };
    },

    /** @param {string} sha256 @returns {Promise<{bytes: ArrayBuffer, type: string} | null>} */
    async blob(sha256) {
      const row = await database.run(['blobs'], 'readonly', (tx) =>
        tx.objectStore('blobs').get([owner, sha256]),
      );
      if (!row) return null;
      return { bytes: await openBytes(key, `${owner}/blob/${sha256}`, row), type: row.type };
    },

    /** Photos of a form that never came to be a draft: a page killed between the two left them, and they would fill the
     *  phone. A day old, because another tab may be taking a photo just now. */
    async forgetOrphans() {
      const range = IDBKeyRange.bound([owner], [owner, []]);
      await database.run(['vault', 'holds', 'blobs'], 'readwrite', async (tx) => {
        for (const { sha256, holder, at } of await tx.objectStore('holds').getAll(range)) {
          if (!(clock() - at > DAY_MS) || !holder.startsWith('draft/')) continue;
          if (!(await tx.objectStore('vault').getKey([owner, holder]))) await releaseBlobs(tx, owner, holder, [sha256]);
        }
      });
    },

    /** Receipts are a memory aid for the person, not the archive: two weeks of them are enough. A record is made before
     *  it is sent, so what was made lately need not be opened. */
    async forgetOldReceipts() {
      const isFresh = (/** @type {number} */ age_ms) => age_ms >= 0 && age_ms <= RECEIPTS_KEPT_MS;
      const mayBeOld = (/** @type {{name: string}} */ { name }) => !isFresh(clock() - madeAt_ms(name.slice('receipt/'.length)));
      const opened = await Promise.all((await rows('receipt/')).filter(mayBeOld).map(open));
      const old = opened.filter(({ value }) => clock() - value.at > RECEIPTS_KEPT_MS).map(({ name }) => name);
      if (old.length > 0) await this.commit({ drop: old });
    },
  };
}

/** @typedef {ReturnType<typeof createLocker>} Locker */
