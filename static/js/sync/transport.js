/** Speaks to the server over fetch and judges its answers. A captive portal answers 200 to everything, so an
 *  answer counts only when it carries our own words. */

/** @typedef {import('./drain.js').Answer} Answer */
/** @typedef {import('./drain.js').BlobAnswer} BlobAnswer */
/** @typedef {{fetch: typeof fetch, deviceUid: () => Promise<string>, owner: string, now: () => string, unsent?: () => number, onServerTime?: (iso: string) => void}} Needs */

/** @typedef {{ok: boolean, status: number, headers: Headers, text: string}} Answered an answer that came whole */

const TIMEOUT_MS = 60000;
const WORTH_RETRYING = new Set([408, 409, 425, 429]);
const OURS = 'patrol';

/** One same-origin request that never follows a redirect to a login page or a portal. The answer is read to its end
 *  within the time given: a connection that goes silent half-way must not hold up the queue for ever.
 *  @param {typeof fetch} doFetch @param {string} path @param {RequestInit} init @param {number} timeout_ms
 *  @returns {Promise<Answered | null>} nothing when the server could not be reached */
export async function request(doFetch, path, init = {}, timeout_ms = TIMEOUT_MS) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout_ms);
  try {
    const answer = await doFetch(path, {
      ...init,
      headers: { Accept: 'application/json', 'X-Patrol': '1', ...init.headers },
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'manual',
      signal: stop.signal,
    });
    if (answer.type === 'opaqueredirect') return null;
    return { ok: answer.ok, status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Answered} answer @returns {any} the JSON object of an answer, or an empty one */
export function bodyOf(answer) {
  if (!/\bjson\b/.test(answer.headers.get('content-type') ?? '')) return {};
  try {
    return JSON.parse(answer.text) ?? {};
  } catch {
    return {};
  }
}

/** What every answer that is not a success comes down to.
 *  @param {Answered | null} answer
 *  @returns {{kind: 'signed_out'} | {kind: 'refused', problem: import('./drain.js').Problem} | {kind: 'failed', after_ms?: number} | {kind: 'unreachable'}} */
function failure(answer) {
  if (!answer) return { kind: 'unreachable' };
  if (answer.status === 401) return { kind: 'signed_out' };
  const body = bodyOf(answer);
  // Only our own problem document may park an entry: a proxy's 403 page knows nothing about it.
  const parks = answer.status >= 400 && answer.status < 500 && !WORTH_RETRYING.has(answer.status);
  if (!parks || !body.code) return { kind: 'failed', after_ms: asked_ms(answer) };
  const said = (body.faults ?? []).map((/** @type {{message?: string}} */ fault) => fault.message).filter(Boolean).join(' ');
  const title = said || body.detail || body.title || `HTTP ${answer.status}`;
  const { code, message_zh = title, message_en = title } = body;
  return { kind: 'refused', problem: { code: String(code), zh: message_zh, en: message_en } };
}

/** @param {Answered} answer @returns {number} milliseconds of its Retry-After; our server always names seconds */
function asked_ms(answer) {
  const seconds = Number(answer.headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

/** @param {Needs} needs @returns {import('./drain.js').TransportPort} */
export function createTransport(needs) {
  const doFetch = needs.fetch;
  const headers = { 'X-Patrol-Person': needs.owner };
  return {
    async sendEntries(entries) {
      const body = {
        device_uid: await needs.deviceUid(),
        schema: 2,
        sent_at: needs.now(),
        unsent: needs.unsent?.(),
        entries: entries.map(wireEntry),
      };
      const answer = await request(doFetch, '/api/v1/sync', {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer?.ok) return failure(answer);
      const receipt = bodyOf(answer);
      if (receipt.receipt_of !== OURS || !Array.isArray(receipt.results)) return { kind: 'unreachable' };
      if (receipt.server_time) needs.onServerTime?.(receipt.server_time);
      return { kind: 'results', results: receipt.results };
    },

    async blobState(sha256) {
      const answer = await request(doFetch, `/api/v1/blobs/${sha256}`, { method: 'HEAD', headers });
      if (answer?.status === 404) return { kind: 'unknown' };
      if (!answer?.ok) return failure(answer);
      const complete = answer.headers.get('Upload-Complete');
      const offset = Number(answer.headers.get('Upload-Offset'));
      if (complete === null || !Number.isSafeInteger(offset)) return { kind: 'unreachable' };
      return { kind: 'blob', offset, complete: complete === '?1' };
    },

    async sendChunk(sha256, offset, total, chunk) {
      const answer = await request(doFetch, `/api/v1/blobs/${sha256}`, {
        method: 'PUT',
        headers: {
          ...headers,
          'Content-Type': 'application/octet-stream',
          'Upload-Offset': String(offset),
          'Upload-Length': String(total),
        },
        body: chunk,
      });
      if (answer?.status === 409) return { kind: 'moved' };
      if (answer?.status === 404) return { kind: 'unknown' };
      if (!answer?.ok) return failure(answer);
      const receipt = bodyOf(answer);
      if (receipt.receipt_of !== OURS || receipt.sha256 !== sha256) return { kind: 'unreachable' };
      return { kind: 'blob', offset: Number(receipt.offset) || 0, complete: receipt.complete === true };
    },
  };
}

/** @param {import('./drain.js').Entry} entry */
function wireEntry({ id, kind, schema, device_seq, captured_at, sha256, body }) {
  return { id, kind, schema, device_seq, captured_at, sha256, body };
}
