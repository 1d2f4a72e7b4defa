/** AES-GCM over JSON and bytes. The name of the record is authenticated too, so that a sealed value cannot be
 *  moved to another name or another person. */

/** @typedef {{iv: Uint8Array<ArrayBuffer>, data: ArrayBuffer}} Sealed */

/** @param {CryptoKey} key @param {string} name @param {BufferSource} bytes @returns {Promise<Sealed>} */
export async function sealBytes(key, name, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(name);
  return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes) };
}

/** @param {CryptoKey} key @param {string} name @param {Sealed} sealed @returns {Promise<ArrayBuffer>} */
export function openBytes(key, name, sealed) {
  const additionalData = new TextEncoder().encode(name);
  return crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv, additionalData }, key, sealed.data);
}

/** @param {CryptoKey} key @param {Uint8Array<ArrayBuffer>} iv @param {number} length */
export const sealedZeros = (key, iv, length) => crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array(length));

/** @param {CryptoKey} key @param {string} name @param {unknown} value @returns {Promise<Sealed>} */
export function sealJson(key, name, value) {
  return sealBytes(key, name, new TextEncoder().encode(JSON.stringify(value)));
}

/** @param {CryptoKey} key @param {string} name @param {Sealed} sealed @returns {Promise<any>} */
export async function openJson(key, name, sealed) {
  return JSON.parse(new TextDecoder().decode(await openBytes(key, name, sealed)));
}
