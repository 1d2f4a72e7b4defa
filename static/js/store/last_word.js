/** Where a page that is being left puts what it could not seal in time. WebCrypto and IndexedDB answer later, and such a
 *  page has no later; localStorage writes at once and knows no seal. So a one-time pad is drawn beforehand from the
 *  person's key, and in the last moment the draft is only combined with it: nothing readable lies on the disk. What was
 *  altered there is noticed (Poly1305, RFC 8439 section 2.5, under a one-time key from the same pad) and thrown away. */

/** @typedef {{iv: Uint8Array<ArrayBuffer>, bytes: Uint8Array}} Pad */
/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} Shelf */
/** @typedef {{pad: (iv: Uint8Array<ArrayBuffer>, length: number) => Promise<Uint8Array>, owner: string, shelf?: Shelf | undefined}} Needs */

const KEY_BYTES = 32;
const MOST_BYTES = 32768;
const PRIME = (1n << 130n) - 5n;

/** @param {Needs} needs */
export function createLastWord({ pad: draw, owner, shelf = globalThis.window?.localStorage }) {
  /** @type {Pad | null} */
  let ready = null;
  /** @param {string} name */
  const slot = (name) => `patrol/${owner}/${name}`;

  return {
    /** Draw a pad, for the next last word. */
    async prepare() {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      ready ??= { iv, bytes: await draw(iv, KEY_BYTES + MOST_BYTES) };
    },
    /** Keep a value at once; false where there is no pad, or the value or the phone is too full.
     *  @param {string} name @param {unknown} value @returns {boolean} */
    say(name, value) {
      const plain = new TextEncoder().encode(JSON.stringify(value));
      if (!ready || !shelf || plain.length > MOST_BYTES) return false;
      const { iv, bytes } = ready;
      ready = null; // a pad serves once
      const data = combined(plain, bytes);
      try {
        shelf.setItem(slot(name), [iv, tagOf(slot(name), data, bytes), data].map(toText).join('.'));
        return true;
      } catch {
        return false;
      }
    },
    /** What was said last and has not been forgotten; nothing when it was altered.
     *  @param {string} name @returns {Promise<any>} */
    async heard(name) {
      try {
        const [iv, tag, data] = (shelf?.getItem(slot(name)) ?? '').split('.').map(toBytes);
        if (!data) return null;
        const bytes = await draw(iv, KEY_BYTES + data.length);
        if (toText(tagOf(slot(name), data, bytes)) !== toText(tag)) return null;
        return JSON.parse(new TextDecoder().decode(combined(data, bytes)));
      } catch {
        return null;
      }
    },
    /** @param {string} name it is safe elsewhere, or no longer wanted */
    forget: (name) => shelf?.removeItem(slot(name)),
  };
}

/** @param {Uint8Array} data @param {Uint8Array} pad */
const combined = (data, pad) => data.map((byte, at) => byte ^ pad[KEY_BYTES + at]);

/** @param {string} name @param {Uint8Array} data @param {Uint8Array} pad */
function tagOf(name, data, pad) {
  const text = new TextEncoder().encode(name);
  const whole = new Uint8Array(text.length + 1 + data.length);
  whole.set(text);
  whole.set(data, text.length + 1);
  return poly1305(whole, pad.subarray(0, KEY_BYTES));
}

/** @param {Uint8Array} whole @param {Uint8Array} key @returns {Uint8Array<ArrayBuffer>} */
export function poly1305(whole, key) {
  const r = number(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < whole.length; at += 16) {
    const block = whole.subarray(at, at + 16);
    sum = ((sum + number(block) + (1n << BigInt(8 * block.length))) * r) % PRIME;
  }
  sum += number(key.subarray(16, 32));
  return Uint8Array.from({ length: 16 }, (_, at) => Number((sum >> BigInt(8 * at)) & 255n));
}

/** Little end first. @param {Uint8Array} bytes */
const number = (bytes) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** @param {Uint8Array} bytes */
const toText = (bytes) => btoa(String.fromCharCode(...bytes));

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const toBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** @typedef {ReturnType<typeof createLastWord>} LastWord */
