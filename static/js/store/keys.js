/** The PIN, the data key it wraps, and how long the phone stays open without it.
 *
 *  Every person has one random AES-GCM data key. At rest it exists only wrapped by a key derived from the PIN.
 *  While the person works, the unwrapped key is a *non-extractable* CryptoKey in IndexedDB, so that a page the
 *  camera killed comes back without asking; it is forgotten after 15 idle minutes and at sign-out. */

/** @typedef {import('./database.js').Database} Database */
/** @typedef {{uid: string, label: string, salt: Uint8Array<ArrayBuffer>, iterations: number, iv: Uint8Array<ArrayBuffer>, wrapped: ArrayBuffer, wrong: number, wait_until: number, escrow?: {key_id: string, data: ArrayBuffer}}} Wrapped escrow: the data key for the bureau, in rescue files */
/** @typedef {{id: string, spki: string}} BureauKey */
/** @typedef {{uid: string, label: string}} Known */

export const IDLE_MS = 15 * 60 * 1000;
export const PIN_DIGITS = 6;
const ITERATIONS = 600000; // OWASP's figure for PBKDF2-HMAC-SHA-256 (2023)
const FREE_TRIES = 5;

/** @param {string} pin @returns {boolean} */
export function pinIsAcceptable(pin) {
  return new RegExp(`^\\d{${PIN_DIGITS},12}$`).test(pin) && new Set(pin).size > 1;
}

/** @param {string} pin @param {Uint8Array<ArrayBuffer>} salt @param {number} iterations */
async function pinKey(pin, salt, iterations) {
  const material = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, [
    'deriveKey',
  ]);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(how, material, { name: 'AES-GCM', length: 256 }, false, [
    'wrapKey',
    'unwrapKey',
  ]);
}

/** @param {Wrapped} person @param {string} pin @param {boolean} extractable */
async function unwrapped(person, pin, extractable) {
  const key = await pinKey(pin, person.salt, person.iterations);
  const how = { name: 'AES-GCM', iv: person.iv };
  const use = /** @type {KeyUsage[]} */ (['encrypt', 'decrypt']);
  return crypto.subtle.unwrapKey('raw', person.wrapped, key, how, 'AES-GCM', extractable, use);
}

/** @param {CryptoKey} dataKey @param {string} pin @param {number} iterations */
async function wrappedBy(dataKey, pin, iterations) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await pinKey(pin, salt, iterations);
  const wrapped = await crypto.subtle.wrapKey('raw', dataKey, key, { name: 'AES-GCM', iv });
  return { salt, iv, iterations, wrapped, wrong: 0, wait_until: 0 };
}

/** The data key as only the bureau's server can open it (RSA-OAEP), for a rescue file.
 *  @param {CryptoKey} open an extractable data key @param {BureauKey} bureau */
