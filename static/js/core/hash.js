import { canonicalJson } from './canonical.js';
import { toHex } from './uuid.js';

/** @param {BufferSource} bytes @returns {Promise<string>} SHA-256 as 64 lower-case hexadecimal digits */
export async function sha256Hex(bytes) {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** The hash that phone and server compare: SHA-256 of the canonical JSON in UTF-8.
 *  @param {unknown} body @returns {Promise<string>} */
export function hashOfBody(body) {
  return sha256Hex(new TextEncoder().encode(canonicalJson(body)));
}
