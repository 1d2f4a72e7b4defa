/** Empties the outbox, oldest first. Knows no IndexedDB, fetch or page: it is handed an outbox and a transport.
 *  An entry leaves only after the server has said, with the same SHA-256, that it holds it and all its photos. */

import { sendBlobs } from './blobs.js';

/** @typedef {{code: string, zh: string, en: string}} Problem in the server's words, or a bare code of our own */
/** @typedef {{id: string, kind: string, schema: number, device_seq: number, captured_at: string, sha256: string, body: any, blobs: string[], state: string, attempts: number}} Entry */
/** @typedef {{id: string, status: 'stored' | 'duplicate' | 'conflict' | 'rejected', sha256: string, code?: string, message_zh?: string, message_en?: string, needs_blobs?: string[]}} Result */
/** @typedef {{kind: 'results', results: Result[]} | {kind: 'signed_out'} | {kind: 'refused', problem: Problem} | {kind: 'failed', after_ms?: number} | {kind: 'unreachable'}} Answer failed: the server was reached and had a bad day; after_ms: when it asked us back */
/** @typedef {{due: (most: number) => Promise<Entry[]>, accepted: (id: string) => Promise<any>, later: (id: string, attempts: number, next_at: number) => Promise<any>, park: (id: string, problem: Problem) => Promise<any>, settle: (entry: any, sha256: string) => Promise<boolean>, blob: (sha256: string) => Promise<{bytes: ArrayBuffer, type: string} | null>}} OutboxPort */
/** @typedef {{sendEntries: (entries: Entry[]) => Promise<Answer>, blobState: (sha256: string) => Promise<BlobAnswer>, sendChunk: (sha256: string, offset: number, total: number, chunk: ArrayBuffer) => Promise<BlobAnswer>, piece_bytes?: number}} TransportPort piece_bytes: what gets through this link */
/** @typedef {{kind: 'blob', offset: number, complete: boolean} | {kind: 'unknown'} | {kind: 'moved'} | {kind: 'signed_out'} | {kind: 'refused', problem: Problem} | {kind: 'failed', after_ms?: number} | {kind: 'unreachable'}} BlobAnswer */
/** @typedef {{outbox: OutboxPort, transport: TransportPort, clock: () => number, rng: () => number, mayGoOn?: () => boolean}} Ports */
/** @typedef {{entry: Entry, sha256: string}} Held an entry with the hash of its receipt */
/** @typedef {{outcome: 'empty' | 'paused' | 'signed_out' | 'stopped', settled: number, parked: number}} Report paused: something stays for a later try */

const AT_ONCE = 20;
const LONGEST_PAUSE_MS = 5 * 60 * 1000;
const FIRST_PAUSE_MS = 2000;

/** Full-jitter back-off: phones that lost the same server must not all come back in the same second.
 *  @param {number} attempts tries so far @param {() => number} rng in [0, 1) @returns {number} milliseconds */
export function pause_ms(attempts, rng) {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 20));
  return Math.round(ceiling / 2 + (rng() * ceiling) / 2);
}

/** Send all that is due: first every record, because they are small and matter most, then the photos.
 *  @param {Ports} ports @returns {Promise<Report>} */
export async function drain(ports) {
  /** @type {Report} */
  const report = { outcome: 'empty', settled: 0, parked: 0 };
  const round = createRound(ports, report);
  /** @type {Held[]} */
  const held = [];
  // An entry whose photos are still under way is declared again: the server answers `duplicate`, and an entry
  // that a restored server no longer knows is simply stored once more.
  for (const batch of batches(await ports.outbox.due(500))) {
    if (round.over()) break;
    held.push(...(await sendBatch(batch, round)));
  }
  for (const one of held) {
    if (round.over()) break;
    await finish(one, round);
  }
  return report;
}

/** Entries that failed together are tried alone, so that a poisoned one stops holding back its neighbours.
 *  @param {Entry[]} entries @returns {Entry[][]} */
function batches(entries) {
  const alone = entries.filter((entry) => entry.attempts > 0).map((entry) => [entry]);
  const together = entries.filter((entry) => entry.attempts === 0);
  const groups = [];
  for (let from = 0; from < together.length; from += AT_ONCE) groups.push(together.slice(from, from + AT_ONCE));
  return [...groups, ...alone];
}

/** What one run of `drain` knows while it goes on.
 *  @param {Ports} ports @param {Report} report */
