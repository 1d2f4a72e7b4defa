/** The phone's language. The server's cookie cannot be read by a script and the shell comes out of the worker's
 *  cache in whatever language it was first fetched, so the phone remembers for itself and tells the server. */

const NAME = 'patrol_language';
/** What the account speaks: what a phone without a network goes by where nobody has chosen. */
const TOLD = 'patrol_language_told';

/** @param {string} wanted */
function show(wanted) {
  document.documentElement.lang = wanted === 'en' ? 'en' : 'zh-CN';
}

/** @param {string} name @returns {string | null} */
function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // Storage may be forbidden in an embedded browser; the page's own language stays.
  }
}

/** @param {string} name @param {string} wanted */
function remember(name, wanted) {
  try {
    localStorage.setItem(name, wanted);
  } catch {
    // See above.
  }
}

/** What was chosen on this phone or last heard of the account, before the first word is drawn. */
export function applyLanguage() {
  const known = remembered(NAME) ?? remembered(TOLD);
  if (known) show(known);
}

/** The account's language, on a phone where nobody has chosen one.
 *  @param {string | undefined} wanted */
export function suggestLanguage(wanted) {
  if (!wanted) return;
  remember(TOLD, wanted);
  if (!remembered(NAME)) show(wanted);
}

/** A person chooses: shown at once, remembered here, and told to the server when it can be reached.
 *  @param {'zh' | 'en'} wanted */
export function speak(wanted) {
  show(wanted);
  remember(NAME, wanted);
  fetch('/account/language', {
    method: 'POST',
    headers: { 'X-Patrol': '1' },
    body: new URLSearchParams({ language: wanted, next: '/m/' }),
    redirect: 'manual',
  }).catch(() => undefined);
}
