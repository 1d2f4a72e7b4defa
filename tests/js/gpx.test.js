import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trackWithin } from '../../static/js/patrols/gpx.js';

const START = Date.parse('2026-11-24T09:00:00+08:00');
const walked = (seconds, lon = 114.3) => ({ ms: START + seconds * 1000, lon, lat: 30.6, hdop: null });

test('only what lies between start and end of the patrol is taken', () => {
  const raw = [walked(-60), walked(0), walked(30), walked(60), walked(3601)];
  const { batches, taken, outside } = trackWithin(raw, START, START + 3600000);
  assert.deepEqual([taken, outside], [3, 2]);
  assert.ok(batches[0].points.every(({ at }) => Date.parse(at) >= START && Date.parse(at) <= START + 3600000));
});

test('a point a second becomes one every 15 s or 20 m', () => {
  const still = Array.from({ length: 61 }, (_, second) => walked(second));
  assert.equal(trackWithin(still, START, START + 1e9).taken, 5);
  const moving = Array.from({ length: 61 }, (_, second) => walked(second, 114.3 + second * 0.00011)); // about 10.5 m/s
  assert.equal(trackWithin(moving, START, START + 1e9).taken, 31);
});

test('a silence of more than a minute is a gap, and the line is not drawn through it', () => {
  const { batches } = trackWithin([walked(0), walked(50), walked(200)], START, START + 1e9);
  assert.deepEqual(batches[0].gaps.map(({ from, to }) => (Date.parse(to) - Date.parse(from)) / 1000), [150]);
});

test('a day of points becomes entries that the server takes', () => {
  const raw = Array.from({ length: 2000 }, (_, at) => walked(at * 15));
  const { batches, taken } = trackWithin(raw, START, START + 1e9);
  assert.equal(taken, 2000);
  assert.ok(batches.every(({ points, gaps }) => points.length <= 500 && gaps.length <= 100));
  assert.ok(JSON.stringify(batches[0]).length < 262144);
  assert.equal(new Set(batches.flatMap(({ points }) => points.map(({ at }) => at))).size, 2000);
});

test('the accuracy is what the receiver said, in metres, or an honest guess', () => {
  const [stated, unstated] = trackWithin([{ ...walked(0), hdop: 1.24 }, walked(60)], START, START + 1e9).batches[0].points;
  assert.deepEqual([stated.accuracy_m, unstated.accuracy_m, stated.source], [6.2, 20, 'gpx']);
});