function createRound(ports, report) {
  let failures = 0;
  return {
    ...ports,
    report,
    over() {
      if (ports.mayGoOn && !ports.mayGoOn()) report.outcome = 'stopped';
      return report.outcome === 'signed_out' || report.outcome === 'stopped' || failures >= 3;
    },
    reached: () => {
      failures = 0;
    },
    signedOut: () => {
      report.outcome = 'signed_out';
    },
    /** @param {Entry} entry @param {Problem} problem */
    async park(entry, problem) {
      report.parked += 1;
      await ports.outbox.park(entry.id, problem);
    },
    /** @param {Entry} entry @param {boolean} unreachable without a network there is no point in going on
     *  @param {number} after_ms when a full server asked us back; never longer than our own longest pause */
    async later(entry, unreachable, after_ms = 0) {
      failures += unreachable ? 3 : 0;
      report.outcome = report.outcome === 'empty' ? 'paused' : report.outcome;
      const attempts = entry.attempts + 1;
      const pause = Math.max(pause_ms(attempts, ports.rng), Math.min(after_ms, LONGEST_PAUSE_MS));
      await ports.outbox.later(entry.id, attempts, ports.clock() + pause);
    },
    failed: () => {
      failures += 1;
    },
  };
}

/** @typedef {ReturnType<typeof createRound>} Round */

/** @param {Entry[]} batch @param {Round} round @returns {Promise<Held[]>} those that the server now holds */
async function sendBatch(batch, round) {
  const answer = await round.transport.sendEntries(batch);
  if (answer.kind === 'signed_out') round.signedOut();
  else if (answer.kind === 'refused') return refused(batch, answer.problem, round);
  else if (answer.kind === 'results') {
    round.reached();
    return sorted(batch, answer.results, round);
  } else {
    if (answer.kind === 'failed') round.failed();
    for (const entry of batch) await round.later(entry, answer.kind === 'unreachable', asked_ms(answer));
  }
  return [];
}

/** A refused batch says nothing about its members: ask again one by one, and park only the one that is meant.
 *  @param {Entry[]} batch @param {Problem} problem @param {Round} round @returns {Promise<Held[]>} */
async function refused(batch, problem, round) {
  if (batch.length === 1) {
    await round.park(batch[0], problem);
    return [];
  }
  const held = [];
  for (const entry of batch) {
    if (round.over()) break;
    held.push(...(await sendBatch([entry], round)));
  }
  return held;
}

/** @param {Entry[]} batch @param {Result[]} results @param {Round} round @returns {Promise<Held[]>} */
async function sorted(batch, results, round) {
  const byId = new Map(results.map((result) => [result.id, result]));
  const held = [];
  for (const entry of batch) {
    const result = byId.get(entry.id);
    if (!result) await round.later(entry, false);
    else if (result.status === 'stored' || result.status === 'duplicate') {
      if (result.sha256 === entry.sha256) {
        await round.outbox.accepted(entry.id);
        held.push({ entry, sha256: result.sha256 });
      } else await round.park(entry, ALTERED);
    } else await round.park(entry, problemOf(result));
  }
  return held;
}

/** @type {Problem} */
const ALTERED = { code: 'sync.altered', zh: '', en: '' };

/** @param {Result} result @returns {Problem} */
function problemOf(result) {
  return {
    code: result.code ?? `sync.${result.status}`,
    zh: result.message_zh ?? '',
    en: result.message_en ?? '',
  };
}

/** Send what photos are missing; let the entry go when none is.
 *  @param {Held} held @param {Round} round */
async function finish({ entry, sha256 }, round) {
  const answer = await sendBlobs(entry.blobs, round);
  if (answer.kind === 'complete') {
    round.reached();
    if (await round.outbox.settle(entry, sha256)) round.report.settled += 1;
  } else if (answer.kind === 'signed_out') round.signedOut();
  else if (answer.kind === 'refused') await round.park(entry, answer.problem);
  else {
    if (answer.kind === 'failed') round.failed();
    await round.later(entry, answer.kind === 'unreachable', asked_ms(answer));
  }
}

/** @param {{kind: string, after_ms?: number}} answer @returns {number} milliseconds that the server asked us to stay away */
const asked_ms = (answer) => (answer.kind === 'failed' ? (answer.after_ms ?? 0) : 0);
