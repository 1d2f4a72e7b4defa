/** Theme and text size: kept in cookies, because the server draws them into the page before any script runs. */
import { delegate, each } from './dom.js';

const YEAR_S = 365 * 24 * 3600;

/** @param {string} name */
function cookie(name) {
  return document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** @param {string} name @param {string} value */
function keep(name, value) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from Safari 14 and Firefox.
  document.cookie = `${name}=${value}; path=/; max-age=${value ? YEAR_S : 0}; samesite=lax`;
}

/** @param {'theme' | 'type'} which @param {string} value nothing takes the device's own */
export function prefer(which, value) {
  if (value) document.documentElement.dataset[which] = value;
  else delete document.documentElement.dataset[which];
  keep(`patrol_${which}`, value);
}

/** @param {'theme' | 'type'} which @returns {string} */
export const preference = (which) => cookie(`patrol_${which}`);

/** Applies what was chosen before; a page out of the service worker's cache cannot know it. */
export function applyPreferences() {
  for (const which of /** @type {const} */ (['theme', 'type'])) {
    const value = preference(which);
    if (value) document.documentElement.dataset[which] = value;
  }
}

function showChoice() {
  each('[data-theme-set]', (button) => {
    const on = preference('theme') === button.getAttribute('data-theme-set');
    button.setAttribute('aria-pressed', String(on));
    button.removeAttribute('hidden');
  });
  each('[data-type-toggle]', (button) => {
    button.setAttribute('aria-pressed', String(preference('type') === 'large'));
    button.removeAttribute('hidden');
  });
}

/** Wires the buttons of the account menu; pressing the chosen theme again returns to the device's own. */
export function startPreferences() {
  applyPreferences();
  showChoice();
  delegate('click', '[data-theme-set]', (button) => {
    const wanted = button.dataset.themeSet ?? '';
    prefer('theme', preference('theme') === wanted ? '' : wanted);
    showChoice();
  });
  delegate('click', '[data-type-toggle]', () => {
    prefer('type', preference('type') === 'large' ? '' : 'large');
    showChoice();
  });
}
