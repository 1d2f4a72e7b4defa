/** A text as the server takes it: trimmed, without control characters and torn letters, which keyboards and pasting
 *  bring in and which would send a whole record back, and no longer than its field.
 *  @param {string} text @param {number} longest letters (UTF-16 units, as a text field counts them)
 *  @returns {string} */
export function plainText(text, longest) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').trim().slice(0, longest);
  return clean.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** Letters of the GSM alphabet (3GPP TS 23.038), and those that take the room of two in it. */
const GSM = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const GSM_DOUBLE = new Set('^{}\\[~]|€\f');

/** How many SMS a text costs: 70 letters are one, or 160 where all are of the GSM alphabet; parts of longer ones hold 67
 *  and 153, and a letter that takes two places is never torn. The server reckons the same (patrol/infra/messages.py).
 *  @param {string} text @returns {number} */
export function messageParts(text) {
  const letters = [...text];
  const gsm = letters.every((letter) => GSM.has(letter) || GSM_DOUBLE.has(letter));
  const sizes = letters.map((letter) => (gsm ? 1 + Number(GSM_DOUBLE.has(letter)) : letter.length));
  const [single, part] = gsm ? [160, 153] : [70, 67];
  if (sizes.reduce((sum, size) => sum + size, 0) <= single) return Number(letters.length > 0);
  let parts = 1;
  let room = part;
  for (const size of sizes) {
    if (size > room) {
      parts += 1;
      room = part;
    }
    room -= size;
  }
  return parts;
}
