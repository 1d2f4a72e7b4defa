import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capacityOf, changesOf, corrected, hoursText, seenOf, windowsOf } from '../../static/js/amend/amend.js';
import { draftOf } from '../../static/js/me/correct.js';

const full = {
  uid: 'v', name: '晨光宾馆', kind: 'hotel', kind_name: '宾馆', address: '一元路1号', lon: 114.3, lat: 30.6,
  owner_name: '', opening_hours: '08:00-22:00', capacity: null, note: '后门',
};
const brief = { uid: 'w', name: '招待所', kind: 'hotel', kind_name: '宾馆', address: '', lon: 114.3, lat: 30.6 };

test('only what differs from what was seen goes on the wire, and what was seen goes with it', () => {
  const seen = seenOf(full);
  assert.deepEqual(changesOf(seen, {}), {});
  assert.deepEqual(changesOf(seen, { name: ' 晨光宾馆 ', capacity: null, position: { lon: 114.3, lat: 30.60000004 }, state: 'open' }), {});
  assert.deepEqual(changesOf(seen, { name: '晨曦宾馆', capacity: 60, state: 'vanished', position: { lon: 114.31, lat: 30.6 } }), {
    name: { seen: '晨光宾馆', wanted: '晨曦宾馆' },
    capacity: { seen: null, wanted: 60 },
    position: { seen: { lon: 114.3, lat: 30.6 }, wanted: { lon: 114.31, lat: 30.6 } },
    state: { seen: 'open', wanted: 'vanished' },
  });
});

test('what the day pack does not say of a venue cannot be corrected: nobody saw it', () => {
  assert.equal('owner_name' in seenOf(brief), false);
  assert.deepEqual(changesOf(seenOf(brief), { owner_name: '张', name: '旅社' }), { name: { seen: '招待所', wanted: '旅社' } });
});

test('the phone shows the correction at once, but never decides that a place is closed', () => {
  const changes = changesOf(seenOf(full), { kind: 'meeting', note: '', state: 'closed', position: { lon: 114.31, lat: 30.6 } });
  const now = corrected(full, changes, [{ code: 'meeting', name: '会议中心' }]);
  assert.deepEqual([now.kind, now.kind_name, now.note, now.lon, now.state], ['meeting', '会议中心', '', 114.31, undefined]);
  assert.deepEqual(changesOf(seenOf(now), {}), {}); // a second correction starts from the first
});

test('hours are windows and come back as they went', () => {
  for (const text of ['', '08:00-22:00', '00:00-02:00, 18:00-24:00']) assert.equal(hoursText(windowsOf(text)), text);
  assert.equal(hoursText([['', ''], ['09:00', '09:00'], ['18:00', '02:00']]), '18:00-02:00');
});

test('a number of people is a whole number or nothing', () => {
  assert.deepEqual(['', ' ', '0', '60', '6.5', '-1', 'many', '1000000'].map(capacityOf), [null, null, 0, 60, undefined, undefined, undefined, undefined]);
});

test('a correction that was sent back becomes the same form again', () => {
  const body = { venue_uid: 'v', changes: { name: { seen: 'a', wanted: 'b' } }, remark: 'r' };
  const { name, value } = draftOf({ id: 'e', kind: 'venue.amend', body, label: '晨光宾馆', blobs: [] });
  assert.equal(name, 'draft/venue/v');
  assert.deepEqual([value.seen, value.wanted, value.remark, value.path], [{ name: 'a' }, { name: 'b' }, 'r', '/m/stop/v/correct']);
  assert.deepEqual(value.replaces, { id: 'e', blobs: [] });
});
