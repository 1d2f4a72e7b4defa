import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openDraft } from '../../static/js/findings/draft.js';
import { createSession, maskedName, whoIsSignedIn } from '../../static/js/gate/session.js';
import { createDatabase } from '../../static/js/store/database.js';
import { createKeys } from '../../static/js/store/keys.js';
import { createMeta } from '../../static/js/store/meta.js';
import { createFlusher } from '../../static/js/sync/flusher.js';
import { createTransport, request } from '../../static/js/sync/transport.js';

const json = (status, body, headers = {}) =>
  new Response(body === null ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const html = (status) => new Response('<html>welcome to the wifi</html>', { status, headers: { 'content-type': 'text/html' } });
const ENTRY = { id: 'e', kind: 'visit.record', schema: 1, device_seq: 1, captured_at: 'x', sha256: 'h', body: {}, blobs: [], label: 'secret' };

const transportOf = (answer) => {
  const calls = [];
  const fetch = async (path, init) => {
    calls.push({ path, init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const transport = createTransport({ fetch, deviceUid: async () => 'd', owner: 'li', now: () => 'now' });
  return { transport, calls };
};

test('only our own words count as an answer', async () => {
  const cases = [
    [json(200, { receipt_of: 'patrol', results: [] }), 'results'],
    [json(200, { results: [] }), 'unreachable'],
    [html(200), 'unreachable'],
    [new Error('network'), 'unreachable'],
    [json(401, { code: 'x' }), 'signed_out'],
    [json(422, { code: 'sync.bad', title: 'No' }), 'refused'],
    [html(403), 'failed'],
    [json(409, { code: 'x' }), 'failed'],
    [json(429, { code: 'x' }), 'failed'],
    [json(503, { code: 'x' }), 'failed'],
  ];
  for (const [answer, kind] of cases) assert.equal((await transportOf(answer).transport.sendEntries([ENTRY])).kind, kind);
});

test('a request says who it is for and carries nothing that stays on the phone', async () => {
  const { transport, calls } = transportOf(json(200, { receipt_of: 'patrol', results: [] }));
  await transport.sendEntries([ENTRY]);
  const { path, init } = calls[0];
  assert.equal(path, '/api/v1/sync');
  assert.equal(init.headers['X-Patrol'], '1');
  assert.equal(init.headers['X-Patrol-Person'], 'li');
  assert.equal(init.redirect, 'manual');
  assert.deepEqual(Object.keys(JSON.parse(init.body).entries[0]).sort(), ['body', 'captured_at', 'device_seq', 'id', 'kind', 'schema', 'sha256']);
});

test('a photo counts as complete only in our own headers and receipts', async () => {
  const head = (headers, status = 200) => new Response(null, { status, headers });
  const state = async (answer) => (await transportOf(answer).transport.blobState('aa')).kind;
  assert.equal(await state(head({ 'Upload-Offset': '7', 'Upload-Complete': '?0' })), 'blob');
  assert.equal(await state(head({})), 'unreachable', 'a portal answers 200 to HEAD as well');
  assert.equal(await state(head({}, 404)), 'unknown');
  const chunk = async (answer) => transportOf(answer).transport.sendChunk('aa', 0, 3, new ArrayBuffer(3));
  assert.deepEqual(await chunk(json(201, { receipt_of: 'patrol', sha256: 'aa', offset: 3, complete: true })), { kind: 'blob', offset: 3, complete: true });
  assert.equal((await chunk(json(201, { receipt_of: 'patrol', sha256: 'bb', offset: 3, complete: true }))).kind, 'unreachable');
  assert.equal((await chunk(json(409, {}))).kind, 'moved');
  assert.equal((await chunk(json(413, { code: 'sync.too_large', title: 'x' }))).kind, 'refused');
});

test('a redirect to a sign-in page is no answer', async () => {
  assert.equal(await request(async () => ({ type: 'opaqueredirect' }), '/x'), null);
  assert.equal((await whoIsSignedIn(async () => html(200))).kind, 'unreachable');
  assert.equal((await whoIsSignedIn(async () => json(401, {}))).kind, 'signed_out');
});

/** A stand-in for the page and its window. */
const target = () => Object.assign(new EventTarget(), { visibilityState: 'visible' });

test('one tab sends, again when asked meanwhile, and wakes up by itself', async () => {
  let free = true;
  const locks = {
    request: async (_name, { ifAvailable }, work) => {
      assert.ok(ifAvailable);
      if (!free) return work(null);
      free = false;
      await work({});
      free = true;
    },
  };
  let runs = 0;
  let release = () => undefined;
  const run = () => {
    runs += 1;
    return new Promise((resolve) => {
      release = () => resolve('online');
    });
  };
  const [page, win] = [target(), target()];
  const states = [];
  const one = createFlusher({ run, locks, page, win, every_ms: 3600000 });
  const two = createFlusher({ run, locks, page: target(), win: target(), every_ms: 3600000 });
  one.onState((state) => states.push(state));
  one.start();
  two.start();
  await new Promise(setImmediate);
  assert.equal(runs, 1, 'the second tab leaves it to the first');
  one.kick();
  one.kick();
  release();
  await new Promise(setImmediate);
  assert.equal(runs, 2, 'asked twice meanwhile, it goes round once more');
  release();
  await new Promise(setImmediate);
  win.dispatchEvent(new Event('online'));
  page.dispatchEvent(new Event('visibilitychange'));
  await new Promise(setImmediate);
  assert.equal(runs, 3);
  release();
  await new Promise(setImmediate);
  release();
  one.stop();
  two.stop();
  assert.ok(states.every((state) => state === 'online'));
});

const LI = { uid: 'li', name: '李明', roles: [], team_uids: [] };
const WANG = { uid: 'wang', name: '王芳', roles: [], team_uids: [] };
let count = 0;

/** A phone whose server says that `server.person` is signed in, or is not there at all. */
function sessionOn(database, server) {
  const clock = () => server.now ?? 1790000000000;
  const events = [];
  const calls = [];
  /** @type {Promise<void>} */
  let door = Promise.resolve();
  const hold = () => {
    let release = () => undefined;
    door = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  const fetch = async (path) => {
    calls.push(path);
    if (server.gone) throw new Error('network');
    if (path === '/logout') server.person = null;
    const told = server.person ? json(200, { person: server.person, language: 'zh' }) : json(401, {});
    await door; // The server has answered; the phone has not heard it yet.
    return told;
  };
  const session = createSession({
    keys: createKeys({ database, clock, iterations: 1000 }),
    meta: createMeta({ database, clock }),
    fetch,
    serverTime: () => undefined,
    speaks: () => undefined,
    changed: () => undefined,
    opened: async (uid) => void events.push(`open ${uid}`),
    closed: async () => void events.push('close'),
  });
  return { session, events, calls, hold };
}

const freshDatabase = () => {
  count += 1;
  return createDatabase(`session-${count}`);
};

test('a person signs in, sets a PIN, and comes back without it after the camera killed the page', async () => {
  const database = freshDatabase();
  const server = { person: LI };
  const { session, events } = sessionOn(database, server);
  await session.start();
  assert.equal(session.state.kind, 'set_pin');
  await session.setPin('135790');
  assert.deepEqual([session.state.kind, events], ['open', ['open li']]);
  const again = sessionOn(database, { gone: true });
  await again.session.start();
  assert.deepEqual(again.events, ['open li']);
  const later = sessionOn(database, { gone: true, now: 1790000000000 + 16 * 60000 });
  await later.session.start();
  assert.equal(later.session.state.kind, 'locked');
  assert.equal(later.session.state.name, '李＊', 'a locked phone does not tell the whole name');
  assert.equal((await later.session.unlock('999999')).wrong, 1);
  assert.equal(await later.session.unlock('135790'), null);
  assert.equal(later.session.state.kind, 'open');
});

test('when the server knows somebody else, the open person is closed first', async () => {
  const database = freshDatabase();
  const server = { person: LI };
  const { session, events } = sessionOn(database, server);
  await session.start();
  await session.setPin('135790');
  server.person = WANG;
  await session.verify();
  assert.equal(session.state.kind, 'set_pin');
  await session.setPin('246810');
  assert.deepEqual(events, ['open li', 'close', 'open wang']);
  const next = sessionOn(database, { gone: true });
  await next.session.start();
  assert.deepEqual(next.events, ['open wang']);
});

test('a sign-out without a network is finished before anybody is asked for', async () => {
  const database = freshDatabase();
  const server = { person: LI };
  const { session, events } = sessionOn(database, server);
  await session.start();
  await session.setPin('135790');
  server.gone = true;
  await session.signOut();
  assert.deepEqual([session.state.kind, events.at(-1)], ['sign_in', 'close']);
  server.gone = false;
  const next = sessionOn(database, server);
  await next.session.start();
  assert.equal(server.person, null);
  assert.equal(next.session.state.kind, 'sign_in');
  assert.deepEqual(next.session.state.people, [{ uid: 'li', label: maskedName('李明') }]);
});

test('who left while the server was asked is not asked for a PIN again, and a sign-out is sent once however often it is asked for', async () => {
  const database = freshDatabase();
  const server = { person: LI };
  const { session, calls, hold } = sessionOn(database, server);
  await session.start();
  await session.setPin('135790');
  const release = hold();
  const asking = session.verify();
  const leaving = session.signOut();
  await pause(20);
  assert.deepEqual([session.state.kind, session.state.leaving], ['sign_in', true], 'nobody signs in before it is answered');
  const done = [session.finishSignOut(), session.finishSignOut()];
  await pause(20);
  release();
  assert.deepEqual(await Promise.all(done), [true, true]);
  await Promise.all([asking, leaving]);
  assert.deepEqual([session.state.kind, session.state.leaving], ['sign_in', false]);
  assert.equal(calls.filter((path) => path === '/logout').length, 1);
});

test('a sign-out that nobody hears is said, waits, and a page loaded anew offers to sign in', async () => {
  const database = freshDatabase();
  const server = { person: LI };
  const { session } = sessionOn(database, server);
  await session.start();
  await session.setPin('135790');
  server.gone = true;
  await session.signOut();
  assert.deepEqual([session.state.leaving, session.state.offline, await session.finishSignOut()], [false, true, false]);
  const next = sessionOn(database, server);
  await next.session.start();
  assert.deepEqual([next.session.state.kind, next.session.state.offline], ['sign_in', true]);
});

test('asked twice at once, a session opens once', async () => {
  const database = freshDatabase();
  const first = sessionOn(database, { person: LI });
  await first.session.start();
  await first.session.setPin('135790');
  const { session, events } = sessionOn(database, { person: LI });
  await Promise.all([session.start(), session.verify(), session.verify()]);
  assert.deepEqual(events, ['open li']);
});

/** A locker in memory. */
const lockerOf = (kept = {}) => ({
  kept,
  owner: 'li',
  pad: async (iv, length) => Uint8Array.from({ length }, (_, at) => iv[at % 12] + 31 * at),
  read: async (name) => kept[name] ?? null,
  commit: async ({ put }) => void Object.assign(kept, structuredClone(put)),
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const draftOn = (locker, page = target(), win = target()) =>
  openDraft({ locker, name: 'draft/1', fresh: () => ({ text: '' }), clock: () => 5, page, win });

test('a draft is on disk when the page goes away, and a fact alone makes none', async () => {
  const locker = lockerOf();
  const page = target();
  const draft = await draftOn(locker, page);
  draft.note({ position: 1 });
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  await pause(0);
  assert.deepEqual(locker.kept, {});
  draft.change({ text: 'half a sen' });
  page.dispatchEvent(new Event('visibilitychange'));
  await pause(0);
  assert.deepEqual(locker.kept['draft/1'], { text: 'half a sen', position: 1, saved_at: 5 });
});

test('every change of a draft is written at once, and what changed meanwhile right after it', async () => {
  const locker = lockerOf();
  const written = [];
  /** @type {(() => void)[]} */
  const doors = [];
  locker.commit = async ({ put }) => {
    written.push(put['draft/1'].text);
    await new Promise((resolve) => doors.push(resolve));
  };
  const draft = await draftOn(locker);
  draft.change({ text: 'a' });
  assert.deepEqual(written, ['a']);
  draft.change({ text: 'ab' });
  draft.change({ text: 'abc' });
  const kept = draft.keep();
  doors[0]();
  await pause(0);
  assert.deepEqual(written, ['a', 'abc'], 'the disk is behind by one write at most');
  doors[1]();
  await kept;
});

test('a change that could not be kept is said, and kept with the next one', async () => {
  const locker = lockerOf();
  const { commit } = locker;
  let told = 0;
  const draft = await openDraft({
    locker, name: 'draft/1', fresh: () => ({ text: '' }), clock: () => 5, page: target(), win: target(), refresh: () => (told += 1),
  });
  locker.commit = async () => Promise.reject(new Error('full'));
  draft.change({ text: 'a' });
  await pause(0);
  assert.deepEqual([draft.failing, told, locker.kept], [true, 1, {}]);
  locker.commit = commit;
  draft.change({ text: 'ab' });
  await pause(0);
  assert.deepEqual([draft.failing, told, locker.kept['draft/1'].text], [false, 2, 'ab']);
});

test('a draft that became an entry does not come back, one whose commit failed goes on', async () => {
  const locker = lockerOf();
  const draft = await draftOn(locker);
  draft.change({ text: 'x' });
  await assert.rejects(draft.endWith(async () => Promise.reject(new Error('full'))), /full/);
  assert.equal(locker.kept['draft/1'].text, 'x');
  await draft.endWith(async () => {
    delete locker.kept['draft/1'];
    draft.change({ text: 'typed too late' });
    await draft.keep();
  });
  await pause(0);
  assert.deepEqual(locker.kept, {});
});

test('a server that sends phones away says for how long', async () => {
  const asked = async (headers) => (await transportOf(json(503, { code: 'sync.busy' }, headers)).transport.sendEntries([ENTRY])).after_ms;
  assert.equal(await asked({ 'Retry-After': '7' }), 7000);
  assert.equal(await asked({}), 0);
  assert.equal(await asked({ 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }), 0);
});

test('no source asks navigator.onLine, which says true where nothing goes through', () => {
  const folder = new URL('../../static/js/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
  assert.ok(sources.length > 100);
  const spoken = (name) => readFileSync(new URL(name, folder), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  assert.deepEqual(sources.filter((name) => /\bonLine\b/.test(spoken(name))), []);
});
