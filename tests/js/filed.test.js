import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filedAt, isMeeting, isMeetingKind, meetingText } from '../../static/js/stops/filed.js';
import { catchUp, withMeetings } from '../../static/js/sync/feed.js';

const filed = (venue_uid, more = {}) => ({ venue_uid, title: '说明会', company: '某公司', begins: '09:00', ends: '11:00', size: 60, ...more });
const NOON = new Date(2026, 6, 30, 12).getTime();
const packOf = (more = {}) => ({ date: '2026-07-30', feed_cursor: 'c0', task: [], venues: [{ uid: 'a' }, { uid: 'b' }], meetings: [filed('a')], ...more });
const at = (pack, clock = NOON) => ({ pack, clock: () => clock });

test('a venue with a filing, one without, yesterday’s pack and a role without filings are told apart', () => {
  assert.deepEqual(filedAt(at(packOf()), 'a'), [filed('a')]);
  assert.deepEqual(filedAt(at(packOf()), 'b'), []);
  assert.equal(filedAt(at(packOf(), NOON + 86400000), 'a'), 'old');
  assert.equal(filedAt(at(packOf({ meetings: undefined })), 'a'), null);
  assert.equal(filedAt(at(null), 'a'), null);
});

test('an answer or a kind that speaks of a meeting asks for the filing, others do not', () => {
  assert.ok(isMeeting({ 'conduct.closed_lecture': true }) && isMeeting({ 'place.lecture_room': true, 'place.lookout': false }));
  assert.ok(!isMeeting({ 'conduct.closed_lecture': false, 'place.lookout': true }) && !isMeeting({}));
  assert.deepEqual(['lecture', 'selling', 'fee'].map(isMeetingKind), [true, true, false]);
});

test('a filing reads as one line, without what was not said', () => {
  assert.equal(meetingText(filed('a', { ends: '', size: 0, company: '' }), String), '09:00–… · 说明会');
});

test('what was filed during the day joins the pack: of its day and of its venues only', () => {
  const pack = packOf();
  const told = (list, date = pack.date) => ({ date, filed: list });
  assert.deepEqual(withMeetings(pack, told([filed('b'), filed('z')])).meetings, [filed('b')]);
  assert.equal(withMeetings(pack, told([filed('a')])), pack, 'no news keeps the same pack');
  assert.equal(withMeetings(pack, told([filed('b')], '2026-07-31')), pack);
  assert.equal(withMeetings(pack, undefined), pack);
  assert.deepEqual(pack.meetings, [filed('a')], 'inputs are not changed');
});

test('a meeting filed without any other change is kept, and the same answer is kept once', async () => {
  let pack = packOf();
  let writes = 0;
  const needs = {
    owner: 'li',
    pack: () => pack,
    keep: async (next) => {
      pack = next;
      writes += 1;
    },
    takePack: async () => 'taken',
    fetch: async () =>
      new Response(
        JSON.stringify({ receipt_of: 'patrol', server_time: 'now', changes: [], cursor: 'c0', more: false, meetings: { date: '2026-07-30', filed: [filed('b')] } }),
        { status: 200, headers: { 'content-type': 'application/json' } },
      ),
  };
  assert.equal(await catchUp(needs), 'current');
  assert.equal(await catchUp(needs), 'current');
  assert.deepEqual([pack.meetings, writes], [[filed('b')], 1]);
});
