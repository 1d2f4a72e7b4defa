import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDatabase } from '../../static/js/store/database.js';
import { createKeys } from '../../static/js/store/keys.js';
import { createLocker } from '../../static/js/store/locker.js';
import { createOutbox } from '../../static/js/store/outbox.js';
import { applied, catchUp } from '../../static/js/sync/feed.js';

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const venue = (uid, more = {}) => ({
  uid, name: `旅馆${uid}`, kind: 'hotel', kind_name: '旅馆', address: '某路1号', lon: 114.3, lat: 30.5, code: 'A1', qr_token: 'q', ...more,
});
const full = (uid) => venue(uid, { owner_name: '王某', opening_hours: '', note: '后门', revisit_interval_days: 30, history: [{ text: '旧' }] });
const packOf = (cursor = 'c0') => ({
  version: 'v', date: '2026-07-30', feed_cursor: cursor, language: 'zh',
  task: [{ stops: [{ stop_uid: 's1', venue_uid: 'a' }, { stop_uid: 's2', venue_uid: 'b' }] }],
  venues: [full('a'), full('b'), venue('c'), venue('d')],
});
const changed = (uid, record) => ({ number: 1, kind: 'venue', uid, change: 'changed', record: { uid, scope_path: '/x/', ...record } });
const gone = (uid, change, reason) => ({ number: 2, kind: 'venue', uid, change, reason });
const page = (cursor, changes = [], more = false) => ({ receipt_of: 'patrol', server_time: 'now', cursor, more, changes });

/** A phone whose server gives these answers by cursor; a function may fail or do something meanwhile. */
function phone(answers, pack = packOf()) {
  const seen = { asked: [], owners: [], kept: [], packs: 0, pack };
  const needs = {
    owner: 'li',
    language: 'zh',
    pack: () => seen.pack,
    keep: async (next) => {
      seen.pack = next;
      seen.kept.push(next);
    },
    takePack: async () => {
      seen.packs += 1;
      seen.pack = packOf('fresh');
      return 'taken';
    },
    fetch: async (path, init) => {
      const cursor = new URL(path, 'http://x').searchParams.get('cursor');
      seen.asked.push(cursor);
      seen.owners.push(init.headers['X-Patrol-Person']);
      const answer = answers[cursor];
      return typeof answer === 'function' ? answer(seen) : json(200, answer);
    },
  };
  return { seen, needs };
}
const named = (pack, uid) => pack.venues.find((one) => one.uid === uid);

test('a pack in another language than the phone speaks is fetched anew, once', async () => {
  const { seen, needs } = phone({ fresh: page('fresh') });
  needs.language = 'en';
  needs.takePack = async () => {
    seen.packs += 1;
    seen.pack = { ...packOf('fresh'), language: 'en' };
    return 'taken';
  };
  assert.equal(await catchUp(needs), 'taken');
  assert.equal(await catchUp(needs), 'current');
  assert.equal(seen.packs, 1);
});

test('changes, tombstones and what was revoked reach the pack page by page', async () => {
  const { seen, needs } = phone({
    c0: page('c 1/+', [changed('a', { name: '新名', note: '前门' }), changed('z', { name: '别处' })], true),
    'c 1/+': page('c2', [gone('b', 'revoked', 'moved'), gone('c', 'removed', 'closed'), changed('d', { name: '丁', note: '不该有' })]),
  });
  assert.equal(await catchUp(needs), 'current');
  assert.deepEqual(seen.asked, ['c0', 'c 1/+']);
  assert.deepEqual(seen.owners, ['li', 'li']);
  assert.deepEqual(named(seen.pack, 'a'), { ...full('a'), name: '新名', note: '前门' });
  assert.deepEqual(named(seen.pack, 'b'), {
    uid: 'b', name: '旅馆b', kind: 'hotel', kind_name: '旅馆', address: '某路1号', lon: 114.3, lat: 30.5, gone: 'revoked',
  });
  assert.equal(named(seen.pack, 'c'), undefined, 'no stop leads there');
  assert.deepEqual(named(seen.pack, 'd'), { ...venue('d'), name: '丁' }, 'no more of it than a round needs');
  assert.equal(named(seen.pack, 'z'), undefined);
  assert.equal(seen.pack.feed_cursor, 'c2');
  assert.deepEqual(seen.pack.task, packOf().task);
});

test('a venue that comes back loses its mark', () => {
  const away = applied(packOf(), [gone('a', 'removed', 'closed')]);
  assert.equal(named(away, 'a').gone, 'closed');
  const { history: _let_go, ...rest } = full('a');
  assert.deepEqual(named(applied(away, [changed('a', rest)]), 'a'), rest);
});

test('the same page twice is the same pack, and the old pack stays as it was', () => {
  const before = packOf();
  const changes = [changed('a', { name: '新名' }), gone('b', 'revoked', 'moved'), gone('c', 'removed', 'closed')];
  const once = applied(before, changes);
  assert.deepEqual(applied(once, changes), once);
  assert.deepEqual(before, packOf());
});

