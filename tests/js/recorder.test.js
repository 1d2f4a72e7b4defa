import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeStep } from '../../static/js/patrols/patrol_actions.js';
import { createPlace } from '../../static/js/patrols/place.js';
import { createRecorder } from '../../static/js/patrols/recorder.js';
import { noPatrol } from '../../static/js/patrols/patrol_state.js';

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
      commit: async ({ put, entries }) => {
        for (const [name, value] of Object.entries(put)) kept.set(name, structuredClone(value));
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
  return { phone, moveTo, points };
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
