/** Decides what is written on the display copy of a photo and where; knows no canvas. */

/** @typedef {{x: number, y: number, text: string}} Line */
/** @typedef {{font_px: number, box: {x: number, y: number, width: number, height: number}, lines: Line[]}} Layout */

/** The four facts of an evidence photo, in the order officials expect: time, place, person, task.
 *  @param {{time: string, place: string, person: string, task: string}} facts @returns {string[]} */
export function watermarkLines(facts) {
  return [facts.time, facts.place, facts.person, facts.task].filter((line) => line.trim() !== '');
}

/** Lay the lines into a block in the lower left corner, broken so that none leaves the picture.
 *  @param {{width: number, height: number}} picture pixels
 *  @param {string[]} lines
 *  @param {(text: string, font_px: number) => number} measure width of a text in pixels
 *  @returns {Layout} */
export function watermarkLayout(picture, lines, measure) {
  const font_px = Math.max(12, Math.round(Math.min(picture.width, picture.height) / 34));
  const inset = Math.round(font_px * 0.6);
  const widest = picture.width - 4 * inset;
  const broken = lines.flatMap((line) => brokenLine(line, (text) => measure(text, font_px) <= widest));
  const line_px = Math.round(font_px * 1.4);
  const width = Math.max(0, ...broken.map((text) => measure(text, font_px))) + 2 * inset;
  const height = broken.length * line_px + 2 * inset;
  const box = { x: inset, y: picture.height - inset - height, width: Math.ceil(width), height };
  return {
    font_px,
    box,
    lines: broken.map((text, row) => ({
      x: box.x + inset,
      y: box.y + inset + row * line_px + font_px,
      text,
    })),
  };
}

/** Chinese has no spaces to break at, so a line is broken between any two letters.
 *  @param {string} line @param {(text: string) => boolean} fits @returns {string[]} */
function brokenLine(line, fits) {
  /** @type {string[]} */
  const rows = [];
  let row = '';
  for (const letter of line) {
    if (row !== '' && !fits(row + letter)) {
      rows.push(row);
      row = '';
    }
    row += letter;
  }
  return row === '' ? rows : [...rows, row];
}

/** @param {{width: number, height: number}} original @param {number} longest_px
 *  @returns {{width: number, height: number}} the same shape, its longer side at most longest_px */
export function shrunkSize(original, longest_px) {
  const scale = Math.min(1, longest_px / Math.max(original.width, original.height));
  return {
    width: Math.max(1, Math.round(original.width * scale)),
    height: Math.max(1, Math.round(original.height * scale)),
  };
}
