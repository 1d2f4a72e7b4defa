import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, checklistBody, countOf } from '../../static/js/findings/checklist.js';
import { mayStep, noPatrol, progress, stateFor, stepped, withVisit } from '../../static/js/patrols/patrol_state.js';
import { emptyBuffer, POINTS_PER_BATCH, takeBatch, withFix } from '../../static/js/patrols/track.js';
import { venueOfCode, venuesNamed } from '../../static/js/patrols/venue_code.js';

const AT = { at: '2026-11-24T09:00:00.000+08:00', patrol_uid: 'p1', route_uid: 'r1' };

test('a patrol starts, pauses, goes on and ends, and nothing else', () => {
  const none = noPatrol('2026-11-24');
  assert.throws(() => stepped(none, 'end', AT), RangeError);
  const active = stepped(none, 'start', AT);
  assert.deepEqual([active.status, active.patrol_uid, active.started_at], ['active', 'p1', AT.at]);
  assert.ok(!mayStep(active, 'start') && !mayStep(active, 'resume'));
  const ended = stepped(stepped(stepped(active, 'pause', AT), 'resume', AT), 'end', AT);
  assert.deepEqual([ended.status, ended.ended_at], ['ended', AT.at]);
  assert.equal(stepped(ended, 'start', { ...AT, patrol_uid: 'p2' }).patrol_uid, 'p2');
  assert.equal(none.status, 'none', 'inputs are not changed');
});

test('a patrol running past midnight is still the same, yesterday is not today', () => {
  const running = stepped(noPatrol('2026-11-23'), 'start', AT);
  assert.equal(stateFor(running, '2026-11-24'), running);
  assert.equal(stateFor(stepped(running, 'end', AT), '2026-11-24').status, 'none');
  assert.equal(stateFor(null, '2026-11-24').date, '2026-11-24');
});

test('the next stop is the first one not done, in walking order', () => {
  const stops = [2, 1, 3].map((order) => ({ stop_uid: `s${order}`, venue_uid: `v${order}`, order }));
  const state = withVisit(noPatrol('2026-11-24'), 's1', { outcome: 'no_answer', at: AT.at, visit_uid: 'x' });
  const walked = progress({ stops }, state).map(({ stop, done, next }) => [stop.stop_uid, done?.outcome ?? null, next]);
  assert.deepEqual(walked, [['s1', 'no_answer', false], ['s2', null, true], ['s3', null, false]]);
});

const fix = (seconds, lat = 30.6, accuracy_m = 10) => ({
  at: new Date(1790000000000 + seconds * 1000).toISOString(),
  lon: 114.3,
  lat,
  accuracy_m,
  source: 'gps',
  datum: 'WGS-84',
});

test('a point every 15 s or 20 m, and silence becomes a gap with its reason', () => {
  let buffer = withFix(emptyBuffer(), fix(0), 'no_fix');
  assert.equal(withFix(buffer, fix(5), 'no_fix'), buffer);
  buffer = withFix(buffer, fix(5, 30.6003), 'no_fix');
  buffer = withFix(buffer, fix(20, 30.6003), 'no_fix');
  assert.equal(buffer.points.length, 3);
  buffer = withFix(buffer, fix(200, 30.6003), 'screen_off');
  assert.deepEqual(buffer.gaps, [{ from: fix(20).at, to: fix(200).at, reason: 'screen_off' }]);
});

test('a clock set back does not stop the track', () => {
  const buffer = withFix(withFix(emptyBuffer(), fix(0), 'no_fix'), fix(-86400), 'no_fix');
  assert.equal(buffer.points.length, 2);
});

test('points leave in batches of at most 25, none lost and none twice', () => {
  let buffer = emptyBuffer();
  const sent = [];
  for (let index = 0; index < 130; index += 1) {
    buffer = withFix(buffer, fix(index * 15), 'no_fix');
    const { batch, rest } = takeBatch(buffer, false);
    if (batch) sent.push(batch);
    buffer = rest;
  }
  for (let taken = takeBatch(buffer, true); taken.batch; taken = takeBatch(taken.rest, true)) sent.push(taken.batch);
  assert.ok(sent.every((batch) => batch.points.length <= POINTS_PER_BATCH));
  assert.deepEqual(sent.flatMap((batch) => batch.points.map((point) => point.at)), Array.from({ length: 130 }, (_, index) => fix(index * 15).at));
});

const item = (code, kind = 'yesno') => ({ code, kind, label_zh: code, label_en: code });
const checklist = { version: '7', sections: [{ code: 's', title_zh: '', title_en: '', items: [item('a'), item('b', 'number'), item('c', 'text')] }] };

test('answers are kept as their kind, and taken back', () => {
  let answers = answered({}, item('a'), false);
  answers = answered(answers, item('b', 'number'), ' 12 ');
  answers = answered(answers, item('c', 'text'), '无');
  assert.deepEqual(answers, { a: false, b: 12, c: '无' });
  assert.deepEqual(answered(answers, item('b', 'number'), 'many'), { a: false, c: '无' });
  assert.deepEqual(answered(answers, item('a'), undefined), { b: 12, c: '无' });
  assert.deepEqual(countOf(checklist.sections[0], { a: true, b: 3 }), { answered: 2, yes: 1 });
});

test('only what the present version asks is sent', () => {
  assert.deepEqual(checklistBody(checklist, { a: true, gone: 1 }), { version: '7', answers: { a: true } });
});

const venues = [
  { uid: '01900000-0000-7000-8000-00000000aa01', name: '江汉宾馆', address: '球场街 3 号', code: 'JA-1001', qr_token: 'tok1' },
  { uid: '01900000-0000-7000-8000-00000000aa02', name: '汉口饭店', address: '球场街 31 号', code: 'JA-2001', qr_token: 'tok2' },
];

test('a label, an address, a name and a short code all find their venue', () => {
  assert.equal(venueOfCode('https://patrol.example/v/tok2?x=1', venues), venues[1]);
  assert.equal(venueOfCode(`https://patrol.example/m/venue/${venues[0].uid}`, venues), venues[0]);
  assert.equal(venueOfCode('ja-1001', venues), venues[0]);
  assert.equal(venueOfCode('2001', venues), venues[1]);
  assert.equal(venueOfCode('001', venues), null, 'too short to be sure');
  assert.equal(venueOfCode('https://elsewhere.example/', venues), null);
  assert.deepEqual(venuesNamed('球场街 31', venues, 5), [venues[1]]);
  assert.deepEqual(venuesNamed('  ', venues, 5), []);
});
