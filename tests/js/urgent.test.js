import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUrgent } from '../../static/js/clues/urgent.js';

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
const clue = (uid) => ({ uid, number: uid, kind: 'lecture', text: '', place: '', venue_uid: null, address: '某路', seen_on: '', received_at: '2026-07-30T08:00:00Z' });
const list = (uids, person_uid = 'li') => json(200, { receipt_of: 'patrol', person_uid, clues: uids.map(clue) });

const cards = ({ state }) => ({ fault: state.fault, waiting: state.waiting.length, read: state.read.length });

function phone(answers) {
  const said = [];
  const calls = [];
  const fetch = async (path, init) => {
    calls.push(`${init.method ?? 'GET'} ${path}`);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  return { urgent: createUrgent({ owner: 'li', fetch, ring: () => said.push('ring'), changed: () => {} }), said, calls };
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

test('only the server’s own word makes a clue read; anything else says that it did not arrive', async () => {
  const { urgent, calls } = phone([list(['a']), list(['a']), json(200, { receipt_of: 'patrol', acknowledged: 'a' })]);
  await urgent.ask();
  await press(urgent);
  assert.deepEqual(calls, ['GET /api/v1/urgent-clues', 'GET /api/v1/urgent-clues', 'POST /clues/a/acknowledge']);
  assert.deepEqual([cards(urgent).waiting, cards(urgent).read, cards(urgent).fault], [0, 1, '']);
  for (const answer of [new Error('network'), json(200, {}), json(404, { code: 'x' }), new Response('<html>hi</html>', { status: 200 })]) {
    const poor = phone([list(['a']), list(['a']), answer]);
    await poor.urgent.ask();
    await press(poor.urgent);
    assert.deepEqual([cards(poor.urgent).waiting, cards(poor.urgent).read, cards(poor.urgent).fault], [1, 0, 'offline']);
  }
  const other = phone([list(['a']), list([], 'wang')]);
  await other.urgent.ask();
  await press(other.urgent);
  assert.equal(cards(other.urgent).fault, 'signed_out');
  assert.equal(other.calls.length, 2, 'nothing is acknowledged in another name');
});
