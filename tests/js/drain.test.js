import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Hex } from '../../static/js/core/hash.js';
import { CHUNK_BYTES } from '../../static/js/sync/blobs.js';
import { drain, pause_ms } from '../../static/js/sync/drain.js';

const PROBLEM = { code: 'findings.bad', zh: '不行', en: 'No' };

/** An outbox in memory. */
function outboxOf(entries, blobs = new Map()) {
  const rows = new Map(entries.map((entry) => [entry.id, { attempts: 0, state: 'waiting', blobs: [], ...entry }]));
  const settled = [];
  return {
    rows,
    settled,
    due: async (most) => [...rows.values()].filter((row) => row.state !== 'parked').slice(0, most),
    accepted: async (id) => Object.assign(rows.get(id), { state: 'accepted' }),
    later: async (id, attempts, next_at) => Object.assign(rows.get(id), { attempts, next_at }),
    park: async (id, problem) => Object.assign(rows.get(id), { state: 'parked', problem }),
    settle: async (entry, sha256) => {
      if (sha256 !== entry.sha256) return false;
      settled.push(entry.id);
      return rows.delete(entry.id);
    },
    blob: async (sha256) => blobs.get(sha256) ?? null,
  };
}

/** A server in memory that keeps what it was sent; `fault(call)` may answer in its place, before or after. */
function serverOf({ before = () => null, after = () => null, judge = () => null } = {}) {
  const held = new Map();
  const blobs = new Map();
  const calls = [];
  const run = async (name, detail, work) => {
    const call = { name, number: calls.length, ...detail };
    calls.push(call);
    return before(call) ?? ((answer) => after(call) ?? answer)(await work());
  };
  return {
    held,
    blobs,
    calls,
    sendEntries: (entries) =>
      run('entries', { ids: entries.map((entry) => entry.id) }, async () => ({
        kind: 'results',
        results: entries.map((entry) => {
          const verdict = judge(entry);
          if (verdict) return { id: entry.id, sha256: entry.sha256, ...verdict };
          const status = held.has(entry.id) ? 'duplicate' : 'stored';
          held.set(entry.id, entry);
          return { id: entry.id, sha256: entry.sha256, status };
        }),
      })),
    blobState: (sha256) =>
      run('state', { sha256 }, async () => {
        const blob = blobs.get(sha256);
        return blob ? { kind: 'blob', offset: blob.bytes.length, complete: blob.complete } : { kind: 'unknown' };
      }),
    sendChunk: (sha256, offset, total, chunk) =>
      run('chunk', { sha256, offset }, async () => {
        const have = blobs.get(sha256)?.bytes ?? Buffer.alloc(0);
        if (offset !== have.length) return { kind: 'moved' };
        const bytes = Buffer.concat([have, Buffer.from(chunk)]);
        const complete = bytes.length === total && (await sha256Hex(bytes)) === sha256;
        blobs.set(sha256, { bytes, complete });
        return { kind: 'blob', offset: bytes.length, complete };
      }),
  };
}

const entry = (id, more = {}) => ({ id, sha256: `hash-of-${id}`, ...more });
const ports = (outbox, transport, more = {}) => ({ outbox, transport, clock: () => 1000, rng: () => 0.5, ...more });

async function photo(size, fill) {
  const bytes = new Uint8Array(size).fill(fill).buffer;
  return [await sha256Hex(bytes), { bytes, type: 'image/jpeg' }];
}

test('everything that the server confirms leaves, in one batch', async () => {
  const outbox = outboxOf([entry('a'), entry('b'), entry('c')]);
  const server = serverOf();
  const report = await drain(ports(outbox, server));
  assert.deepEqual(report, { outcome: 'empty', settled: 3, parked: 0 });
  assert.deepEqual(outbox.settled, ['a', 'b', 'c']);
  assert.equal(server.calls.length, 1);
});

