/** The register on a map: asks for the section in view, and shows points, or numbers where there are too many. */
import { t, tn } from '../core/i18n.js';

/** @typedef {[uid: string, lon: number, lat: number, name: string, kind: number, overdue: 0|1, risk: number, open: 0|1]} Point */
/** @typedef {{kinds: string[], total: number, points: Point[], clusters: [number, number, number][]}} Answer */

const KINDS = {
  hotel: 'Hotel', rental: 'Rental housing', meeting: 'Meeting venue',
  direct_selling: 'Direct-selling outlet', campus: 'Campus', other: 'Other place',
};

/** @param {Point} point @returns {'ok'|'warn'|'danger'|'quiet'|'info'} */
export function toneOf([, , , , , overdue, risk, open]) {
  if (!open) return 'quiet';
  if (risk >= 30) return 'danger';
  return overdue ? 'warn' : 'info';
}

/** @param {string[]} kinds @param {Point} point */
function placeOf(kinds, point) {
  const [uid, lon, lat, name, kind, overdue, risk] = point;
  const note = [t(KINDS[/** @type {keyof typeof KINDS} */ (kinds[kind])]), overdue ? t('Overdue') : '', t('risk {percent} %', { percent: risk })];
  return { uid, lon, lat, name, note: note.filter(Boolean).join(' · '), tone: toneOf(point) };
}

/** @param {HTMLElement} el @param {import('../map/create.js').MapView} view */
export function showPoints(el, view) {
  const note = document.querySelector('[data-points-note]');
  const list = document.querySelector('[data-points-list]');
  const open = (/** @type {string} */ uid) => location.assign(`${el.dataset.show}${uid}`);
  /** @param {Answer} answer */
  const show = ({ kinds, total, points, clusters }) => {
    const places = points.map((point) => placeOf(kinds, point));
    view.setVenues(places, { onPick: open });
    view.setCounts(clusters, (count) => tn('{count} venue; come closer', '{count} venues; come closer', count));
    if (note) note.textContent = tn('{count} venue in view', '{count} venues in view', total);
    if (list instanceof HTMLElement) view.listInto(list, places.slice(0, 200), open);
  };
  let latest = 0;
  view.watch(async (box) => {
    const mine = ++latest;
    const url = new URL(el.dataset.points ?? '', location.href);
    url.searchParams.set('bbox', clamp(box).map((degrees) => degrees.toFixed(6)).join(','));
    try {
      const answer = await fetch(url, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const body = await answer.json();
      if (mine === latest) show(body);
    } catch {
      if (note && mine === latest) note.textContent = t('The venues could not be loaded. Move the map to try again.');
    }
  });
}

/** Keeps a section that reaches over the edge of the world on it.
 *  @param {[number, number, number, number]} box */
export function clamp([west, south, east, north]) {
  return [Math.max(-180, west), Math.max(-90, south), Math.min(180, east), Math.min(90, north)];
}
