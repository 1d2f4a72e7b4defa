/** The checklist of the day pack as pure rules. The questions themselves are data of the server, with a version. */

/** @typedef {import('../phone/types.js').Checklist} Checklist */
/** @typedef {import('../phone/types.js').ChecklistItem} ChecklistItem */
/** @typedef {Record<string, boolean | string | number>} Answers */

/** Answers with one more, or one taken back by `undefined`, an empty text or something that is no number.
 *  @param {Answers} answers @param {ChecklistItem} item @param {boolean | string | number | undefined} value
 *  @returns {Answers} */
export function answered(answers, item, value) {
  const { [item.code]: _old, ...rest } = answers;
  const kept = item.kind === 'number' && typeof value === 'string' ? numberIn(value) : value;
  return kept === undefined || kept === '' ? rest : { ...rest, [item.code]: kept };
}

/** @param {string} text @returns {number | undefined} */
function numberIn(text) {
  const number = Number(text.trim());
  return text.trim() === '' || !Number.isFinite(number) ? undefined : number;
}

/** Only what the present version asks goes to the server: a draft may have been begun with an older one.
 *  @param {Checklist} checklist @param {Answers} answers @returns {{version: string, answers: Answers}} */
export function checklistBody(checklist, answers) {
  const asked = new Set(checklist.sections.flatMap((section) => section.items.map((item) => item.code)));
  const kept = Object.entries(answers).filter(([code]) => asked.has(code));
  return { version: checklist.version, answers: Object.fromEntries(kept) };
}

/** @param {Checklist['sections'][number]} section @param {Answers} answers
 *  @returns {{answered: number, yes: number}} */
export function countOf(section, answers) {
  const given = section.items.filter((item) => item.code in answers);
  return { answered: given.length, yes: given.filter((item) => answers[item.code] === true).length };
}