test('a bad entry is parked with its reason and blocks nobody', async () => {
  const outbox = outboxOf([entry('a'), entry('bad'), entry('c')]);
  const judge = (one) =>
    one.id === 'bad' ? { status: 'rejected', code: 'x.y', message_zh: '缺', message_en: 'missing' } : null;
  await drain(ports(outbox, serverOf({ judge })));
  assert.deepEqual([...outbox.rows.keys()], ['bad']);
  assert.deepEqual(outbox.rows.get('bad').problem, { code: 'x.y', zh: '缺', en: 'missing' });
});

test('a receipt with another hash never lets an entry go', async () => {
  const outbox = outboxOf([entry('a')]);
  await drain(ports(outbox, serverOf({ judge: () => ({ status: 'duplicate', sha256: 'other' }) })));
  assert.equal(outbox.rows.get('a').state, 'parked');
  assert.equal(outbox.rows.get('a').problem.code, 'sync.altered');
});

test('an entry missing from the answer is tried again later', async () => {
  const outbox = outboxOf([entry('a'), entry('b')]);
  const after = (call) => (call.name === 'entries' ? { kind: 'results', results: [] } : null);
  const report = await drain(ports(outbox, serverOf({ after })));
  assert.equal(report.outcome, 'paused');
  assert.deepEqual([...outbox.rows.values()].map((row) => row.attempts), [1, 1]);
});

test('a refused batch is asked again one by one', async () => {
  const outbox = outboxOf([entry('a'), entry('bad'), entry('c')]);
  const before = (call) => (call.ids?.includes('bad') ? { kind: 'refused', problem: PROBLEM } : null);
  await drain(ports(outbox, serverOf({ before })));
  assert.deepEqual(outbox.settled, ['a', 'c']);
  assert.equal(outbox.rows.get('bad').problem, PROBLEM);
});

test('signed out keeps everything and stops at once', async () => {
  const outbox = outboxOf(Array.from({ length: 50 }, (_, index) => entry(`e${index}`)));
  const server = serverOf({ before: () => ({ kind: 'signed_out' }) });
  const report = await drain(ports(outbox, server));
  assert.equal(report.outcome, 'signed_out');
  assert.equal(server.calls.length, 1);
  assert.equal(outbox.rows.size, 50);
  assert.ok([...outbox.rows.values()].every((row) => row.attempts === 0 && row.state === 'waiting'));
});

test('without a network one attempt is enough for a round', async () => {
  const outbox = outboxOf(Array.from({ length: 50 }, (_, index) => entry(`e${index}`)));
  const server = serverOf({ before: () => ({ kind: 'unreachable' }) });
  assert.equal((await drain(ports(outbox, server))).outcome, 'paused');
  assert.equal(server.calls.length, 1);
});

test('after a bad day entries are tried alone, so a poisoned one holds nobody back', async () => {
  const outbox = outboxOf([entry('poison'), entry('b'), entry('c')]);
  const server = serverOf({ before: (call) => (call.ids?.includes('poison') ? { kind: 'failed' } : null) });
  await drain(ports(outbox, server));
  assert.equal(outbox.rows.size, 3);
  await drain(ports(outbox, server));
  assert.deepEqual(outbox.settled, ['b', 'c']);
  assert.equal(outbox.rows.get('poison').attempts, 2);
});

test('a lost reply makes no duplicate', async () => {
  const outbox = outboxOf([entry('a')]);
  const server = serverOf({ after: (call) => (call.number === 0 ? { kind: 'failed' } : null) });
  await drain(ports(outbox, server));
  assert.equal(server.held.size, 1);
  await drain(ports(outbox, server));
  assert.deepEqual(outbox.settled, ['a']);
  assert.equal(server.held.size, 1);
});

