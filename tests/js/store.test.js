import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDB } from 'idb';
import { sha256Hex } from '../../static/js/core/hash.js';
import { createDatabase, storageFull } from '../../static/js/store/database.js';
import { createKeys, IDLE_MS, pinIsAcceptable } from '../../static/js/store/keys.js';
import { createLocker } from '../../static/js/store/locker.js';
import { createMeta } from '../../static/js/store/meta.js';
import { createOutbox } from '../../static/js/store/outbox.js';

const PIN = '135790';
const LI = { uid: 'li', label: '李＊' };
const WANG = { uid: 'wang', label: '王＊' };
let phones = 0;

/** A phone with its own database and a clock that a test can turn. */
function phone() {
  phones += 1;
  const name = `phone-${phones}`;
  const database = createDatabase(name);
  const time = { now: 1790000000000 };
  const clock = () => time.now;
  const keys = createKeys({ database, clock, iterations: 1000 });
  const open = (key, owner) => ({
    locker: createLocker({ database, key, owner, clock }),
    outbox: createOutbox({ database, key, owner, clock }),
  });
  return { name, database, time, clock, keys, open };
}

async function rawRecords(name) {
  const db = await openDB(name);
  const all = await Promise.all([...db.objectStoreNames].map((store) => db.getAll(store)));
  db.close();
  return all.flat();
}

const visit = (text, blobs = []) => ({ kind: 'visit.record', body: { note: text }, label: text, blobs });

test('a PIN opens what it closed, a wrong one only costs time', async () => {
  const { keys, time } = phone();
  await keys.create(LI, PIN);
  assert.ok('key' in (await keys.unlock('li', PIN)));
  for (let wrong = 1; wrong <= 5; wrong += 1) assert.equal((await keys.unlock('li', '999999')).wrong, wrong);
  assert.ok((await keys.unlock('li', PIN)).wait_ms > 0);
  time.now += 31000;
  assert.ok('key' in (await keys.unlock('li', PIN)));
  await assert.rejects(keys.create(LI, '246810'), RangeError);
  await assert.rejects(keys.unlock('nobody', PIN), RangeError);
});

test('simple PINs are not accepted', () => {
  for (const pin of ['', '12345', '000000', '12345a', '1234567890123']) assert.ok(!pinIsAcceptable(pin));
  for (const pin of ['123456', '135790', '123456789012']) assert.ok(pinIsAcceptable(pin));
});

test('a changed PIN opens the old work', async () => {
  const { keys, open } = phone();
  const first = open(await keys.create(LI, PIN), 'li');
  await first.locker.commit({ put: { pack: { venues: ['旅馆'] } } });
  assert.equal(await keys.changePin('li', '999999', '246810'), false);
  assert.equal(await keys.changePin('li', PIN, '246810'), true);
  assert.equal((await keys.unlock('li', PIN)).wrong, 1);
  const { key } = await keys.unlock('li', '246810');
  assert.deepEqual(await open(key, 'li').locker.read('pack'), { venues: ['旅馆'] });
});

test('the key is held for fifteen idle minutes and cannot be exported', async () => {
  const { keys, time } = phone();
  const made = await keys.create(LI, PIN);
  await assert.rejects(crypto.subtle.exportKey('raw', made));
  time.now += IDLE_MS - 1;
  const key = await keys.held('li');
  assert.ok(key);
  await assert.rejects(crypto.subtle.exportKey('raw', key));
  await keys.touch('li', key);
  time.now += IDLE_MS - 1;
  assert.ok(await keys.held('li'));
  time.now += 1;
  assert.equal(await keys.held('li'), null);
  await keys.unlock('li', PIN);
  time.now -= 3600000;
  assert.equal(await keys.held('li'), null, 'a clock set back does not keep the phone open');
});

test('nothing readable is on the disk', async () => {
  const { name, keys, open } = phone();
  const { locker } = open(await keys.create(LI, PIN), 'li');
  await locker.commit({ put: { pack: { secret: 'SECRET-WORD' } }, entries: [visit('SECRET-WORD')] });
  await locker.addBlob(new TextEncoder().encode('SECRET-WORD').buffer, 'image/jpeg', 'draft/x');
  const text = (await rawRecords(name))
    .flatMap((record) => Object.values(record))
    .map((value) => (value instanceof ArrayBuffer ? Buffer.from(value).toString('latin1') : String(value)))
    .join(' ');
  assert.ok(!text.includes('SECRET-WORD'));
  assert.ok(text.includes('li'));
});

