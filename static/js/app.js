/** The phone's page: puts the store, the session, the sender and the screens together. */

import { assetUrl } from './core/assets.js';
import { addWords } from './core/i18n.js';
import { dayOf } from './core/time.js';
import { createGate } from './gate/gate.js';
import { applyLanguage, suggestLanguage } from './me/language.js';
import { rememberInstallOffer } from './me/install.js';
import { createSession } from './gate/session.js';
import { createPlace, createRecorder } from './patrols/index.js';
import { useSprite } from './phone/parts.js';
import { createIdleLock } from './shell/idle_lock.js';
import { openPhone, resume } from './shell/phone.js';
import { createStage } from './shell/stage.js';
import { registerWorker } from './shell/worker.js';
import zh from './shell/zh.json';
import { createDatabase } from './store/database.js';
import { createKeys } from './store/keys.js';
import { createMeta } from './store/meta.js';
import { freeSpace_mb } from './store/space.js';
import { drain } from './sync/drain.js';
import { createFlusher } from './sync/flusher.js';
import { bodyOf, request } from './sync/transport.js';
import { applyPreferences } from './ui/preferences.js';
import { toast } from './ui/toast.js';
import uiWords from './ui/zh.json';

/** @typedef {import('./phone/types.js').Phone} Phone */
/** @typedef {import('./phone/types.js').Link} Link */

addWords(uiWords);
addWords(zh);
applyLanguage();
applyPreferences();
useSprite(assetUrl('sprite.svg'));
rememberInstallOffer();

const clock = () => Date.now();
const doFetch = globalThis.fetch.bind(globalThis);
const database = createDatabase();
const meta = createMeta({ database, clock });
const keys = createKeys({ database, clock, bureau });
const place = createPlace({ geolocation: navigator.geolocation, clock });

/** @type {import('./shell/phone.js').Opened | null} */
let opened = null;
/** @type {number | null} */
let offset_ms = null;

const current = () => opened?.phone ?? null;
const recorder = createRecorder({ phone: current });

const serverTime = (/** @type {string} */ iso) => {
  offset_ms = Date.parse(iso) - clock();
  meta.write('clock_offset_ms', offset_ms);
};

const session = createSession({
  keys,
  meta,
  fetch: doFetch,
  serverTime,
  speaks: suggestLanguage,
  changed: () => stage.refresh(),
  async opened(uid, key, person) {
    opened = await openPhone(needs, { uid, key, person });
    idle.begin(uid, key);
    await resume(opened.phone, needs);
    if (startsWithReport(opened.phone)) history.replaceState(null, '', '/m/report');
    stage.show();
    flusher.start();
    flusher.kick();
    await navigator.storage?.persist?.().catch(() => undefined);
    await lookAtSpace();
  },
  async closed() {
    recorder.halt();
    idle.end();
    opened = null;
    stage.show();
  },
});

const gate = createGate(session, () => stage.refresh(), () => rescue());
const stage = createStage({ root: /** @type {HTMLElement} */ (document.getElementById('app')), phone: current, gate });
const flusher = createFlusher({ run: sendAll });
const idle = createIdleLock({ keys, clock, lock: () => session.lock(), working: () => recorder.state() !== 'off' });

/** @type {import('./shell/phone.js').Needs} */
const needs = {
  database,
  keys,
  meta,
  place,
  recorder,
  clock,
  fetch: doFetch,
  serverTime,
  offset_ms: () => offset_ms,
  acts: {
    go: stage.go,
    refresh: stage.refresh,
    say,
    flush: () => flusher.kick(),
    lock: () => session.lock(),
    signOut: () => session.signOut(),
    rescue,
  },
};

/** A phone that fills up is said so before it refuses a photo. */
async function lookAtSpace() {
  const phone = current();
  if (!phone) return;
  phone.free_mb = await freeSpace_mb();
  stage.refresh();
}

/** The bureau's key for rescue files, asked for once and remembered.
 *  @returns {Promise<import('./store/keys.js').BureauKey | null>} */
async function bureau() {
  const known = await meta.read('rescue_key');
  if (known) return known;
  const answer = await request(doFetch, '/api/v1/rescue-key', {}, 10000);
  const said = answer?.ok ? bodyOf(answer) : {};
  if (!said.id || !said.spki) return null;
  const key = { id: said.id, spki: said.spki };
  await meta.write('rescue_key', key);
  return key;
}

/** Sealed files of what these people have not sent; everybody on this phone when nobody is named.
 *  @param {string[]} [owners] */
async function rescue(owners) {
  const { rescuable, rescueFiles } = await import('./store/rescue.js');
  const all = (await rescuable(database)).map(({ uid }) => uid);
  const device_uid = await meta.deviceUid();
  return rescueFiles({ database, clock, device_uid, clock_offset_ms: offset_ms }, owners ?? all);
}

/** One word at a time: a second one takes the place of the first instead of covering the buttons below.
 *  @param {string} text */
function say(text) {
  for (const old of document.querySelectorAll('.toast')) old.remove();
  toast(text, 2500);
}

/** A community liaison without a team reports; the round is for those who walk it.
 *  @param {Phone} phone */
function startsWithReport({ person }) {
  const reports = person.roles.length > 0 && person.roles.every((role) => role === 'community_liaison');
  return reports && person.team_uids.length === 0 && /^\/m\/?$/.test(location.pathname);
}

/** One round of sending, in the name of the person who is open and of nobody else.
 *  @returns {Promise<Link>} */
async function sendAll() {
  const who = await session.verify();
  const mine = opened;
  if (!mine) return 'unknown';
  const { phone, ports } = mine;
  if (who.kind !== 'person' || who.person.uid !== phone.person.uid) {
    return who.kind === 'signed_out' ? 'signed_out' : 'offline';
  }
  phone.link = 'online';
  if (phone.pack?.date !== dayOf(clock())) await phone.takePack();
  const report = await drain({ ...ports, clock, rng: Math.random, mayGoOn: () => opened === mine });
  if (report.outcome !== 'signed_out') await phone.catchUp(report.settled > 0).catch((fault) => console.error('feed', fault));
  phone.unsent = await phone.outbox.summary();
  phone.free_mb = await freeSpace_mb();
  return report.outcome === 'signed_out' ? 'signed_out' : 'online';
}

/** @param {Link} link */
function showLink(link) {
  const phone = current();
  if (phone) phone.link = link;
  stage.refresh();
}

/** @returns {Promise<void>} */
async function start() {
  offset_ms = (await meta.read('clock_offset_ms')) ?? null;
  stage.listen();
  flusher.onState(showLink);
  stage.refresh();
  await session.start();
  flusher.start();
  registerWorker(stage.offerVersion);
}

start();