test('an entry stays until its last photo is complete, and a cut upload resumes where it stopped', async () => {
  const photos = new Map([await photo(CHUNK_BYTES * 2 + 7, 1), await photo(300, 2)]);
  const outbox = outboxOf([entry('a', { blobs: [...photos.keys()] })], photos);
  const server = serverOf({ before: (call) => (call.number === 3 ? { kind: 'unreachable' } : null) });
  await drain(ports(outbox, server));
  assert.equal(outbox.rows.get('a').state, 'accepted');
  await drain(ports(outbox, server));
  assert.deepEqual(outbox.settled, ['a']);
  const offsets = server.calls.filter((call) => call.name === 'chunk').map((call) => call.offset);
  // After a cut a smaller piece goes first, and grows again with each that gets through.
  assert.deepEqual(offsets, [0, CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES * 1.25, CHUNK_BYTES * 1.75, 0]);
  assert.ok([...server.blobs.values()].every((blob) => blob.complete));
});

test('a photo that the phone lost is said so, and a server that never finishes does not hold us', async () => {
  const outbox = outboxOf([entry('a', { blobs: ['gone'] })]);
  await drain(ports(outbox, serverOf()));
  assert.equal(outbox.rows.get('a').problem.code, 'sync.photo_lost');
  const photos = new Map([await photo(10, 3)]);
  const stuck = outboxOf([entry('b', { blobs: [...photos.keys()] })], photos);
  const server = serverOf({
    after: (call) => (call.name === 'chunk' ? { kind: 'blob', offset: 0, complete: false } : null),
  });
  await drain(ports(stuck, server));
  assert.equal(stuck.rows.get('b').attempts, 1);
  assert.ok(server.calls.length < 8);
});

test('whatever fails and whenever, nothing is lost and nothing is there twice', async () => {
  let seed = 42;
  const rng = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const faults = ['failed', 'unreachable', 'signed_out'];
  for (let run = 0; run < 40; run += 1) {
    const photos = new Map([await photo(700, run % 250), await photo(CHUNK_BYTES + 5, (run + 1) % 250)]);
    const names = Array.from({ length: 9 }, (_, index) => `e${index}`);
    const outbox = outboxOf(names.map((id, index) => entry(id, { blobs: index % 4 ? [] : [...photos.keys()] })), photos);
    const fault = () => (rng() < 0.15 ? { kind: faults[Math.floor(rng() * 3)] } : null);
    const server = serverOf({ before: fault, after: fault });
    for (let round = 0; round < 400 && outbox.rows.size > 0; round += 1) {
      await drain(ports(outbox, server, { rng }));
      for (const id of outbox.settled) assert.ok(server.held.has(id));
    }
    assert.deepEqual([...outbox.settled].sort(), names);
    assert.equal(server.held.size, names.length);
    assert.ok([...server.blobs.values()].every((blob) => blob.complete));
  }
});

test('a round stops when it may not go on', async () => {
  const outbox = outboxOf([entry('a')]);
  const report = await drain(ports(outbox, serverOf(), { mayGoOn: () => false }));
  assert.equal(report.outcome, 'stopped');
  assert.equal(outbox.rows.size, 1);
});

test('pauses grow to five minutes and no further', () => {
  assert.equal(pause_ms(1, () => 1), 4000);
  for (let attempts = 0; attempts < 100; attempts += 1) {
    assert.ok(pause_ms(attempts, () => 0.999) <= 300000);
    assert.ok(pause_ms(attempts, () => 0) >= 1000);
  }
});

test('a full server says when to come back: never sooner, never later than our own longest pause', async () => {
  for (const [after_ms, expected] of [[9000, 9000], [3_600_000, 300_000]]) {
    const outbox = outboxOf([{ id: 'a', sha256: 'x' }]);
    const transport = { sendEntries: async () => ({ kind: 'failed', after_ms }) };
    await drain({ outbox, transport, clock: () => 1000, rng: () => 0 });
    assert.equal(outbox.rows.get('a').next_at, 1000 + expected);
  }
});

test('a full server is obeyed for photos too', async () => {
  const outbox = outboxOf([{ id: 'a', sha256: 'x', blobs: ['p'] }]);
  const transport = { ...serverOf(), blobState: async () => ({ kind: 'failed', after_ms: 8000 }) };
  await drain({ outbox, transport, clock: () => 0, rng: () => 0 });
  assert.equal(outbox.rows.get('a').next_at, 8000);
});
