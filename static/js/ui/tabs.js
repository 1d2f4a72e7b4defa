/** Tabs within one page (role=tablist): arrow keys move, the panel follows; the address keeps the choice. */
import { each } from './dom.js';

/** @param {HTMLElement} list */
function startOne(list) {
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role=tab]')]);
  /** @param {HTMLElement} chosen @param {boolean} focus */
  const choose = (chosen, focus) => {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls') ?? '')?.toggleAttribute('hidden', !on);
    }
    if (focus) chosen.focus();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => choose(tab, false));
    tab.addEventListener('keydown', (event) => {
      const steps = /** @type {Record<string, number>} */ ({ ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 });
      if (!(event.key in steps)) return;
      event.preventDefault();
      choose(/** @type {HTMLElement} */ (tabs.at(steps[event.key] % tabs.length)), true);
    });
  }
  choose(tabs.find((tab) => tab.getAttribute('aria-selected') === 'true') ?? tabs[0], false);
}

/** On a narrow screen the row of tabs is wider than the page: it is moved so that the open one is seen.
 *  @param {HTMLElement} list */
function showOpen(list) {
  const open = list.querySelector('[aria-current]');
  if (open instanceof HTMLElement) list.scrollLeft = open.offsetLeft - (list.clientWidth - open.offsetWidth) / 2;
}

export function startTabs() {
  each('[role=tablist]', startOne);
  each('.tabs', showOpen);
}
