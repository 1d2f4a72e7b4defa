import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPatrol, takeStep } from '../../static/js/patrols/patrol_actions.js';
import { createPlace } from '../../static/js/patrols/place.js';
import { createRecorder } from '../../static/js/patrols/recorder.js';
import { noPatrol } from '../../static/js/patrols/patrol_state.js';
import { walkedSoFar } from '../../static/js/patrols/walked_so_far.js';

const START = Date.parse('2026-11-25T09:00:00+08:00');
const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });

/** A phone that lies still while another screen already watches where it is; its satellites speak when told to. */
function lyingStill() {
  let now_ms = START;
  const watched = [];
  const kept = new Map();
  const sent = [];
  const geolocation = {
    watchPosition: (heard) => watched.push(heard),
    getCurrentPosition: (heard) => heard(fixAt(114.3)),
    clearWatch: () => undefined,
  };
  const fixAt = (lon) => ({ timestamp: now_ms, coords: { longitude: lon, latitude: 30.6, accuracy: 12 } });
  const phone = {
    clock: () => now_ms,
    place: createPlace({ geolocation, clock: () => now_ms }),
    patrol: noPatrol('2026-11-25'),
    locker: {
      read: async (name) => kept.get(name) ?? null,
      readAll: async (prefix) => [...kept].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => ({ name, value })),
      commit: async ({ put = {}, drop = [], entries = [] }) => {
        for (const [name, value] of Object.entries(put)) kept.set(name, structuredClone(value));
        for (const name of drop) kept.delete(name);
        sent.push(...entries);
      },
    },
    saved: async () => undefined,
  };
  phone.recorder = createRecorder({ phone: () => phone, page });
  phone.place.watch(() => undefined);
  const moveTo = (lon, seconds) => {
    now_ms += seconds * 1000;
    for (const heard of watched) heard(fixAt(lon));
  };
  const points = () => sent.filter((entry) => entry.kind === 'track.points').flatMap((entry) => entry.body.points);
  const gaps = () => sent.filter((entry) => entry.kind === 'track.points').flatMap((entry) => entry.body.gaps);
  return { phone, moveTo, points, gaps, kept };
}

test('a track begins where the patrol was started, though a watch that other screens share says nothing new', async () => {
  const { phone, moveTo, points } = lyingStill();
  await takeStep(phone, 'start', null);
  moveTo(114.301, 40);
  moveTo(114.302, 40);
  await takeStep(phone, 'end', null);
  assert.deepEqual(points().map((point) => point.lon), [114.3, 114.301, 114.302]);
});

test('nothing is recorded before the start, in a pause, or after the end', async () => {
  const { phone, moveTo, points } = lyingStill();
  moveTo(114.28, 20);
  moveTo(114.29, 20);
  await takeStep(phone, 'start', null);
  await takeStep(phone, 'pause', null);
  moveTo(114.34, 40);
  moveTo(114.35, 40);
  await takeStep(phone, 'resume', null);
  moveTo(114.36, 40);
  await takeStep(phone, 'end', null);
  moveTo(114.39, 40);
  assert.deepEqual(points().map((point) => point.lon), [114.29, 114.35, 114.36]);
});

const onPhone = ({ kept }) =>
  walkedSoFar([...kept].filter(([name]) => /^(track$|walked\/)/.test(name)).map(([, value]) => value));

test('a pause is a gap that says so, and what was walked before another patrol is not drawn into it', async () => {
  const walk = lyingStill();
  const { phone, moveTo, gaps } = walk;
  await takeStep(phone, 'start', null);
  moveTo(114.301, 40);
  await takeStep(phone, 'pause', null);
  moveTo(114.34, 300);
  await takeStep(phone, 'resume', null);
  moveTo(114.341, 40);
  await takeStep(phone, 'end', null);
  assert.deepEqual(gaps().map(({ reason }) => reason), ['paused']);
  assert.deepEqual(onPhone(walk).holes.map(({ line, reason }) => [line[0][0], line[1][0], reason]), [[114.301, 114.34, 'paused']]);
  moveTo(114.4, 600);
  await takeStep(phone, 'start', null);
  moveTo(114.401, 40);
  await takeStep(phone, 'end', null);
  assert.equal(gaps().length, 1);
  assert.deepEqual(onPhone(walk).parts, [[[114.4, 30.6], [114.401, 30.6]]]);
});

test('the track stays on the phone after it has left for the bureau, through a reload, and not into the next day', async () => {
  const walk = lyingStill();
  const { phone, moveTo, points } = walk;
  await takeStep(phone, 'start', null);
  for (let n = 1; n <= 30; n += 1) moveTo(114.3 + n / 1000, 20);
  await takeStep(phone, 'pause', null);
  assert.equal(points().length, 31);
  assert.deepEqual(onPhone(walk).parts.map((part) => part.length), [31]);
  assert.ok(Math.abs(onPhone(walk).walked_m - 2871) < 5);
  await loadPatrol(phone);
  assert.equal(onPhone(walk).parts.length, 1);
  await takeStep(phone, 'end', null);
  await loadPatrol(phone);
  assert.equal(onPhone(walk).parts.length, 1, 'an ended patrol is shown for the rest of its day');
  moveTo(114.3, 24 * 3600);
  await loadPatrol(phone);
  assert.deepEqual([...walk.kept.keys()], ['patrol']);
});

test('a silence is cut with its reason, and filled by the points of another device', () => {
  const at = (second) => new Date(START + second * 1000).toISOString();
  const spot = (second, lon) => ({ at: at(second), lon, lat: 30.6 });
  const own = { points: [spot(0, 114.3), spot(50, 114.301), spot(230, 114.304)], gaps: [{ from: at(50), to: at(230), reason: 'screen_off' }] };
  const cut = walkedSoFar([own]);
  assert.deepEqual(cut.parts, [[[114.3, 30.6], [114.301, 30.6]], [[114.304, 30.6]]]);
  assert.deepEqual(cut.holes.map(({ reason, from, to }) => [reason, from, to]), [['screen_off', at(50), at(230)]]);
  assert.ok(Math.abs(cut.walked_m - 95.7) < 0.2, 'nobody is known to have walked the gap');
  const filled = walkedSoFar([own, { points: [spot(110, 114.302), spot(170, 114.303)], gaps: [] }]);
  assert.deepEqual([filled.parts.length, filled.holes.length], [1, 0]);
  assert.deepEqual(walkedSoFar([{ points: [spot(0, 1), spot(61, 1)], gaps: [] }]).holes[0].reason, '');
});

test('the screen is kept on between start and end, asked for again when the page comes back, and let go', async (t) => {
  const { phone, moveTo } = lyingStill();
  const locks = [];
  Object.defineProperty(navigator, 'wakeLock', {
    configurable: true,
    value: {
      request: async () => {
        const lock = { released: false, release: async () => void Object.assign(lock, { released: true }) };
        locks.push(lock);
        return lock;
      },
    },
  });
  t.after(() => delete navigator.wakeLock);
  moveTo(114.3, 1);
  assert.equal(locks.length, 0, 'nobody needs the screen before the start');
  await takeStep(phone, 'start', null);
  await null;
  assert.deepEqual([locks.length, phone.recorder.state()], [1, 'awake']);
  locks[0].released = true; // As a phone does when the page is hidden.
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  assert.equal(phone.recorder.state(), 'recording');
  moveTo(114.301, 300);
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  await null;
  assert.deepEqual([locks.length, phone.recorder.state()], [2, 'awake']);
  await takeStep(phone, 'end', null);
  assert.deepEqual(locks.map(({ released }) => released), [true, true]);
});
