/** Rescue files: everything unsent, sealed as it lies here, with each person's data key wrapped for the bureau. They are
 *  made without any PIN, so that a forgotten one or a dead network costs no work; only the bureau's server opens them. */

/** @typedef {import('./database.js').Database} Database */
/** @typedef {{type: 'entry' | 'blob', owner: string, iv: string, size: number, id?: string, seq?: number, sha256?: string}} Listed */
/** @typedef {{records: Listed[], bytes: Blob[], size: number}} Part */
/** @typedef {{name: string, blob: Blob, entries: number, photos: number}} RescueFile */
/** @typedef {{database: Database, clock: () => number, device_uid: string, clock_offset_ms: number | null}} Needs */

const MAGIC = 'PATROLRESCUE1\n';
/** What a supervisor's page takes in one upload, with room to spare. */
const PART_BYTES = 48e6;

/** @param {Uint8Array | ArrayBuffer} bytes */
const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));

/** Whose unsent work lies here, and whether it can be exported: the bureau's key has to have been here once.
 *  @param {Database} database @returns {Promise<{uid: string, label: string, entries: number, ready: boolean}[]>} */
export async function rescuable(database) {
  const [people, rows] = await database.run(['people', 'outbox'], 'readonly', (tx) =>
    Promise.all([tx.objectStore('people').getAll(), tx.objectStore('outbox').getAll()]),
  );
  return people
    .map((/** @type {any} */ { uid, label, escrow }) => ({
      uid,
      label,
      ready: Boolean(escrow),
      entries: rows.filter((/** @type {any} */ row) => row.owner === uid).length,
    }))
    .filter((/** @type {{entries: number}} */ { entries }) => entries > 0);
}

/** Write what these people have not sent into files of at most 48 MB: all entries first, then the photos.
 *  @param {Needs} needs @param {string[]} owners @returns {Promise<RescueFile[]>} */
export async function rescueFiles(needs, owners) {
  const { database } = needs;
  const people = await database.run(['people'], 'readonly', (tx) => tx.objectStore('people').getAll());
  const ready = people.filter((/** @type {any} */ { uid, escrow }) => escrow && owners.includes(uid));
  /** @type {Part[]} */
  const parts = [];
  for (const { uid } of ready) await addEntries(database, uid, parts);
  for (const { uid } of ready) await addPhotos(database, uid, parts);
  return parts.map((part, at) => finished(part, at, parts.length, ready, needs));
}

/** @param {Part[]} parts @param {Listed} listed @param {ArrayBuffer} data */
function add(parts, listed, data) {
  const last = parts.at(-1);
  const part = last && last.size + data.byteLength <= PART_BYTES ? last : { records: [], bytes: [], size: 0 };
  if (part !== last) parts.push(part);
  part.records.push(listed);
  // A Blob of its own lets the browser keep it on disk: fifty photos at once would be too much for the memory.
  part.bytes.push(new Blob([data]));
  part.size += data.byteLength;
}

/** @param {Database} database @param {string} owner @param {Part[]} parts */
async function addEntries(database, owner, parts) {
  const range = IDBKeyRange.bound([owner, 0], [owner, Number.MAX_SAFE_INTEGER]);
  const rows = await database.run(['outbox'], 'readonly', (tx) => tx.objectStore('outbox').index('by_owner').getAll(range));
  for (const { id, seq, iv, data } of rows) {
    add(parts, { type: 'entry', owner, id, seq, iv: base64(iv), size: data.byteLength }, data);
  }
}

/** @param {Database} database @param {string} owner @param {Part[]} parts */
async function addPhotos(database, owner, parts) {
  const range = IDBKeyRange.bound([owner], [owner, []]);
  const keys = await database.run(['blobs'], 'readonly', (tx) => tx.objectStore('blobs').getAllKeys(range));
  for (const key of keys) {
    const row = await database.run(['blobs'], 'readonly', (tx) => tx.objectStore('blobs').get(key));
    if (row) add(parts, { type: 'blob', owner, sha256: row.sha256, iv: base64(row.iv), size: row.data.byteLength }, row.data);
  }
}

/** @param {Part} part @param {number} at @param {number} of @param {any[]} people @param {Needs} needs @returns {RescueFile} */
function finished({ records, bytes }, at, of, people, { clock, device_uid, clock_offset_ms }) {
  const exported_at = new Date(clock()).toISOString();
  const header = {
    key_id: people[0].escrow.key_id,
    device_uid,
    exported_at,
    clock_offset_ms,
    part: at + 1,
    parts: of,
    people: people.map(({ uid, escrow }) => ({ uid, escrow: base64(escrow.data) })),
    records,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, text.byteLength);
  const entries = records.filter(({ type }) => type === 'entry').length;
  return {
    name: `patrol-${exported_at.slice(0, 10)}-${at + 1}-${of}.rescue`,
    blob: new Blob([MAGIC, length.buffer, text, ...bytes], { type: 'application/octet-stream' }),
    entries,
    photos: records.length - entries,
  };
}
