/** Sends photos in chunks that resume where the server says it stands. Takes the same ports as `drain`. */

/** @typedef {import('./drain.js').BlobAnswer} BlobAnswer */
/** @typedef {import('./drain.js').Problem} Problem */
/** @typedef {{outbox: import('./drain.js').OutboxPort, transport: import('./drain.js').TransportPort, over: () => boolean}} Needs */
/** @typedef {{kind: 'complete'} | Exclude<BlobAnswer, {kind: 'blob'} | {kind: 'moved'} | {kind: 'unknown'}>} Outcome */

export const CHUNK_BYTES = 512 * 1024;

/** @type {Problem} */
const LOST = {
  code: 'sync.photo_lost',
  zh: '本机已找不到这张照片，文字记录已上传。',
  en: 'A photo is no longer on this phone; the text of the record has been sent.',
};

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
  let answer = await needs.transport.blobState(sha256);
  if (answer.kind === 'blob' && answer.complete) return { kind: 'complete' };
  if (answer.kind !== 'blob' && answer.kind !== 'unknown') return plain(answer);
  const blob = await needs.outbox.blob(sha256);
  if (!blob) return { kind: 'refused', problem: LOST };
  const total = blob.bytes.byteLength;
  let offset = answer.kind === 'blob' ? answer.offset : 0;
  let asked = 0;
  // Every turn moves forward or uses up one of three questions, so a confused server cannot hold us here.
  while (asked < 3 && !needs.over()) {
    if (offset < 0 || offset > total) offset = 0;
    const chunk = blob.bytes.slice(offset, offset + CHUNK_BYTES);
    answer = await needs.transport.sendChunk(sha256, offset, total, chunk);
    if (answer.kind === 'moved') answer = await needs.transport.blobState(sha256);
    if (answer.kind !== 'blob') return plain(answer);
    if (answer.complete) return { kind: 'complete' };
    if (answer.offset <= offset) asked += 1;
    offset = answer.offset;
  }
  return { kind: 'failed' };
}

/** @param {BlobAnswer} answer @returns {Outcome} */
function plain(answer) {
  if (answer.kind === 'signed_out' || answer.kind === 'refused') return answer;
  return { kind: answer.kind === 'unreachable' ? 'unreachable' : 'failed' };
}
