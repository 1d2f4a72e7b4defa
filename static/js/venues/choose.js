/** Several venues in one field: found by a word of name, address or code, added by a tap or Enter, taken away one by one.
 *  The field itself stays in the form, a venue on each line as the server reads it; without scripts it is written in. */
import { t, tn } from '../core/i18n.js';
import { announce } from '../ui/dom.js';

/** @typedef {{code: string, name: string, address: string, open: boolean}} Found */

/** As many as are shown; one more in the answer says that there are others (the server's MOST_NAMED). */
const MOST_SHOWN = 12;
const PAUSE_MS = 200;

/** @param {string} text */
export const linesOf = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);

/** A venue as the server reads and writes it.
 *  @param {{name: string, code: string}} venue */
export const lineOf = ({ name, code }) => `${name} (${code})`;

/** What somebody pasted, when it is a list.
 *  @param {string} text */
export function pastedLines(text) {
  const lines = text.split(/[\r\n\t、;；]+/).map((line) => line.trim()).filter(Boolean);
  return lines.length > 1 ? lines : [];
}

/** The lines with some more, none of them twice.
 *  @param {string[]} lines @param {string[]} more */
export const joined = (lines, more) => [...new Set([...lines, ...more])];

/** @template {keyof HTMLElementTagNameMap} T
 *  @param {T} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} address @param {string} words @returns {Promise<Found[]>} */
async function lookUp(address, words) {
  const url = new URL(address, location.href);
  url.searchParams.set('q', words);
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** The chosen ones above the search, each with a button that takes it away.
 *  @param {HTMLTextAreaElement} kept @param {HTMLElement} list @param {HTMLElement} back where the cursor goes afterwards */
function chosenOf(kept, list, back) {
  const show = () => {
    const lines = linesOf(kept.value);
    list.replaceChildren(...lines.map((line) => {
      const away = make('button', { type: 'button', class: 'btn btn-quiet btn-icon', 'aria-label': t('Take away {name}', { name: line }) }, '×');
      away.addEventListener('click', () => {
        keep(linesOf(kept.value).filter((each) => each !== line), t('{name} is taken away', { name: line }));
        back.focus();
      });
      return make('li', {}, make('span', {}, line), away);
    }));
    list.hidden = !lines.length;
  };
  /** @param {string[]} lines @param {string} said */
  const keep = (lines, said) => {
    kept.value = lines.join('\n');
    kept.dispatchEvent(new Event('change', { bubbles: true }));
    show();
    announce(said);
  };
  show();
  return {
    /** @param {string[]} more */
    add: (more) => {
      const lines = joined(linesOf(kept.value), more);
      keep(lines, tn('{count} venue chosen', '{count} venues chosen', lines.length));
    },
  };
}

/** The answers below the search: a list box that the arrow keys walk.
 *  @param {HTMLInputElement} search @param {HTMLElement} box @param {HTMLElement} note @param {(venue: Found) => void} pick */
function answersOf(search, box, note, pick) {
  /** @type {Found[]} */
  let found = [];
  let at = -1;
  const mark = (/** @type {number} */ index) => {
    at = index;
    for (const [number, option] of [...box.children].entries()) {
      option.setAttribute('aria-selected', String(number === at));
      if (number === at) option.scrollIntoView({ block: 'nearest' });
    }
    if (at < 0) search.removeAttribute('aria-activedescendant');
    else search.setAttribute('aria-activedescendant', `${box.id}-${at}`);
  };
  const show = (/** @type {Found[]} */ venues, sentence = '') => {
    found = venues.slice(0, MOST_SHOWN);
    box.replaceChildren(...found.map((venue, number) => {
      const more = [venue.code, venue.address, venue.open ? '' : t('Closed')].filter(Boolean).join(' · ');
      const option = make('li', { role: 'option', id: `${box.id}-${number}` }, make('span', { class: 'strong' }, venue.name), make('small', { class: 'muted' }, more));
      option.addEventListener('mousedown', (event) => event.preventDefault()); // the search keeps the cursor
      option.addEventListener('click', () => pick(venue));
      return option;
    }));
    box.hidden = !found.length;
    search.setAttribute('aria-expanded', String(!box.hidden));
    note.textContent = venues.length > MOST_SHOWN ? t('There are more. Write another word to narrow them.') : sentence;
    mark(found.length ? 0 : -1);
  };
  return {
    show,
    step: (/** @type {number} */ by) => found.length && mark((at + by + found.length) % found.length),
    current: () => found[at],
  };
}

/** @param {HTMLElement} place */
export function chooseVenues(place) {
  const kept = place.querySelector('textarea');
  if (!kept) return;
  const id = kept.id;
  const list = make('ul', { class: 'chosen', 'aria-label': t('Chosen: {name}', { name: place.dataset.name ?? '' }) });
  const box = make('ul', { class: 'answers', role: 'listbox', id: `${id}-found`, 'aria-label': t('Venues found') });
  const note = make('p', { class: 'hint', role: 'status' });
  const search = make('input', {
    class: 'input', type: 'search', autocomplete: 'off', enterkeyhint: 'search', role: 'combobox', 'aria-expanded': 'false',
    'aria-autocomplete': 'list', 'aria-controls': box.id, placeholder: t('Name, address or code'),
  });
  const described = kept.getAttribute('aria-describedby');
  if (described) search.setAttribute('aria-describedby', described);
  if (kept.getAttribute('aria-invalid')) search.setAttribute('aria-invalid', 'true');
  kept.hidden = true;
  kept.id = `${id}-kept`;
  search.id = id; // the label and the list of faults lead to it
  box.hidden = true;
  kept.after(list, search, box, note);
  const chosen = chosenOf(kept, list, search);
  const answers = answersOf(search, box, note, (venue) => take([lineOf(venue)]));
  let latest = 0;
  let unheard = false;
  let timer = 0;
  /** @param {string[]} lines */
  const take = (lines) => {
    search.value = '';
    latest += 1;
    answers.show([]);
    chosen.add(lines);
    search.focus();
  };
  const ask = async () => {
    const mine = ++latest;
    const words = search.value.trim();
    if (!words) return answers.show([]);
    try {
      const venues = await lookUp(place.dataset.chooseVenues ?? '', words);
      unheard = false;
      if (mine === latest) answers.show(venues, venues.length ? '' : t('No venue of your area fits these words.'));
    } catch {
      unheard = true;
      if (mine === latest) answers.show([], t('The register does not answer just now. Write a code and press Enter; it is checked when you save.'));
    }
  };
  search.addEventListener('input', () => {
    clearTimeout(timer);
    latest += 1; // an answer to what was written before is not one to this
    answers.show([]);
    timer = window.setTimeout(ask, PAUSE_MS);
  });
  search.addEventListener('paste', (event) => {
    const lines = pastedLines(event.clipboardData?.getData('text') ?? '');
    if (!lines.length) return;
    event.preventDefault();
    take(lines);
  });
  search.addEventListener('blur', () => answers.show([]));
  search.addEventListener('focus', () => search.value.trim() && ask());
  search.addEventListener('keydown', (event) => {
    if (event.isComposing) return; // Enter ends a word of an input method
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const venue = answers.current();
    if (step) answers.step(step);
    else if (event.key === 'Escape' && !box.hidden) answers.show([]);
    else if (event.key === 'Enter' && venue) take([lineOf(venue)]);
    else if (event.key === 'Enter' && unheard && search.value.trim()) take([search.value.trim()]);
    else if (event.key !== 'Enter') return;
    event.preventDefault(); // Enter in this field never sends the form
  });
}
