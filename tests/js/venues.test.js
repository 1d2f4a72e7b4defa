import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clamp, toneOf } from '../../static/js/venues/points.js';
import { boxOf } from '../../static/js/venues/preview.js';

/** @param {0|1} overdue @param {number} risk @param {0|1} open */
const point = (overdue, risk, open) => toneOf(['u', 114, 30, 'n', 0, overdue, risk, open]);

test('risk shows before lateness, and a closed venue shows neither', () => {
  assert.equal(point(1, 40, 1), 'danger');
  assert.equal(point(1, 5, 1), 'warn');
  assert.equal(point(0, 5, 1), 'info');
  assert.equal(point(1, 90, 0), 'quiet');
});

test('a section over the edge of the world stays on it', () => {
  assert.deepEqual(clamp([-200, -95, 200, 95]), [-180, -90, 180, 90]);
});

test('the box holds every point, and nothing has no box', () => {
  assert.deepEqual(boxOf([{ lon: 1, lat: 5 }, { lon: 3, lat: 2 }]), [1, 2, 3, 5]);
  assert.equal(boxOf([]), null);
});
