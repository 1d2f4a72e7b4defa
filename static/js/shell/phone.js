import { loadPatrol } from '../patrols/index.js';
import { noPatrol } from '../patrols/patrol_state.js';
import { createLocker } from '../store/locker.js';
import { createOutbox } from '../store/outbox.js';
import { bodyOf, createTransport, request } from '../sync/transport.js';
import { language } from '../core/i18n.js';
import { dayOf, isoWithOffset } from '../core/time.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Person} Person */
/** @typedef {{database: import('../store/database.js').Database, keys: import('../store/keys.js').Keys, meta: import('../store/meta.js').Meta, place: import('../phone/types.js').Place, recorder: Phone['recorder'], clock: () => number, fetch: typeof fetch, offset_ms: () => number | null, serverTime: (iso: string) => void, acts: Pick<Phone, 'go' | 'refresh' | 'say' | 'flush' | 'lock' | 'signOut' | 'rescue'>}} Needs */
/** @typedef {{phone: Phone, ports: Pick<import('../sync/drain.js').Ports, 'outbox' | 'transport'>}} Opened */

const FEED_EVERY_MS = 60000;
/** @type {WeakSet<Phone>} of people whose role does not work on clues */
const noClues = new WeakSet();

/** Put together what one person's screens work with, once the PIN has opened it.
 *  @param {Needs} needs @param {{uid: string, key: CryptoKey, person: Person | null}} who @returns {Promise<Opened>} */
export async function openPhone(needs, { uid, key, person }) {
  const { database, keys, meta, place, recorder, clock, acts } = needs;
  const owned = { database, key, owner: uid, clock };
  const locker = createLocker(owned);
  const outbox = createOutbox(owned);
  const transport = createTransport({
    fetch: needs.fetch,
    deviceUid: meta.deviceUid,
    owner: uid,
    now: () => isoWithOffset(clock()),
    unsent: () => phone.unsent.unsent,
    onServerTime: needs.serverTime,
  });
  if (person) await locker.commit({ put: { person } });
  /** @type {Phone} */
  const phone = {
    ...acts,
    keys,
    meta,
    place,
    recorder,
    clock,
    locker,
    outbox,
    person: person ?? (await locker.read('person')) ?? { uid, name: '', roles: [], team_uids: [] },
    pack: await locker.read('pack'),
    patrol: noPatrol(dayOf(clock())),
    link: 'unknown',
    free_mb: null,
    unsent: await outbox.summary(),
    clockOffset_ms: needs.offset_ms,
    async saved() {
      phone.unsent = await outbox.summary();
      acts.flush();
      acts.refresh();
    },
    takePack: () => takePack(phone, needs),
    urgent: null,
    catchUp: (now) => catchUp(phone, needs, now),
  };
  return { phone, ports: { outbox: { ...outbox, blob: locker.blob }, transport } };
}

/** What was going on when the page was last closed, once the phone is the one that is shown.
 *  @param {Phone} phone @param {Needs} needs */
export async function resume(phone, needs) {
  await loadPatrol(phone);
  resumeUrgent(phone, needs).catch((fault) => console.error('urgent', fault));
  await phone.locker.forgetOldReceipts();
  await phone.locker.forgetOrphans();
}

/** Loaded only when there is one: urgent clues are no part of the first screen.
 *  @param {Phone} phone @param {Needs} needs */
async function resumeUrgent(phone, needs) {
  if (await phone.locker.read('urgent')) await (await urgentOf(phone, needs)).resume();
}

/** @param {Phone} phone @param {Needs} needs */
async function urgentOf(phone, needs) {
  const { openUrgent } = await import('../clues/urgent_view.js');
  phone.urgent ??= openUrgent(phone, needs.fetch);
  return phone.urgent;
}

/** @param {Phone} phone @param {Needs} needs */
async function askUrgent(phone, needs) {
  if (noClues.has(phone) || phone.person.roles.every((role) => role === 'community_liaison')) return;
  const urgent = await urgentOf(phone, needs);
  if ((await urgent.ask()) === 'never') noClues.add(phone);
}

let asked_at = 0;

/** Loaded only once there is a network: the feed is no part of the first screen.
 *  @param {Phone} phone @param {Needs} needs @param {boolean} [now] */
async function catchUp(phone, needs, now) {
  await askUrgent(phone, needs);
  if (!now && Math.abs(needs.clock() - asked_at) < FEED_EVERY_MS) return;
  asked_at = needs.clock();
  const { catchUp: ask } = await import('../sync/feed.js');
  await ask({
    fetch: needs.fetch,
    owner: phone.person.uid,
    language: language(),
    pack: () => phone.pack,
    takePack: phone.takePack,
    async keep(pack) {
      phone.pack = pack;
      await phone.locker.commit({ put: { pack } });
      phone.refresh();
    },
  });
}

/** @param {Phone} phone @param {Needs} needs @returns {ReturnType<Phone['takePack']>} */
async function takePack(phone, needs) {
  const answer = await request(needs.fetch, `/api/v1/pack?lang=${language()}`);
  if (!answer) return 'offline';
  if (answer.status === 401) return 'signed_out';
  const pack = answer.ok ? bodyOf(answer) : {};
  if (!pack.version || !Array.isArray(pack.venues)) return 'failed';
  if (pack.server_time) needs.serverTime(pack.server_time);
  // A pack of somebody else who has just signed in elsewhere on this phone is not ours to keep.
  if (pack.person?.uid && pack.person.uid !== phone.person.uid) return 'signed_out';
  await phone.locker.commit({ put: { pack } });
  phone.pack = pack;
  phone.refresh();
  return 'taken';
}
