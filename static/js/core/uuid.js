/** Make a UUIDv7 (RFC 9562): the device names its own records, and their names sort by time.
 *  @param {number} now_ms milliseconds since 1970
 *  @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array} random fills the array it is given
 *  @returns {string} */
export function uuidv7(now_ms, random = fillRandom) {
  const bytes = new Uint8Array(16);
  random(bytes);
  let rest = Math.max(0, Math.floor(now_ms));
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** When a name of this phone was made, by the clock it had then.
 *  @param {string} uuid a UUIDv7 @returns {number} milliseconds since 1970; NaN for what is no UUID */
export const madeAt_ms = (uuid) => Number.parseInt(uuid.replace('-', '').slice(0, 12), 16);

const ANY_UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The first UUID inside a text such as the address on a printed QR label, in lower case.
 *  @param {string} text @returns {string | null} */
export function uuidIn(text) {
  const found = ANY_UUID.exec(text);
  return found ? found[0].toLowerCase() : null;
}

/** @param {Uint8Array} bytes @returns {string} lower-case hexadecimal */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Uint8Array} */
function fillRandom(bytes) {
  return crypto.getRandomValues(bytes);
}