test('another person on the same phone neither sees nor destroys nor sends it', async () => {
  const { keys, open } = phone();
  const li = open(await keys.create(LI, PIN), 'li');
  await li.locker.commit({ put: { 'draft/1': { text: 'x' } }, entries: [visit('of Li')] });
  await keys.forget('li');
  const wang = open(await keys.create(WANG, '246810'), 'wang');
  assert.deepEqual(await wang.outbox.list(), []);
  assert.deepEqual(await wang.outbox.due(10), []);
  assert.equal(await wang.locker.read('draft/1'), null);
  await wang.locker.commit({ entries: [visit('of Wang')], drop: ['draft/1'] });
  const [own] = await wang.outbox.list();
  await wang.outbox.settle(own, own.sha256);
  const again = open((await keys.unlock('li', PIN)).key, 'li');
  assert.equal((await again.outbox.list())[0].label, 'of Li');
  assert.deepEqual(await again.locker.read('draft/1'), { text: 'x' });
  assert.deepEqual(await keys.people(), [LI, WANG]);
});

test('entries keep their order and number and leave only with the right hash', async () => {
  const { keys, open } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  await locker.commit({ entries: [visit('one'), visit('two')] });
  await locker.commit({ entries: [visit('three')] });
  const list = await outbox.list();
  assert.deepEqual(list.map((entry) => [entry.device_seq, entry.label]), [[1, 'one'], [2, 'two'], [3, 'three']]);
  assert.equal(await outbox.settle(list[0], 'f'.repeat(64)), false);
  assert.equal((await outbox.list()).length, 3);
  assert.equal(await outbox.settle(list[0], list[0].sha256), true);
  assert.deepEqual(await outbox.summary(), { unsent: 2, parked: 0, oldest_at: 1790000000000 });
  assert.equal((await locker.readAll('receipt/')).length, 1);
});

test('parked entries wait for their owner, paused ones for their time', async () => {
  const { keys, open, time } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  const [one, two] = await locker.commit({ entries: [visit('one'), visit('two')] });
  await outbox.park(one, { code: 'a.b', zh: '缺', en: 'missing' });
  await outbox.later(two, 3, time.now + 60000);
  assert.deepEqual(await outbox.due(10), []);
  assert.equal((await outbox.list())[0].problem.zh, '缺');
  time.now += 60000;
  assert.equal((await outbox.due(10))[0].id, two);
  await outbox.later(two, 4, time.now + 60000);
  time.now -= 365 * 86400000;
  assert.equal((await outbox.due(10))[0].id, two, 'a clock set back by a year does not stop sending');
  await outbox.retry(one);
  assert.deepEqual((await outbox.due(10)).map((entry) => [entry.id, entry.attempts]), [[one, 0], [two, 4]]);
});

test('a photo lives as long as a draft or an entry needs it', async () => {
  const { keys, open } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  const bytes = new Uint8Array(1000).fill(7).buffer;
  const { sha256, size } = await locker.addBlob(bytes, 'image/jpeg', 'draft/1');
  assert.deepEqual([sha256, size], [await sha256Hex(bytes), 1000]);
  await locker.commit({
    drop: ['draft/1'],
    entries: [visit('with photo', [sha256])],
    unhold: { holder: 'draft/1', blobs: [sha256] },
  });
  assert.deepEqual(new Uint8Array((await locker.blob(sha256)).bytes), new Uint8Array(bytes));
  const [entry] = await outbox.list();
  assert.deepEqual(entry.blobs, [sha256]);
  await outbox.settle(entry, entry.sha256);
  assert.equal(await locker.blob(sha256), null);
});

test('a change is all or nothing', async () => {
  const { keys, open, database } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  const boom = new Error('boom');
  const broken = {
    ...database,
    run: (stores, mode, work) =>
      database.run(stores, mode, async (tx) => {
        await work(tx);
        throw boom;
      }),
  };
  const key = await keys.held('li');
  const failing = createLocker({ database: broken, key, owner: 'li', clock: () => 0 });
  await assert.rejects(failing.commit({ put: { a: 1 }, entries: [visit('x')] }), boom);
  assert.equal(await locker.read('a'), null);
  assert.deepEqual(await outbox.list(), []);
});

