import assert from 'node:assert/strict';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { openDraft } from '../../static/js/findings/draft.js';
import { createDatabase } from '../../static/js/store/database.js';
import { createLastWord, poly1305 } from '../../static/js/store/last_word.js';
import { createLocker } from '../../static/js/store/locker.js';

const clock = () => 1790000000000;

/** localStorage in memory. */
const shelfOf = (kept = new Map()) => ({
  kept,
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => void kept.set(name, value),
  removeItem: (name) => void kept.delete(name),
});
const keyOf = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
let count = 0;
async function lockerOf(owner = 'li') {
  count += 1;
  return createLocker({ database: createDatabase(`last-word-${count}`), key: await keyOf(), owner, clock });
}
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (two) => Number.parseInt(two, 16));

test('Poly1305 gives the tag of RFC 8439, section 2.5.2', () => {
  const key = bytes('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b');
  const said = new TextEncoder().encode('Cryptographic Forum Research Group');
  assert.deepEqual(poly1305(said, key), bytes('a8061dc1305136c6c22b8baf0c0127a9'));
});

test('a last word is heard by the same person and readable by nobody', async () => {
  const locker = await lockerOf();
  const shelf = shelfOf();
  const last = createLastWord({ ...locker, shelf });
  assert.equal(last.say('draft/1', { text: '地铺' }), false, 'without a pad nothing is written');
  await last.prepare();
  assert.equal(last.say('draft/1', { text: '客厅有六床地铺 bedding' }), true);
  assert.equal(last.say('draft/1', { text: 'again' }), false, 'a pad serves once');
  const [[slot, kept]] = shelf.kept;
  assert.ok(!atob(kept.split('.')[2]).includes('bedding'));
  assert.deepEqual(await createLastWord({ ...locker, shelf }).heard('draft/1'), { text: '客厅有六床地铺 bedding' });
  const other = createLastWord({ ...(await lockerOf()), shelf });
  assert.equal(await other.heard('draft/1'), null, 'another key');
  shelf.kept.set('patrol/li/draft/2', kept);
  assert.equal(await last.heard('draft/2'), null, 'moved to another name');
  const [iv, tag, data] = kept.split('.');
  for (const [at, part] of [iv, tag, data].entries()) {
    const turned = bytes([...atob(part)].map((one, n) => (one.charCodeAt(0) ^ (n === 3 ? 1 : 0)).toString(16).padStart(2, '0')).join(''));
    const all = [iv, tag, data].with(at, btoa(String.fromCharCode(...turned)));
    shelf.kept.set(slot, all.join('.'));
    assert.equal(await last.heard('draft/1'), null, `a bit turned in part ${at}`);
  }
  shelf.kept.set(slot, 'rubbish');
  assert.equal(await last.heard('draft/1'), null);
});

test('what is too long, or finds the phone full, is left to the disk', async () => {
  const locker = await lockerOf();
  const shelf = shelfOf();
  const last = createLastWord({ ...locker, shelf });
  await last.prepare();
  assert.equal(last.say('draft/1', 'x'.repeat(40000)), false);
  shelf.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  assert.equal(last.say('draft/1', 'x'), false);
});

test('a page left in the middle of a change brings it back, once, and not after it became an entry', async () => {
  const locker = await lockerOf();
  const shelf = shelfOf();
  const prepared = async () => {
    const last = createLastWord({ ...locker, shelf });
    await last.prepare();
    return last;
  };
  const win = new EventTarget();
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const open = async (its = locker) =>
    openDraft({ locker: its, name: 'draft/1', fresh: () => ({ text: '' }), clock, page, win, lastWord: await prepared() });
  const dying = { ...locker, commit: () => new Promise(() => undefined) };
  const first = await open(dying);
  first.change({ text: 'the last letter' });
  win.dispatchEvent(new Event('pagehide'));
  assert.equal(await locker.read('draft/1'), null);

  const again = await open();
  assert.equal(again.value.text, 'the last letter');
  await again.leave();
  assert.equal((await locker.read('draft/1')).text, 'the last letter');
  assert.equal(shelf.kept.size, 0);

  again.change({ text: 'said and saved' });
  win.dispatchEvent(new Event('pagehide'));
  await again.endWith(() => locker.commit({ drop: ['draft/1'] }));
  assert.equal(shelf.kept.size, 0);
  assert.equal((await open()).value.text, '');
});
