import { labelIn, tag } from '../phone/parts.js';

/** @typedef {'ok' | 'warn' | 'danger' | 'quiet'} Tone */

/** @type {Record<string, [Tone, string]>} */
const OUTCOME_LOOK = {
  nothing_found: ['ok', 'check-circle'],
  no_answer: ['quiet', 'door'],
  refused: ['warn', 'stop'],
  suspicious: ['warn', 'eye'],
  violation: ['danger', 'warning'],
};

/** @param {string} outcome @returns {[Tone, string]} its tone and sign */
export const outcomeLook = (outcome) => OUTCOME_LOOK[outcome] ?? ['quiet', 'question'];

/** @param {import('../phone/types.js').Phone} phone @param {string} outcome */
export function outcomeTag(phone, outcome) {
  const [tone, sign] = outcomeLook(outcome);
  return tag(tone, sign, labelIn(phone.pack?.outcomes, outcome));
}
