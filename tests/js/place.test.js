import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionOf } from '../../static/js/core/geo.js';
import { isoWithOffset } from '../../static/js/core/time.js';
import { presenceAt } from '../../static/js/patrols/patrol_actions.js';
import { createPlace } from '../../static/js/patrols/place.js';

const START = Date.parse('2026-11-25T09:00:00+08:00');

/** A phone whose answers are given by hand: what is asked stays asked until the test answers. */
function satellites() {
  const asked = { now: START, once: [], watched: [], cleared: 0 };
  const geolocation = {
    getCurrentPosition: (heard, failed) => asked.once.push({ heard, failed }),
    watchPosition: (heard, failed) => asked.watched.push({ heard, failed }),
    clearWatch: () => {
      asked.cleared += 1;
    },
  };
  const fix = (lon = 114.3) => ({ timestamp: asked.now, coords: { longitude: lon, latitude: 30.6, accuracy: 12 } });
  const fault = (code) => ({ code, PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 });
  return { asked, fix, fault, place: createPlace({ geolocation, clock: () => asked.now }) };
}

test('a question that is never answered takes the next fix of the watch', { timeout: 5000 }, async () => {
  const { asked, fix, place } = satellites();
  place.watch(() => {});
  const answer = place.current(20000);
  asked.watched[0].heard(fix(114.31));
  assert.equal((await answer)?.lon, 114.31);
});

test('a watched fix of less than five seconds ago answers at once', async () => {
  const { asked, fix, place } = satellites();
  place.watch(() => {});
  asked.watched[0].heard(fix());
  asked.now += 4999;
  assert.equal((await place.current())?.lon, 114.3);
  assert.equal(asked.once.length, 0);
});

for (const [seconds, taken] of [[59, true], [60, false]]) {
  test(`a watch silent for ${seconds} s ${taken ? 'means a phone that lies still' : 'knows nothing'}`, async () => {
    const { asked, fix, place } = satellites();
    place.watch(() => {});
    const heard = fix();
    asked.watched[0].heard(heard);
    asked.now += seconds * 1000;
    const position = await place.current(5);
    assert.equal(position !== null, taken);
    if (position) assert.equal(Date.parse(position.at), heard.timestamp, 'it says when it was true');
  });
}

test('a fault of the one question does not end the wait while a watch runs', { timeout: 5000 }, async () => {
  const { asked, fix, fault, place } = satellites();
  place.watch(() => {});
  const answer = place.current(20000);
  asked.once[0].failed(fault(2));
  asked.watched[0].heard(fix(114.32));
  assert.equal((await answer)?.lon, 114.32);
  assert.equal(place.problem(), null);
});

test('without a watch a fault answers at once, and so does a refusal with one', { timeout: 5000 }, async () => {
  const { asked, fault, place } = satellites();
  const alone = place.current(20000);
  asked.once[0].failed(fault(3));
  assert.equal(await alone, null);
  place.watch(() => {});
  const refused = place.current(20000);
  asked.once[1].failed(fault(1));
  assert.equal(await refused, null);
  assert.equal(place.problem(), 'denied');
});

test('everybody who asks is answered once, and the watch ends with its last listener', { timeout: 5000 }, async () => {
  const { asked, fix, place } = satellites();
  const heard = [];
  const stop = place.watch((position) => heard.push(position.lon));
  const answers = [place.current(20000), place.current(20000)];
  asked.once[1].heard(fix(114.33));
  asked.once[0].heard(fix(114.34));
  assert.deepEqual((await Promise.all(answers)).map((position) => position?.lon), [114.33, 114.33]);
  assert.deepEqual(heard, [114.33, 114.34]);
  stop();
  assert.equal(asked.cleared, 1);
});

test('what speaks for and against having been there is said, and a simulated position is a hint', async () => {
  const { asked, fix, place } = satellites();
  const venue = { lon: 114.3, lat: 30.6 };
  const phone = { clock: () => asked.now, place, clockOffset_ms: () => -90_000 };
  const at = (/** @type {number} */ lon, accuracy = 12) => positionOf({ ...fix(lon), coords: { ...fix(lon).coords, accuracy } }, isoWithOffset);
  const here = at(114.301);
  asked.now += 7000;
  assert.deepEqual(presenceAt(phone, venue, here, true), {
    qr: true, distance_m: 95.7, accuracy_m: 12, fix_age_s: 7, mock_hint: false, clock_offset_ms: -90_000,
  });
  assert.equal(presenceAt(phone, venue, at(114.3, 0), false).mock_hint, true, 'an accuracy of exactly 0');
  assert.deepEqual(presenceAt(phone, venue, null, false), {
    qr: false, distance_m: null, accuracy_m: null, fix_age_s: null, mock_hint: false, clock_offset_ms: -90_000,
  });
  place.watch(() => {});
  asked.watched[0].heard(fix(114.3));
  asked.now += 10_000;
  asked.watched[0].heard(fix(114.31));
  assert.equal(presenceAt(phone, venue, here, false).mock_hint, true, 'nearly a kilometre in ten seconds');
});
