/** Part pages of other rooms: the link inside `[data-load]` is replaced by what it leads to. */
import { t } from '../core/i18n.js';
import { each } from '../ui/dom.js';

/** @param {HTMLElement} place */
async function load(place) {
  place.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(place.dataset.load ?? '', { headers: { Accept: 'text/html' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), 'text/html');
    place.replaceChildren(...part.body.childNodes);
  } catch {
    const note = document.createElement('p');
    note.className = 'muted';
    note.textContent = t('The history could not be loaded just now. Reload the page to try again.');
    place.prepend(note);
  } finally {
    place.removeAttribute('aria-busy');
  }
}

export function loadParts() {
  each('[data-load]', load);
}
