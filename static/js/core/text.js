/** A text as the server takes it: trimmed, without control characters and torn letters, which keyboards and pasting
 *  bring in and which would send a whole record back, and no longer than its field.
 *  @param {string} text @param {number} longest letters (UTF-16 units, as a text field counts them)
 *  @returns {string} */
export function plainText(text, longest) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').trim().slice(0, longest);
  return clean.replace(/\p{Surrogate}/gu, '\ufffd');
}
