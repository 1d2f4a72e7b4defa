/** Addresses under /m/ and the screens they open. Pure, but for the lazy loading of rooms. */

/** @typedef {import('../phone/types.js').OpenScreen} OpenScreen */
/** @typedef {'today' | 'map' | 'report' | 'me'} Tab */
/** @typedef {{tab: Tab, load: () => Promise<OpenScreen>}} Destination */
/** @typedef {{destination: Destination, params: Record<string, string>}} Match */

const work = () => import('./work_rooms.js');
const own = () => import('./own_rooms.js');

/** @type {[string, Destination][]} */
const ROUTES = [
  ['/m', { tab: 'today', load: async () => (await import('../patrols/today.js')).openToday }],
  ['/m/stop/:place', { tab: 'today', load: async () => (await work()).openStop }],
  ['/m/venue/:place', { tab: 'today', load: async () => (await work()).openStop }], // where a scanned label leads
  ['/m/stop/:place/finding', { tab: 'today', load: async () => (await work()).openFinding }],
  ['/m/stop/:place/correct', { tab: 'today', load: async () => (await work()).openCorrection }],
  ['/m/scan', { tab: 'today', load: async () => (await work()).openScan }],
  ['/m/map', { tab: 'map', load: async () => (await import('../patrols/round_map.js')).openMap }],
  ['/m/report', { tab: 'report', load: async () => (await work()).openReport }],
  ['/m/me', { tab: 'me', load: async () => (await own()).openMe }],
  ['/m/me/unsent', { tab: 'me', load: async () => (await own()).openUnsent }],
  ['/m/me/device', { tab: 'me', load: async () => (await own()).openDevice }],
  ['/m/me/pin', { tab: 'me', load: async () => (await own()).openPin }],
];

/** @param {string} address path and query @returns {Match} today for an address that nobody knows */
export function match(address) {
  const { pathname, searchParams } = new URL(address, location.origin);
  const parts = pathname.replace(/\/+$/, '').split('/');
  for (const [pattern, destination] of ROUTES) {
    const params = paramsOf(pattern.split('/'), parts);
    if (params) return { destination, params: { ...Object.fromEntries(searchParams), ...params } };
  }
  return { destination: ROUTES[0][1], params: {} };
}

/** @param {string[]} pattern @param {string[]} parts @returns {Record<string, string> | null} */
function paramsOf(pattern, parts) {
  if (pattern.length !== parts.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, name] of pattern.entries()) {
    if (name.startsWith(':')) params[name.slice(1)] = decodeURIComponent(parts[index]);
    else if (name !== parts[index]) return null;
  }
  return params;
}

/** The link of a click that stays inside the phone's pages, or nothing.
 *  @param {MouseEvent} event @returns {string | null} */
export function innerLink(event) {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.defaultPrevented;
  const link = plain && event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin) return null;
  if (link.getAttribute('href')?.startsWith('#')) return null;
  return /^\/m(\/|$)/.test(link.pathname) ? link.pathname + link.search : null;
}