test('an answer that is half, foreign or none changes nothing, and the next try goes on from the same cursor', async () => {
  const whole = JSON.stringify(page('c1', [gone('a', 'revoked', 'moved')]));
  const headers = { 'content-type': 'application/json' };
  const faults = [
    () => new Response(whole.slice(0, -9), { status: 200, headers }),
    () => new Response('<html>welcome to the wifi</html>', { status: 200, headers: { 'content-type': 'text/html' } }),
    () => json(200, { cursor: 'c1', changes: [gone('a', 'revoked')], more: false }),
    () => json(200, { receipt_of: 'patrol', changes: [gone('a', 'revoked')] }),
    () => json(503, { code: 'sync.busy' }),
    () => new Response('<html>gone</html>', { status: 410, headers: { 'content-type': 'text/html' } }),
    () => {
      throw new TypeError('network');
    },
    () => new Response(new ReadableStream({ pull: (stream) => stream.error(new TypeError('cut')) }), { status: 200, headers }),
  ];
  for (const fault of faults) {
    const { seen, needs } = phone({ c0: fault });
    assert.equal(await catchUp(needs), 'later', String(fault));
    assert.deepEqual([seen.pack, seen.kept.length, seen.packs], [packOf(), 0, 0], String(fault));
  }
});

test('what was taken before the fault stays taken', async () => {
  const { seen, needs } = phone({ c0: page('c1', [gone('a', 'revoked', 'moved')], true), c1: () => json(500, {}) });
  assert.equal(await catchUp(needs), 'later');
  assert.equal(seen.pack.feed_cursor, 'c1');
  assert.equal(named(seen.pack, 'a').gone, 'revoked');
});

test('a stale cursor and a smaller division bring a new pack', async () => {
  const scope = { number: 3, kind: 'scope', uid: 'li', change: 'revoked', reason: 'scope', keep: '/x/y/' };
  for (const answer of [() => json(410, { code: 'sync.cursor_stale' }), page('c1', [scope], true)]) {
    const { seen, needs } = phone({ c0: answer });
    assert.equal(await catchUp(needs), 'taken');
    assert.deepEqual([seen.packs, seen.pack.feed_cursor, seen.kept.length], [1, 'fresh', 0]);
  }
  const { seen, needs } = phone({ c0: page('c1', [scope]) });
  needs.takePack = async () => 'offline';
  assert.equal(await catchUp(needs), 'later');
  assert.equal(seen.pack.feed_cursor, 'c0', 'it hears of the smaller division again');
});

test('somebody else signed in on this phone: nothing is taken', async () => {
  const { seen, needs } = phone({ c0: () => json(401, { code: 'sync.other_person' }) });
  assert.equal(await catchUp(needs), 'signed_out');
  assert.deepEqual(seen.pack, packOf());
});

test('a pack that was taken meanwhile is not overwritten by an older answer', async () => {
  const { seen, needs } = phone({
    c0: (now) => {
      now.pack = packOf('newer');
      return json(200, page('c1', [gone('a', 'revoked', 'moved')]));
    },
  });
  assert.equal(await catchUp(needs), 'later');
  assert.deepEqual(seen.pack, packOf('newer'));
});

test('a server that says more for ever is asked forty times and not for ever', async () => {
  let n = 0;
  const { seen, needs } = phone({});
  needs.fetch = async () => json(200, page(`c${(n += 1)}`, [], true));
  assert.equal(await catchUp(needs), 'taken');
  assert.equal(n, 40);
  assert.equal(seen.packs, 1);
});

test('a pack of before the feed asks nothing', async () => {
  const { seen, needs } = phone({}, { ...packOf(), feed_cursor: undefined });
  assert.equal(await catchUp(needs), 'later');
  assert.deepEqual(seen.asked, []);
});

test('each person has an own cursor under an own key, and the outbox stays untouched', async () => {
  const database = createDatabase('feed');
  const clock = () => 1790000000000;
  const keys = createKeys({ database, clock, iterations: 1000 });
  const shelves = {};
  for (const owner of ['li', 'wang']) {
    const owned = { database, key: await keys.create({ uid: owner, label: owner }, '135790'), owner, clock };
    shelves[owner] = { locker: createLocker(owned), outbox: createOutbox(owned) };
    await shelves[owner].locker.commit({
      put: { pack: packOf(`${owner}-0`) },
      entries: [{ kind: 'visit.record', body: { note: owner }, label: owner }],
    });
  }
  const { seen, needs } = phone({ 'li-0': () => json(410, { code: 'sync.cursor_stale' }) }, await shelves.li.locker.read('pack'));
  needs.takePack = async () => {
    await shelves.li.locker.commit({ put: { pack: packOf('li-1') } });
    return 'taken';
  };
  assert.equal(await catchUp(needs), 'taken');
  assert.deepEqual(seen.asked, ['li-0']);
  assert.equal((await shelves.li.locker.read('pack')).feed_cursor, 'li-1');
  assert.equal((await shelves.wang.locker.read('pack')).feed_cursor, 'wang-0');
  for (const owner of ['li', 'wang']) assert.equal((await shelves[owner].outbox.summary()).unsent, 1);
});
