/** The map's colours come from tokens.css, so that both themes are told in one place only. */

/** Line patterns beside the team colours, for eyes that tell colours apart badly and for grey printers. */
export const DASHES = ['', '10 6', '2 6', '12 5 2 5', '6 3', '16 6', '1 4', '10 4 2 4 2 4'];

/** @param {string} name without the two dashes @returns {string} */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || '#888';
}

/** @param {number} team counted from 1 */
export const teamColour = (team) => token(`team-${((team - 1) % 8) + 1}`);

/** @param {number} team counted from 1 */
export const teamDash = (team) => DASHES[(team - 1) % DASHES.length];

/** Calls back when the theme changes, by the device or by the person. Returns what stops it.
 *  @param {() => void} redraw */
export function onTheme(redraw) {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const watcher = new MutationObserver(redraw);
  watcher.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  query.addEventListener('change', redraw);
  return () => {
    watcher.disconnect();
    query.removeEventListener('change', redraw);
  };
}
