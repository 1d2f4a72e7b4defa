import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUrgent } from '../../static/js/clues/urgent.js';

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const clue = (uid) => ({ uid, number: uid, kind: 'lecture', text: '', place: '', venue_uid: null, address: '某路', seen_on: '', received_at: '2026-07-30T08:00:00Z' });
const list = (uids, person_uid = 'li') => json(200, { receipt_of: 'patrol', person_uid, clues: uids.map(clue) });

const cards = ({ state }) => ({ failed: state.failed, held: state.held.size, waiting: state.waiting.length, read: state.read.length });

function phone(answers, full = false) {
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
    owner: 'li', fetch, ring: () => said.push('ring'), changed: () => {},
    keep: async ({ uid }) => {
      if (full) throw new Error('quota');
      outbox.push(uid);
    },
    queued: async () => new Set(outbox),
  };
  return { urgent: createUrgent(needs), said, calls, outbox };
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
