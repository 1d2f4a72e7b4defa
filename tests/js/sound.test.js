import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepRecording, recordable, startRecording } from '../../static/js/findings/sound.js';

/** A microphone and a recorder that can be watched. */
function ports({ refuse, broken } = {}) {
  const seen = { released: 0, started: 0 };
  const navigator = {
    mediaDevices: {
      async getUserMedia() {
        if (refuse) throw new DOMException('no', 'NotAllowedError');
        return { getTracks: () => [{ stop: () => (seen.released += 1) }] };
      },
    },
  };
  class MediaRecorder extends EventTarget {
    static isTypeSupported = (type) => type === 'audio/mp4';
    state = 'inactive';
    constructor() {
      super();
      if (broken) throw new DOMException('no', 'NotSupportedError');
    }
    start() {
      this.state = 'recording';
      seen.started += 1;
    }
    stop() {
      this.state = 'inactive';
      for (const piece of ['ab', 'c']) this.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob([piece]) }));
      this.dispatchEvent(new Event('stop'));
    }
  }
  return { seen, navigator, MediaRecorder };
}

test('a browser without microphone or recorder says so', () => {
  const { navigator, MediaRecorder } = ports();
  assert.equal(recordable({ navigator, MediaRecorder }), 'audio/mp4');
  for (const poor of [{}, { navigator }, { navigator: {}, MediaRecorder }]) assert.equal(recordable(poor), null);
  assert.equal(recordable({ navigator, MediaRecorder: { isTypeSupported: () => false } }), null);
});

test('what was said is whole, of a kind that the server takes, and the microphone is let go', async () => {
  const { seen, ...given } = ports();
  const { stop, done } = await startRecording('audio/mp4', given);
  stop();
  stop();
  const blob = await done;
  assert.deepEqual([await blob.text(), blob.type, seen.released], ['abc', 'audio/mp4', 1]);
});

test('after the longest time it stops by itself', async () => {
  const { seen, ...given } = ports();
  const { done } = await startRecording('audio/mp4', { ...given, longest_ms: 5 });
  assert.equal((await done).size, 3);
  assert.equal(seen.released, 1);
});

test('a refused microphone is told, and a broken recorder holds none', async () => {
  await assert.rejects(startRecording('audio/mp4', ports({ refuse: true })), { name: 'NotAllowedError' });
  const { seen, ...given } = ports({ broken: true });
  await assert.rejects(startRecording('audio/mp4', given), { name: 'NotSupportedError' });
  assert.equal(seen.released, 1);
});

test('a note is sealed for its draft, and silence is none', async () => {
  const held = [];
  const keeper = { addBlob: async (bytes, type, holder) => (held.push([bytes.byteLength, type, holder]), { sha256: 'h', size: bytes.byteLength, type }) };
  const needs = { keeper, holder: 'draft/x', started_ms: 0 };
  assert.equal(await keepRecording(new Blob([]), needs), null);
  const kept = await keepRecording(new Blob(['abc'], { type: 'audio/mp4' }), needs);
  assert.deepEqual(held, [[3, 'audio/mp4', 'draft/x']]);
  assert.deepEqual(Object.keys(kept), ['sha256', 'size', 'type', 'taken_at']);
});
