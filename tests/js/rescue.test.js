import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDatabase } from '../../static/js/store/database.js';
import { createKeys } from '../../static/js/store/keys.js';
import { createLocker } from '../../static/js/store/locker.js';
import { rescuable, rescueFiles } from '../../static/js/store/rescue.js';

const PIN = '135790';
const NOW = 1790000000000;
const clock = () => NOW;
const OAEP = { name: 'RSA-OAEP', hash: 'SHA-256' };
const pair = await crypto.subtle.generateKey({ ...OAEP, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, ['encrypt', 'decrypt']);
const spki = Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey)).toString('base64');
const bureau = { id: 'key-1', spki };
let phones = 0;

function phone(known = bureau) {
  phones += 1;
  const database = createDatabase(`rescue-${phones}`);
  const state = { known };
  const keys = createKeys({ database, clock, iterations: 1000, bureau: async () => state.known });
  return { database, keys, state, needs: { database, clock, device_uid: 'phone-7', clock_offset_ms: 1500 } };
}

const visit = (text, blobs = []) => ({ kind: 'visit.record', body: { note: text }, label: text, blobs });

/** What the server does: the key out of its escrow, each record by its own name. */
async function opened(file) {
  const bytes = Buffer.from(await file.blob.arrayBuffer());
  assert.equal(bytes.subarray(0, 14).toString(), 'PATROLRESCUE1\n');
  const length = bytes.readUInt32BE(14);
  const header = JSON.parse(bytes.subarray(18, 18 + length).toString());
  const keys = new Map();
  for (const { uid, escrow } of header.people) {
    const raw = await crypto.subtle.decrypt(OAEP, pair.privateKey, Buffer.from(escrow, 'base64'));
    keys.set(uid, await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']));
  }
  let at = 18 + length;
  const records = [];
  for (const { type, owner, id, sha256, iv, size } of header.records) {
    const additionalData = new TextEncoder().encode(type === 'entry' ? `entry/${id}` : `${owner}/blob/${sha256}`);
    const how = { name: 'AES-GCM', iv: Buffer.from(iv, 'base64'), additionalData };
    const data = await crypto.subtle.decrypt(how, keys.get(owner), bytes.subarray(at, at + size));
    records.push({ type, owner, data: Buffer.from(data).toString() });
    at += size;
  }
  assert.equal(at, bytes.length);
  return { header, records };
}

test('everything unsent of everybody comes out without a PIN, and only the bureau opens it', async () => {
  const { database, keys, needs } = phone();
  const li = createLocker({ database, key: await keys.create({ uid: 'li', label: '李＊' }, PIN), owner: 'li', clock });
  const wang = createLocker({ database, key: await keys.create({ uid: 'wang', label: '王＊' }, PIN), owner: 'wang', clock });
  const photo = await li.addBlob(new TextEncoder().encode('a picture').buffer, 'image/jpeg', 'draft/1');
  await li.commit({ entries: [visit('旅馆一'), visit('旅馆二', [photo.sha256])], unhold: { holder: 'draft/1', blobs: [photo.sha256] } });
  await wang.commit({ entries: [visit('another person')] });
  await keys.forget('li');

  assert.deepEqual(await rescuable(database), [
    { uid: 'li', label: '李＊', ready: true, entries: 2 },
    { uid: 'wang', label: '王＊', ready: true, entries: 1 },
  ]);
  const [own, ...more] = await rescueFiles(needs, ['li']);
  assert.equal(more.length, 0);
  assert.deepEqual([own.entries, own.photos], [2, 1]);
  const { header, records } = await opened(own);
  assert.deepEqual([header.key_id, header.device_uid, header.clock_offset_ms, header.part, header.parts], ['key-1', 'phone-7', 1500, 1, 1]);
  assert.deepEqual(records.map(({ owner }) => owner), ['li', 'li', 'li']);
  assert.deepEqual(records.slice(0, 2).map(({ data }) => JSON.parse(data).body.note), ['旅馆一', '旅馆二']);
  assert.equal(records[2].data, 'a picture');
  const everyone = await opened((await rescueFiles(needs, ['li', 'wang']))[0]);
  assert.equal(everyone.records.length, 4);
  assert.ok(!Buffer.from(await own.blob.arrayBuffer()).toString('utf8').includes('旅馆'), 'nothing stands in the open');
});

test('large exports come in parts, all entries in the first', async () => {
  const { database, keys, needs } = phone();
  const li = createLocker({ database, key: await keys.create({ uid: 'li', label: '李＊' }, PIN), owner: 'li', clock });
  const blobs = [];
  for (const fill of [1, 2, 3]) blobs.push((await li.addBlob(new Uint8Array(20e6).fill(fill).buffer, 'image/jpeg', 'draft/1')).sha256);
  await li.commit({ entries: [visit('x', blobs)], unhold: { holder: 'draft/1', blobs } });
  const files = await rescueFiles(needs, ['li']);
  assert.deepEqual(files.map(({ entries, photos }) => [entries, photos]), [[1, 2], [0, 1]]);
  assert.ok(files.every(({ blob }) => blob.size < 64e6));
  assert.equal((await opened(files[1])).header.parts, 2);
});

test('who set the PIN without the bureau’s key gets the way out at the next PIN', async () => {
  const { database, keys, state, needs } = phone(null);
  const li = createLocker({ database, key: await keys.create({ uid: 'li', label: '李＊' }, PIN), owner: 'li', clock });
  await li.commit({ entries: [visit('x')] });
  assert.deepEqual((await rescuable(database)).map(({ ready }) => ready), [false]);
  assert.deepEqual(await rescueFiles(needs, ['li']), []);
  state.known = bureau;
  await keys.unlock('li', PIN);
  await keys.escrowed;
  assert.deepEqual((await rescuable(database)).map(({ ready }) => ready), [true]);
  await keys.changePin('li', PIN, '246810');
  const [file] = await rescueFiles(needs, ['li']);
  assert.equal((await opened(file)).records.length, 1);
});