async function escrowOf(open, bureau) {
  const spki = Uint8Array.from(atob(bureau.spki), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey('spki', spki, { name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['wrapKey']);
  return { key_id: bureau.id, data: await crypto.subtle.wrapKey('raw', open, key, { name: 'RSA-OAEP' }) };
}

/** @param {{database: Database, clock: () => number, iterations?: number, bureau?: () => Promise<BureauKey | null>}} needs
 *  `bureau` gives the key for rescue files, or nothing while it is unknown */
export function createKeys({ database, clock, iterations = ITERATIONS, bureau = async () => null }) {
  /** @param {string} uid @returns {Promise<Wrapped | undefined>} */
  const person = (uid) => database.run(['people'], 'readonly', (tx) => tx.objectStore('people').get(uid));

  /** @param {Wrapped} record */
  const keep = (record) =>
    database.run(['people'], 'readwrite', (tx) => tx.objectStore('people').put(record));

  /** @param {string} uid @param {CryptoKey} key */
  const hold = (uid, key) =>
    database.run(['keyring'], 'readwrite', (tx) =>
      tx.objectStore('keyring').put({ uid, key, used_at: clock() }),
    );

  /** Add what a rescue file needs, once, for somebody whose PIN was set without it.
   *  @param {string} uid @param {string} pin */
  const addEscrow = async (uid, pin) => {
    const known = await bureau();
    const record = known && (await person(uid));
    if (!known || !record) return;
    const escrow = await escrowOf(await unwrapped(record, pin, true), known);
    await database.run(['people'], 'readwrite', async (tx) => {
      const now = await tx.objectStore('people').get(uid);
      await tx.objectStore('people').put({ ...now, escrow });
    });
  };

  return {
    /** Resolves when the last unlocking has added what a rescue file needs. @type {Promise<void>} */
    escrowed: Promise.resolve(),

    /** @returns {Promise<Known[]>} everyone who has set a PIN on this phone */
    async people() {
      const all = await database.run(['people'], 'readonly', (tx) => tx.objectStore('people').getAll());
      return all.map((/** @type {Wrapped} */ { uid, label }) => ({ uid, label }));
    },

    /** Give a person a new data key. Refuses to replace one: that would destroy what it sealed.
     *  @param {Known} who @param {string} pin @returns {Promise<CryptoKey>} */
    async create(who, pin) {
      if (!pinIsAcceptable(pin)) throw new RangeError('pin');
      if (await person(who.uid)) throw new RangeError('person already has a key');
      const use = /** @type {KeyUsage[]} */ (['encrypt', 'decrypt']);
      const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, use);
      const known = await bureau();
      const escrow = known ? { escrow: await escrowOf(fresh, known) } : {};
      const record = { ...who, ...(await wrappedBy(fresh, pin, iterations)), ...escrow };
      await database.run(['people'], 'readwrite', (tx) => tx.objectStore('people').add(record));
      const key = await unwrapped(record, pin, false);
      await hold(who.uid, key);
      return key;
    },

    /** @param {string} uid @param {string} pin
     *  @returns {Promise<{key: CryptoKey} | {wrong: number, wait_ms: number}>} */
    async unlock(uid, pin) {
      const record = await person(uid);
      if (!record) throw new RangeError('unknown person');
      const wait_ms = Math.min(record.wait_until - clock(), longestWait(record.wrong));
      if (wait_ms > 0) return { wrong: record.wrong, wait_ms };
      try {
        const key = await unwrapped(record, pin, false);
        if (record.wrong > 0) await keep({ ...record, wrong: 0, wait_until: 0 });
        await hold(uid, key);
        // Nobody waits for the network here: without it the phone opens all the same.
        if (!record.escrow) this.escrowed = addEscrow(uid, pin).catch((fault) => console.warn('rescue key', fault));
        return { key };
      } catch {
        // A wrong PIN only ever costs time: wiping after N tries would destroy unsent work.
        const wrong = record.wrong + 1;
        const pause_ms = longestWait(wrong);
        await keep({ ...record, wrong, wait_until: clock() + pause_ms });
        return { wrong, wait_ms: pause_ms };
      }
    },

    /** @param {string} uid @param {string} oldPin @param {string} newPin @returns {Promise<boolean>} */
    async changePin(uid, oldPin, newPin) {
      const record = await person(uid);
      if (!record || !pinIsAcceptable(newPin)) return false;
      try {
        const open = await unwrapped(record, oldPin, true);
        await keep({ ...record, ...(await wrappedBy(open, newPin, iterations)) });
        return true;
      } catch {
        return false;
      }
    },

    /** The key of a person who worked here less than 15 minutes ago, else nothing.
     *  A clock that was set back counts as idle: it must not keep a phone open for years.
     *  @param {string} uid @returns {Promise<CryptoKey | null>} */
    async held(uid) {
      const kept = await database.run(['keyring'], 'readonly', (tx) => tx.objectStore('keyring').get(uid));
      if (!kept) return null;
      const idle_ms = clock() - kept.used_at;
      if (idle_ms >= 0 && idle_ms < IDLE_MS) return kept.key;
      await this.forget(uid);
      return null;
    },

    /** @param {string} uid @param {CryptoKey} key someone is still working */
    touch: (uid, key) => hold(uid, key),

    /** @param {string} uid forgets the unwrapped key and nothing else */
    forget: (uid) => database.run(['keyring'], 'readwrite', (tx) => tx.objectStore('keyring').delete(uid)),
  };
}

/** @param {number} wrong @returns {number} milliseconds to wait after that many wrong PINs */
function longestWait(wrong) {
  return wrong < FREE_TRIES ? 0 : Math.min(2 ** (wrong - FREE_TRIES) * 30000, 15 * 60000);
}

/** @typedef {ReturnType<typeof createKeys>} Keys */
