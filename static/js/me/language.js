/** The phone's language. The server's cookie cannot be read by a script and the shell comes out of the worker's
 *  cache in whatever language it was first fetched, so the phone remembers for itself and tells the server. */

const NAME = 'patrol_language';

/** @param {string} wanted */
function show(wanted) {
  document.documentElement.lang = wanted === 'en' ? 'en' : 'zh-CN';
}

/** @returns {string | null} */
function remembered() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null; // Storage may be forbidden in an embedded browser; the page's own language stays.
  }
}

/** What was chosen on this phone, before the first word is drawn. */
export function applyLanguage() {
  const chosen = remembered();
  if (chosen) show(chosen);
}

/** The account's language, on a phone where nobody has chosen one.
 *  @param {string | undefined} wanted */
export function suggestLanguage(wanted) {
  if (wanted && !remembered()) show(wanted);
}

/** A person chooses: shown at once, remembered here, and told to the server when it can be reached.
 *  @param {'zh' | 'en'} wanted */
export function speak(wanted) {
  show(wanted);
  try {
    localStorage.setItem(NAME, wanted);
  } catch {
    // See above.
  }
  fetch('/account/language', {
    method: 'POST',
    headers: { 'X-Patrol': '1' },
    body: new URLSearchParams({ language: wanted, next: '/m/' }),
    redirect: 'manual',
  }).catch(() => undefined);
}