test('a connection closed by another tab is opened again', async () => {
  const { name, keys, open } = phone();
  const { locker } = open(await keys.create(LI, PIN), 'li');
  await locker.commit({ put: { a: 1 } });
  const newer = await openDB(name, 2);
  newer.close();
  await assert.rejects(locker.read('a'), { name: 'VersionError' });
  assert.equal(storageFull({ name: 'QuotaExceededError' }), true);
});

test('a connection that died is opened again and the change is made once', async () => {
  const { keys, open, database } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  await database.run(['meta'], 'readonly', async (tx) => tx.db.close());
  await locker.commit({ entries: [visit('after')] });
  assert.equal((await outbox.list()).length, 1);
});

test('a phone names itself once', async () => {
  const { database, clock } = phone();
  const meta = createMeta({ database, clock });
  const [one, two] = await Promise.all([meta.deviceUid(), meta.deviceUid()]);
  assert.equal(one, two);
  await meta.write('last_person', 'li');
  assert.equal(await meta.read('last_person'), 'li');
});

test('sending now waits out no pause and leaves parked entries alone', async () => {
  const { keys, open, time } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  const [one, two] = await locker.commit({ entries: [visit('one'), visit('two')] });
  await outbox.later(one, 3, time.now + 60000);
  await outbox.park(two, { code: 'a.b', zh: '', en: '' });
  await outbox.hurry();
  assert.deepEqual((await outbox.due(10)).map((entry) => entry.id), [one]);
});

test('a corrected entry takes the place of the one sent back, photos and all, in one step', async () => {
  const { keys, open } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  const { sha256 } = await locker.addBlob(new Uint8Array(9).buffer, 'image/jpeg', 'draft/1');
  const unhold = { holder: 'draft/1', blobs: [sha256] };
  const [first, other] = await locker.commit({ entries: [visit('wrong', [sha256]), visit('other')], unhold });
  await outbox.park(first, { code: 'x.y', zh: '', en: '' });
  const replaces = { id: first, blobs: [sha256] };
  await locker.commit({ put: { 'draft/1': { replaces } }, hold: { holder: 'draft/1', blobs: [sha256] } });
  await locker.commit({ entries: [visit('right', [sha256])], drop: ['draft/1'], replaces, unhold });
  assert.deepEqual((await outbox.list()).map((entry) => entry.label), ['other', 'right']);
  assert.ok(await locker.blob(sha256));
  await locker.commit({ replaces: { id: other, blobs: [] } });
  assert.equal((await outbox.list()).length, 2, 'what was not sent back cannot be withdrawn');
});

test('a long list opens only what it shows, what was sent back first', async () => {
  const { keys, open, name } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  const ids = await locker.commit({ entries: Array.from({ length: 12 }, (_, at) => visit(`n${at}`)) });
  await outbox.park(ids[7], { code: 'a.b', zh: '缺', en: 'missing' });
  // Whatever lies beyond the first page is left sealed: spoiling it must not be noticed.
  const db = await openDB(name);
  await db.put('outbox', { ...(await db.get('outbox', ids[11])), data: new ArrayBuffer(40) });
  db.close();
  const { entries, all } = await outbox.page(5);
  assert.equal(all, 12);
  assert.deepEqual(entries.map(({ label }) => label), ['n7', 'n0', 'n1', 'n2', 'n3']);
  await assert.rejects(outbox.page(12));
});

test('receipts older than two weeks go, by when they were sent', async () => {
  const { keys, open, time } = phone();
  const { locker, outbox } = open(await keys.create(LI, PIN), 'li');
  await locker.commit({ entries: [visit('sent at once'), visit('sent late')] });
  const [first, second] = await outbox.list();
  await outbox.settle(first, first.sha256);
  time.now += 13 * 86400000;
  await outbox.settle(second, second.sha256);
  time.now += 2 * 86400000;
  await locker.forgetOldReceipts();
  assert.deepEqual((await locker.readLast('receipt/', 5)).map(({ value }) => value.label), ['sent late']);
  await locker.commit({ entries: [visit('of today')] });
  const [today] = await outbox.list();
  await outbox.settle(today, today.sha256);
  assert.deepEqual((await locker.readLast('receipt/', 1)).map(({ value }) => value.label), ['of today']);
});
