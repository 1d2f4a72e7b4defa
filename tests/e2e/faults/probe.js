/** The test's hand inside the page: writes entries through the very store that the app uses, and counts what is left.
 *  Bundled from the sources and evaluated in the page; it adds nothing to the app and shares its database. */
import { hashOfBody } from '../../../static/js/core/hash.js';
import { isoWithOffset } from '../../../static/js/core/time.js';
import { uuidv7 } from '../../../static/js/core/uuid.js';
import { createDatabase } from '../../../static/js/store/database.js';
import { createKeys } from '../../../static/js/store/keys.js';
import { createLocker } from '../../../static/js/store/locker.js';
import { createOutbox } from '../../../static/js/store/outbox.js';
import { rescuable } from '../../../static/js/store/rescue.js';

const clock = () => Date.now();
const database = createDatabase();
const keys = createKeys({ database, clock });

async function mine(owner) {
  const key = await keys.held(owner);
  if (!key) throw new Error('the phone is locked');
  return { locker: createLocker({ database, key, owner, clock }), outbox: createOutbox({ database, key, owner, clock }) };
}

const position = () => ({ lon: 114.3, lat: 30.6, accuracy_m: 12, at: isoWithOffset(clock()), source: 'gps', datum: 'WGS-84' });

/** A small picture whose bytes nobody else has; what stands behind a JPEG's end is ignored by every reader. */
async function picture(bytes) {
  const canvas = new OffscreenCanvas(64, 48);
  canvas.getContext('2d').fillRect(0, 0, 64, 48);
  const head = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer());
  const whole = new Uint8Array(Math.max(bytes, head.length + 16));
  whole.set(head);
  for (let at = head.length; at < whole.length; at += 65536) crypto.getRandomValues(whole.subarray(at, at + 65536));
  return whole.buffer;
}

async function photo(locker, holder, bytes) {
  const original = await locker.addBlob(await picture(bytes), 'image/jpeg', holder);
  const display = await locker.addBlob(await picture(20000), 'image/jpeg', holder);
  return {
    sha256_original: original.sha256, size_original: original.size, type_original: 'image/jpeg',
    sha256_display: display.sha256, size_display: display.size, taken_at: isoWithOffset(clock()), source: 'camera',
  };
}

/** A visit with its finding and a sighting: every kind of entry that carries somebody's work.
 *  @returns what was committed: id, kind, hash, own number and photos of each entry */
async function write({ owner, venue_uid, bytes = 700000 }) {
  const { locker } = await mine(owner);
  const holder = `draft/${uuidv7(clock())}`;
  const photos = [await photo(locker, holder, bytes)];
  const at = isoWithOffset(clock());
  const visit = {
    visit_uid: uuidv7(clock()), patrol_uid: null, stop_uid: null, venue_uid, outcome: 'suspicious', arrived_at: at,
    left_at: at, position: position(), presence: { qr: false, distance_m: 10, accuracy_m: 12, fix_age_s: 0, mock_hint: false, clock_offset_ms: 0 }, note: '',
  };
  const finding = {
    finding_uid: uuidv7(clock()), visit_uid: visit.visit_uid, venue_uid, text: 'bedding on the floor',
    checklist: { version: '', answers: {} }, position: position(), manual_pin: null, photos,
  };
  const sighting = {
    sighting_uid: uuidv7(clock()), kind: 'lecture', text: '', position: position(), manual_pin: null, venue_uid: null,
    photos: [await photo(locker, holder, 30000)],
  };
  const pack = await locker.read('pack');
  finding.checklist.version = pack.checklist.version;
  sighting.kind = pack.sighting_kinds[0].code;
  const blobs = (made) => made.flatMap((one) => [one.sha256_original, one.sha256_display]);
  const entries = [
    { kind: 'visit.record', body: visit, label: '1' },
    { kind: 'finding.record', body: finding, label: '2', blobs: blobs(finding.photos) },
    { kind: 'sighting.report', body: sighting, label: '3', blobs: blobs(sighting.photos) },
  ];
  const ids = await locker.commit({ entries, unhold: { holder, blobs: [...blobs(finding.photos), ...blobs(sighting.photos)] } });
  const numbers = [visit.visit_uid, finding.finding_uid, sighting.sighting_uid];
  return Promise.all(
    entries.map(async ({ kind, body, blobs: hashes = [] }, at) => ({
      id: ids[at], kind, sha256: await hashOfBody(body), uid: numbers[at], blobs: hashes,
    })),
  );
}

globalThis.probe = {
  write,
  /** What is still on this phone of one person, or of everybody. */
  left: (owner) =>
    database.run(['outbox'], 'readonly', async (tx) => {
      const rows = await tx.objectStore('outbox').getAll();
      return rows.filter((row) => !owner || row.owner === owner).map(({ id, state, attempts }) => ({ id, state, attempts }));
    }),
  rescuable: () => rescuable(database),
  /** Photos nobody claims any more would fill the phone for nothing. */
  blobs: () => database.run(['blobs'], 'readonly', (tx) => tx.objectStore('blobs').count()),
  receipts: async (owner) => (await (await mine(owner)).locker.readAll('receipt/')).map(({ name }) => name.slice('receipt/'.length)),
  hurry: async (owner) => (await mine(owner)).outbox.hurry(),
  venue: async (owner) => (await (await mine(owner)).locker.read('pack')).venues[0].uid,
  /** A kill may fall between any two of these. */
  kick: () => dispatchEvent(new Event('online')),
};
