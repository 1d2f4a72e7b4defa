/** Write a value as canonical JSON (RFC 8785), the form whose SHA-256 phone and server compare.
 *  Members that are `undefined` are left out as JSON.stringify does; anything else that JSON cannot
 *  say (NaN, functions, lone surrogates) is a programmer's mistake and throws.
 *  @param {unknown} value @returns {string} */
export function canonicalJson(value) {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value === 'string') return canonicalString(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(/** @type {Record<string, unknown>} */ (value));
  throw new TypeError(`JSON has no ${typeof value}`);
}

/** @param {number} value */
function canonicalNumber(value) {
  if (!Number.isFinite(value)) throw new TypeError('JSON has no NaN or Infinity');
  // ECMAScript's own Number::toString is what RFC 8785 section 3.2.2.3 asks for; it writes -0 as 0.
  return String(value);
}

/** @param {string} value */
function canonicalString(value) {
  // Well-formed JSON.stringify escapes a lone surrogate as \ud800; RFC 8785 demands an error instead.
  for (const letter of value) {
    const code = letter.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) throw new TypeError('lone surrogate in text');
  }
  return JSON.stringify(value);
}

/** @param {Record<string, unknown>} value */
function canonicalObject(value) {
  // The default sort compares UTF-16 code units, which is the order of RFC 8785 section 3.2.3.
  const members = Object.keys(value)
    .sort()
    .filter((name) => value[name] !== undefined)
    .map((name) => `${canonicalString(name)}:${canonicalJson(value[name])}`);
  return `{${members.join(',')}}`;
}
