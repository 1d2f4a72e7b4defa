/** Words of the interface. English is the key; each room registers its Chinese from its own zh.json.
 *  The language is the page's, so that a page and its scripts can never disagree. */

/** @type {Map<string, string>} */
const chinese = new Map();

/** Adds a room's Chinese. A key may be given by several rooms only with the same words.
 *  @param {Record<string, string>} dictionary English → Chinese */
export function addWords(dictionary) {
  for (const [key, words] of Object.entries(dictionary)) chinese.set(key, words);
}

/** @returns {'zh' | 'en'} the language of the page; Chinese when it does not say */
export function language() {
  const lang = globalThis.document?.documentElement.lang ?? '';
  return lang.toLowerCase().startsWith('en') ? 'en' : 'zh';
}

/** The text in the reader's language, with `{name}` filled in from `values`.
 *  @param {string} english @param {Record<string, string | number>} [values] @returns {string} */
export function t(english, values = {}) {
  const text = language() === 'zh' ? (chinese.get(english) ?? english) : english;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** One or many, for English; Chinese needs only the `many` text as its key.
 *  @param {string} one @param {string} many @param {number} count
 *  @param {Record<string, string | number>} [values] @returns {string} */
export function tn(one, many, count, values = {}) {
  const single = language() === 'en' && count === 1;
  return t(single ? one : many, { count, ...values });
}
