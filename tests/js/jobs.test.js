import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from '../../static/js/ui/jobs.js';

test('progress is said in whole numbers: a share in per cent, else a count', () => {
  globalThis.document = /** @type {any} */ ({ documentElement: { lang: 'en' } });
  assert.equal(counted(14.312817930082948, 100), '14 %');
  assert.equal(counted(2, 7), '2 of 7');
});
