import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../static/js/core/canonical.js';
import { distance_m, distanceText, positionOf } from '../../static/js/core/geo.js';
import { hashOfBody, sha256Hex } from '../../static/js/core/hash.js';
import { plainText } from '../../static/js/core/text.js';
import { age, clockText, dayAndClock, isoWithOffset } from '../../static/js/core/time.js';
import { uuidIn, uuidv7 } from '../../static/js/core/uuid.js';
import { shrunkSize, watermarkLayout, watermarkLines } from '../../static/js/core/watermark.js';

test('a UUIDv7 matches the example of RFC 9562 appendix A.6', () => {
  const random = [0, 0, 0, 0, 0, 0, 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
  const uuid = uuidv7(0x017f22e279b0, (bytes) => {
    bytes.set(random);
    return bytes;
  });
  assert.equal(uuid, '017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('names made later sort later, and no two are equal', () => {
  const names = Array.from({ length: 2000 }, (_, index) => uuidv7(1790000000000 + index));
  assert.deepEqual([...names].sort(), names);
  assert.equal(new Set(Array.from({ length: 2000 }, () => uuidv7(1790000000000))).size, 2000);
});

test('a UUID is found inside a printed address', () => {
  const uid = '01976f00-0000-7000-8000-00000000abcd';
  assert.equal(uuidIn(`https://patrol.example/v/${uid.toUpperCase()}?s=qr`), uid);
  assert.equal(uuidIn('https://patrol.example/v/'), null);
});

test('canonical JSON writes the examples of RFC 8785', () => {
  const input = JSON.parse(
    '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
      '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
  );
  const expected =
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
  assert.equal(canonicalJson(input), expected);
  const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  const order = [...canonicalJson(names).matchAll(/:(\d)/g)].map((found) => found[1]).join('');
  assert.equal(order, '2467153');
});

test('canonical JSON does not depend on the order of members and leaves out undefined ones', () => {
  assert.equal(canonicalJson({ b: 1, a: { d: [-0, 'x'], c: undefined } }), '{"a":{"d":[0,"x"]},"b":1}');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, '\ud800', 1n]) {
    assert.throws(() => canonicalJson({ value }), TypeError);
  }
});

test('hashes are those that everyone else computes', async () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  assert.equal(await sha256Hex(new Uint8Array()), empty);
  assert.equal(await hashOfBody({ b: '线索', a: 1 }), await hashOfBody({ a: 1, b: '线索' }));
});

test('distances on the ground', () => {
  const hankou = { lon: 114.2577, lat: 30.6158 };
  assert.ok(Math.abs(distance_m(hankou, { lon: 114.3167, lat: 30.5288 }) - 11211) < 60);
  assert.equal(distance_m(hankou, hankou), 0);
  assert.equal(distanceText(84.6), '85 m');
  assert.equal(distanceText(1234), '1.2 km');
  assert.equal(distanceText(23456), '23 km');
});

test('a fix becomes the position of the wire', () => {
  const coords = { longitude: 114.123456789, latitude: 30.1, accuracy: 12.345 };
  assert.deepEqual(
    positionOf({ coords, timestamp: 0 }, (ms) => isoWithOffset(ms, 480)),
    {
      lon: 114.1234568,
      lat: 30.1,
      accuracy_m: 12.3,
      at: '1970-01-01T08:00:00.000+08:00',
      source: 'gps',
      datum: 'WGS-84',
    },
  );
});

test('times keep the offset of the phone', () => {
  const ms = Date.UTC(2026, 10, 24, 1, 5);
  assert.equal(isoWithOffset(ms, 480), '2026-11-24T09:05:00.000+08:00');
  assert.equal(isoWithOffset(ms, -210), '2026-11-23T21:35:00.000-03:30');
  assert.equal(Date.parse(isoWithOffset(ms, 480)), ms);
  assert.equal(clockText('09:30:00'), '09:30');
  assert.equal(clockText(null), '');
  assert.equal(dayAndClock('2026-11-24T09:05:00+08:00', 480), '2026-11-24 09:05');
  assert.equal(dayAndClock('2026-11-23T23:05:00Z', 480), '2026-11-24 07:05', 'an instant is shown as the phone says it');
  assert.equal(clockText('2026-11-24T01:05:00.123456+00:00', 480), '09:05');
  assert.equal(dayAndClock('2026-11-24'), '2026-11-24');
  assert.deepEqual(age(59 * 60000), { count: 59, unit: 'minute' });
  assert.deepEqual(age(3 * 3600000), { count: 3, unit: 'hour' });
  assert.deepEqual(age(3 * 86400000), { count: 3, unit: 'day' });
});

test('a watermark stays inside its picture at every size', () => {
  const lines = watermarkLines({ time: '2026-11-24 09:05', place: '江岸区'.repeat(30), person: '李明', task: '' });
  assert.equal(lines.length, 3);
  for (const [width, height] of [[1600, 1200], [900, 1600], [320, 240]]) {
    const measure = (/** @type {string} */ text, /** @type {number} */ size) => [...text].length * size;
    const layout = watermarkLayout({ width, height }, lines, measure);
    assert.ok(layout.lines.length > 3);
    for (const line of layout.lines) {
      assert.ok(line.x >= 0 && line.x + measure(line.text, layout.font_px) <= width);
      assert.ok(line.y > layout.box.y && line.y <= height);
    }
  }
});

test('a shrunk picture keeps its shape and a small one its size', () => {
  assert.deepEqual(shrunkSize({ width: 4000, height: 3000 }, 1600), { width: 1600, height: 1200 });
  assert.deepEqual(shrunkSize({ width: 640, height: 480 }, 1600), { width: 640, height: 480 });
});

test('a text loses what would send a record back, and nothing else', () => {
  assert.equal(plainText('  a\u0000b\u000bc\nd\te  ', 99), 'abc\nd\te');
  assert.equal(plainText('线索\ud83d', 99), '线索\ufffd');
  assert.equal(plainText('ab\ud83d\ude00', 3), 'ab\ufffd', 'a letter cut in two is not left torn');
  assert.equal(plainText('好\ud83d\ude00', 99), '好\ud83d\ude00');
});
