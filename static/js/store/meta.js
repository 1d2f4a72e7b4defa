import { uuidv7 } from '../core/uuid.js';

/** What the phone remembers about itself, in the open: its name, counters and settings, never a person's work.
 *  @param {{database: import('./database.js').Database, clock: () => number}} needs */
export function createMeta({ database, clock }) {
  /** @param {string} name @returns {Promise<any>} */
  const read = (name) => database.run(['meta'], 'readonly', (tx) => tx.objectStore('meta').get(name));
  /** @param {string} name @param {unknown} value @returns {Promise<void>} */
  const write = (name, value) =>
    database.run(['meta'], 'readwrite', (tx) => tx.objectStore('meta').put(value, name));
  return {
    read,
    write,
    /** @returns {Promise<string>} the name this phone gave itself, made at first need */
    deviceUid: () =>
      database.run(['meta'], 'readwrite', async (tx) => {
        const meta = tx.objectStore('meta');
        const known = await meta.get('device_uid');
        if (known) return known;
        const fresh = uuidv7(clock());
        await meta.put(fresh, 'device_uid');
        return fresh;
      }),
  };
}

/** @typedef {ReturnType<typeof createMeta>} Meta */
