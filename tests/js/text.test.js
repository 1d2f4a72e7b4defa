import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { messageParts } from '../../static/js/core/text.js';

const known = new URL('../unit/known_answers/sms_parts.json', import.meta.url);

test('a page counts text messages as the server does', () => {
  const table = JSON.parse(readFileSync(known, 'utf-8'));
  assert.ok(table.length > 20);
  for (const [piece, times, parts] of table) {
    assert.equal(messageParts(piece.repeat(times)), parts, `${times} times “${piece}”`);
  }
});
