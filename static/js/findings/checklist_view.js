import { html, nothing } from 'lit-html';
import { t } from '../core/i18n.js';
import { icon, inLanguage, labelOf } from '../phone/parts.js';
import { answered, countOf } from './checklist.js';

/** @typedef {import('./checklist.js').Answers} Answers */
/** @typedef {import('../phone/types.js').ChecklistItem} Item */
/** @typedef {(answers: Answers) => void} Change */

/** @param {import('../phone/types.js').Checklist} checklist @param {Answers} answers @param {Change} change */
export const checklistView = (checklist, answers, change) =>
  checklist.sections.map((section) => {
    const count = countOf(section, answers);
    return html`<details class="fold" ?open=${count.answered > 0}>
      <summary>
        ${icon('list')}<span class="grow">${inLanguage(section.title_zh, section.title_en)}</span>
        <span class="tag tone-${count.yes ? 'warn' : 'quiet'}">${count.answered}/${section.items.length}</span>
        ${icon('chevron-down')}
      </summary>
      <div class="stack">${section.items.map((item) => question(item, answers, change))}</div>
    </details>`;
  });

/** @param {Item} item @param {Answers} answers @param {Change} change */
function question(item, answers, change) {
  const set = (/** @type {boolean | string | number | undefined} */ value) => change(answered(answers, item, value));
  if (item.kind === 'yesno') return yesNo(item, answers[item.code], set);
  const typed = (/** @type {Event} */ event) => set(/** @type {HTMLInputElement} */ (event.target).value);
  return html`<label class="field"
    ><span class="label">${labelOf(item)}</span>
    ${item.kind === 'choice'
      ? html`<select class="input" @change=${typed}>
          <option value="" ?selected=${!(item.code in answers)}>${t('Not seen')}</option>
          ${item.options?.map(
            (option) =>
              html`<option value=${option.code} ?selected=${answers[item.code] === option.code}>${labelOf(option)}</option>`,
          )}
        </select>`
      : html`<input
          class="input ${item.kind === 'number' ? 'input-short' : ''}"
          inputmode=${item.kind === 'number' ? 'numeric' : 'text'}
          autocomplete="off"
          .value=${String(answers[item.code] ?? '')}
          @change=${typed}
        />`}
  </label>`;
}

/** Yes, no, or not seen: pressing the chosen answer again takes it back.
 *  @param {Item} item @param {unknown} value @param {(value: boolean | undefined) => void} set */
function yesNo(item, value, set) {
  const button = (/** @type {boolean} */ answer, /** @type {string} */ text) =>
    html`<button
      type="button"
      class="btn grow"
      aria-pressed=${value === answer}
      @click=${() => set(value === answer ? undefined : answer)}
    >
      ${value === answer ? icon('check') : nothing}${text}
    </button>`;
  return html`<fieldset>
    <legend>${labelOf(item)}</legend>
    <div class="row row-s">${button(true, t('Yes'))}${button(false, t('No'))}</div>
  </fieldset>`;
}
