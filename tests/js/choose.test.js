import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined, lineOf, linesOf, pastedLines } from '../../static/js/venues/choose.js';

test('a venue is written as the server reads it, one on a line', () => {
  const lines = ['江城宾馆', '和平会馆'].map((name, n) => lineOf({ name, code: `JA-000${n}` }));
  assert.deepEqual(lines, ['江城宾馆 (JA-0000)', '和平会馆 (JA-0001)']);
  assert.deepEqual(linesOf(` ${lines.join(' \r\n\n ')}\n`), lines);
});

test('a venue is chosen once', () => {
  assert.deepEqual(joined(['甲', '乙'], ['乙', '丙', '丙']), ['甲', '乙', '丙']);
});

test('a pasted list is taken apart, a single name is left to the search', () => {
  assert.deepEqual(pastedLines('JA-1、JA-2；JA-3\nJA-4\t'), ['JA-1', 'JA-2', 'JA-3', 'JA-4']);
  assert.deepEqual(pastedLines(' 江城宾馆 '), []);
});
