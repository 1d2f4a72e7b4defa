import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUrgent } from '../../static/js/clues/urgent.js';

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const clue = (uid) => ({ uid, number: uid, kind: 'lecture', text: '楼上有人听课', place: '', venue_uid: null, address: '某路', seen_on: '', received_at: '2026-07-30T08:00:00Z' });
const list = (uids, person_uid = 'li') => json(200, { receipt_of: 'patrol', person_uid, clues: uids.map(clue) });

const cards = ({ state }) => ({ failed: state.failed, held: state.held.size, waiting: state.waiting.length, read: state.read.length });

function phone(answers, full = false, kept = { now: 1e12, urgent: null }) {
  const said = [];
  const calls = [];
  const fetch = async (path, init) => {
    calls.push(`${init.method ?? 'GET'} ${path}`);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const outbox = [];
  const needs = {
    owner: 'li', fetch, clock: () => kept.now, ring: () => said.push('ring'), changed: () => {},
    keep: async ({ uid }) => {
      if (full) throw new Error('quota');
      outbox.push(uid);
    },
    queued: async () => new Set(outbox),
    recall: async () => {
      const value = kept.urgent;
      await kept.slow;
      return value;
    },
    remember: async (value) => {
      if (full) throw new Error('quota');
      kept.urgent = structuredClone(value);
    },
  };
  return { urgent: createUrgent(needs), said, calls, outbox, kept };
}
const press = (urgent) => urgent.acknowledge(urgent.state.waiting[0]);

test('a new clue rings once, and again only when another comes', async () => {
  const { urgent, said } = phone([list(['a']), list(['a']), list(['a', 'b'])]);
  for (const rings of [1, 1, 2]) {
    assert.equal(await urgent.ask(), 'asked');
    assert.equal(said.length, rings);
  }
  assert.equal(cards(urgent).waiting, 2);
});

test('an answer that is not for this person or not ours changes nothing', async () => {
  const answers = [
    [list(['a'], 'wang'), 'signed_out'],
    [json(401, {}), 'signed_out'],
    [json(403, { code: 'x' }), 'never'],
    [new Response('<html>', { status: 403 }), 'offline'],
    [json(200, { clues: [clue('a')] }), 'offline'],
    [new Error('network'), 'offline'],
  ];
  for (const [answer, kind] of answers) {
    const { urgent, said } = phone([answer]);
    assert.equal(await urgent.ask(), kind);
    assert.deepEqual([cards(urgent).waiting, said.length], [0, 0]);
  }
});

test('a press is kept in the outbox without asking the network, and reads as told once the server no longer asks', async () => {
  const { urgent, said, calls, outbox } = phone([list(['a', 'b']), list(['a', 'b']), list(['b'])]);
  await urgent.ask();
  await press(urgent);
  assert.deepEqual([outbox, calls.length], [['a'], 1]);
  assert.deepEqual(cards(urgent), { failed: false, held: 1, waiting: 1, read: 1 });
  await urgent.ask();
  assert.deepEqual(cards(urgent), { failed: false, held: 1, waiting: 1, read: 1 }, 'still asked for, and not rung again');
  assert.equal(said.length, 1);
  outbox.length = 0;
  await urgent.ask();
  assert.deepEqual(cards(urgent), { failed: false, held: 0, waiting: 1, read: 1 });
});

test('a page that was reloaded knows from its outbox what was pressed', async () => {
  const { urgent, said, outbox } = phone([list(['a'])]);
  outbox.push('a');
  await urgent.ask();
  assert.deepEqual([cards(urgent), said.length], [{ failed: false, held: 1, waiting: 0, read: 1 }, 0]);
});

test('a press that could not be kept says so and waits on', async () => {
  const { urgent } = phone([list(['a'])], true);
  await urgent.ask();
  await press(urgent);
  assert.deepEqual(cards(urgent), { failed: true, held: 0, waiting: 1, read: 0 });
});

test('a page loaded anew without a network still shows what waits, since when it is known, and does not ring again', async () => {
  const { urgent, kept } = phone([list(['a', 'b'])]);
  await urgent.ask();
  await press(urgent);
  kept.now += 3600e3;
  const later = phone([new Error('network'), list(['b']), list([])], false, kept);
  later.outbox.push('a');
  await later.urgent.resume();
  assert.equal(await later.urgent.ask(), 'offline');
  assert.deepEqual(cards(later.urgent), { failed: false, held: 1, waiting: 1, read: 1 });
  assert.deepEqual([later.said.length, later.urgent.state.as_of], [0, 1e12]);
  await later.urgent.ask();
  assert.deepEqual([later.said.length, later.urgent.state.as_of, kept.urgent.clues.map(({ uid }) => uid)], [0, null, ['b']]);
  await later.urgent.ask();
  assert.equal(kept.urgent, null, 'what waits no more is not kept');
});

test('where and when are kept, what a resident told is not', async () => {
  const { urgent, kept } = phone([list(['a'])]);
  await urgent.ask();
  assert.equal(urgent.state.waiting[0].text, '楼上有人听课');
  assert.deepEqual(kept.urgent.clues, [{ ...clue('a'), text: '' }]);
  const later = phone([new Error('network')], false, kept);
  await later.urgent.resume();
  assert.deepEqual([later.urgent.state.waiting[0].address, later.urgent.state.waiting[0].text], ['某路', '']);
});

test('what is kept is let go after a day without a network, and when the role ends', async () => {
  for (const [passed_ms, waiting] of [[24 * 3600e3, 1], [24 * 3600e3 + 1, 0], [-5e10, 0]]) {
    const kept = { now: 1e12 + passed_ms, urgent: { at: 1e12, clues: [clue('a')] } };
    const { urgent } = phone([], false, kept);
    await urgent.resume();
    assert.deepEqual([cards(urgent).waiting, kept.urgent === null], [waiting, waiting === 0]);
  }
  const { urgent, kept } = phone([list(['a']), json(401, {}), json(403, { code: 'x' })]);
  await urgent.ask();
  await urgent.ask();
  assert.equal(kept.urgent.clues.length, 1, 'a session that ended changes nothing');
  await urgent.ask();
  assert.equal(kept.urgent, null);
});

test('an answer that was heard is not put back by what was kept, and a full phone shows what it cannot keep', async () => {
  let read = () => undefined;
  const slow = new Promise((resolve) => {
    read = resolve;
  });
  const { urgent } = phone([list(['b'])], false, { now: 1e12, urgent: { at: 1e12, clues: [clue('a')] }, slow });
  const resuming = urgent.resume();
  await urgent.ask();
  read();
  await resuming;
  assert.deepEqual(urgent.state.waiting.map(({ uid }) => uid), ['b']);
  const { urgent: crowded } = phone([list(['a'])], true);
  assert.equal(await crowded.ask(), 'asked');
  assert.equal(cards(crowded).waiting, 1);
});
