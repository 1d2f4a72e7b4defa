/** Sends photos in chunks that resume where the server says it stands. Takes the same ports as `drain`. */

/** @typedef {import('./drain.js').BlobAnswer} BlobAnswer */
/** @typedef {import('./drain.js').Problem} Problem */
/** @typedef {{outbox: import('./drain.js').OutboxPort, transport: import('./drain.js').TransportPort, over: () => boolean}} Needs */
/** @typedef {{kind: 'complete'} | Exclude<BlobAnswer, {kind: 'blob'} | {kind: 'moved'} | {kind: 'unknown'}>} Outcome */

export const CHUNK_BYTES = 512 * 1024;
/** On a link so slow that a large piece never gets through, pieces of this size do. */
const SMALLEST_BYTES = 32 * 1024;

/** What this phone finds out itself has only a code; the screen that shows it has the words.
 *  @type {Problem} */
const LOST = { code: 'sync.photo_lost', zh: '', en: '' };

/** Send photos one after the other. The server is asked about each, whatever the receipt said: only its own word
 *  that a photo is complete lets the record go.
 *  @param {string[]} hashes @param {Needs} needs @returns {Promise<Outcome>} */
export async function sendBlobs(hashes, needs) {
  for (const sha256 of hashes) {
    const answer = await sendBlob(sha256, needs);
    if (answer.kind !== 'complete') return answer;
  }
  return { kind: 'complete' };
}

/** @param {string} sha256 @param {Needs} needs @returns {Promise<Outcome>} */
async function sendBlob(sha256, needs) {
  const answer = await needs.transport.blobState(sha256);
  if (answer.kind === 'blob' && answer.complete) return { kind: 'complete' };
  if (answer.kind !== 'blob' && answer.kind !== 'unknown') return plain(answer);
  const blob = await needs.outbox.blob(sha256);
  if (!blob) return { kind: 'refused', problem: LOST };
  return sendFrom(answer.kind === 'blob' ? answer.offset : 0, sha256, blob.bytes, needs);
}

/** Every turn moves forward or uses up one of three misses, so a confused server cannot hold us here.
 *  @param {number} start @param {string} sha256 @param {ArrayBuffer} bytes @param {Needs} needs
 *  @returns {Promise<Outcome>} */
async function sendFrom(start, sha256, bytes, needs) {
  const total = bytes.byteLength;
  let offset = start;
  let misses = 0;
  while (misses < 3 && !needs.over()) {
    if (offset < 0 || offset > total) offset = 0;
    const answer = await sendChunk(offset, sha256, bytes, needs);
    if (answer.kind !== 'blob') return plain(answer);
    if (answer.complete) return { kind: 'complete' };
    if (answer.offset <= offset) misses += 1;
    offset = answer.offset;
  }
  return { kind: 'failed' };
}

/** One chunk; when the server stands elsewhere, where it stands.
 *  @param {number} offset @param {string} sha256 @param {ArrayBuffer} bytes @param {Needs} needs */
async function sendChunk(offset, sha256, bytes, { transport }) {
  const piece = transport.piece_bytes ?? CHUNK_BYTES;
  const answer = await transport.sendChunk(sha256, offset, bytes.byteLength, bytes.slice(offset, offset + piece));
  if (answer.kind === 'blob') transport.piece_bytes = Math.min(piece * 2, CHUNK_BYTES);
  if (answer.kind === 'unreachable') transport.piece_bytes = Math.max(piece / 4, SMALLEST_BYTES);
  return answer.kind === 'moved' ? transport.blobState(sha256) : answer;
}

/** @param {BlobAnswer} answer @returns {Outcome} */
function plain(answer) {
  if (answer.kind === 'signed_out' || answer.kind === 'refused') return answer;
  return answer.kind === 'unreachable' || answer.kind === 'failed' ? answer : { kind: 'failed' };
}
