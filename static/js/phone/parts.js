import { html, nothing, svg } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { age } from '../core/time.js';
import { language, t } from '../core/i18n.js';
import { onHeld } from '../ui/hold.js';

/** @typedef {import('lit-html').TemplateResult} TemplateResult */
/** @typedef {'info' | 'ok' | 'warn' | 'danger' | 'quiet'} Tone */

let sprite = '';

/** @param {string} address of the built icon sprite, which the shell page knows */
export function useSprite(address) {
  sprite = address;
}

/** @param {string} name @param {string} more further classes */
export const icon = (name, more = '') =>
  html`<svg class="icon ${more}" aria-hidden="true">${svg`<use href="${sprite}#${name}"></use>`}</svg>`;

/** Which of two texts the person reads.
 *  @param {string} zh @param {string} en */
export const inLanguage = (zh, en) => (language() === 'zh' ? zh : en);

/** @param {import('./types.js').Labelled} item */
export const labelOf = (item) => inLanguage(item.label_zh, item.label_en) || item.code;

/** @param {import('./types.js').Labelled[] | undefined} list @param {string} code */
export function labelIn(list, code) {
  const item = list?.find((one) => one.code === code);
  return item ? labelOf(item) : code;
}

/** @param {number} ms how long ago */
export function ageText(ms) {
  const { count, unit } = age(ms);
  if (unit === 'minute') return count === 0 ? t('just now') : t('{n} min ago', { n: count });
  if (unit === 'hour') return t('{n} h ago', { n: count });
  return t('{n} days ago', { n: count });
}

/** Why a stop leads nowhere any more. @param {string} gone */
export const goneText = (gone) =>
  gone === 'revoked' ? t('Not in your area any more') : gone === 'closed' ? t('Closed') : t('Not in the register any more');

/** @param {{tone: Tone, sign: string, text: unknown, more?: unknown}} what */
export const alertBox = ({ tone, sign, text, more }) =>
  html`<div class="alert tone-${tone}" role=${tone === 'danger' ? 'alert' : 'status'}>
    ${icon(sign)}
    <div class="grow">${text}${more ?? nothing}</div>
  </div>`;

/** @param {Tone} tone @param {string} sign @param {unknown} text */
export const tag = (tone, sign, text) => html`<span class="tag tone-${tone}">${icon(sign)}${text}</span>`;

/** @param {{sign: string, title: string, text?: unknown, act?: unknown}} what */
export const empty = ({ sign, title, text, act }) =>
  html`<div class="empty">${icon(sign)}<h2>${title}</h2>${text ? html`<p>${text}</p>` : nothing}${act ?? nothing}</div>`;

/** @param {string} text what is being fetched */
export const loading = (text) =>
  html`<div class="empty" role="status"><span class="spinner"></span><p>${text}</p></div>`;

/** A row that leads somewhere.
 *  @param {{href: string, sign?: unknown, title: unknown, note?: unknown, end?: unknown}} what */
export const rowLink = ({ href, sign, title, note, end }) =>
  html`<a class="item" href=${href}
    >${sign ?? nothing}
    <span class="item-body"
      ><span class="item-title">${title}</span>${note ? html`<span class="item-note">${note}</span>` : nothing}</span
    >
    ${end ? html`<span class="item-end">${end}</span>` : nothing}${icon('chevron-right')}</a
  >`;

/** One of a few answers, as a card large enough for a thumb.
 *  @param {{name: string, value: string, on: boolean, pick: () => void, sign?: string, text: unknown}} what */
export const choiceCard = ({ name, value, on, pick, sign, text }) =>
  html`<label class="choice choice-card ${on ? 'is-on' : ''}"
    ><input type="radio" name=${name} .value=${value} .checked=${on} @change=${pick} />${sign ? icon(sign) : nothing}<span
      class="grow"
      >${text}</span
    ></label
  >`;

/** @type {WeakMap<Element, () => void>} what each hold button does at present */
const acts = new WeakMap();

/** A button that is pressed and held, so that a pocket cannot start or end a patrol. It is wired once and asks for
 *  its act when held long enough: the screen may be drawn again, with every fix, while the finger is down.
 *  @param {{sign: string, text: string, act: () => void, stop?: boolean, small?: boolean, bar?: boolean}} what */
export function holdButton({ sign, text, act, stop, small, bar }) {
  const wire = (/** @type {Element | undefined} */ element) => {
    if (!element) return;
    if (!acts.has(element)) onHeld(/** @type {HTMLElement} */ (element), () => acts.get(element)?.());
    acts.set(element, act);
  };
  return html`<button type="button" class="hold ${stop ? 'hold-stop' : ''} ${small ? 'hold-s' : ''} ${bar ? 'hold-bar' : ''}" ${ref(wire)}>
    <svg class="hold-ring" viewBox="0 0 36 36" aria-hidden="true">
      <circle cx="18" cy="18" r="15.9" pathLength="100"></circle></svg
    >${icon(sign)}<span>${text}</span><small>${t('press and hold')}</small>
  </button>`;
}
