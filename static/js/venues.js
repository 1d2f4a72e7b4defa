/** Pages of the venue register: everything here improves a page that already works without it. */
import { addWords } from './core/i18n.js';
import { each } from './ui/dom.js';
import { chooseVenues } from './venues/choose.js';
import { loadParts } from './venues/parts.js';
import { pickPosition } from './venues/pick.js';
import { showPoints } from './venues/points.js';
import { previewImport } from './venues/preview.js';
import zh from './venues/zh.json';

addWords(zh);
loadParts();
each('[data-choose-venues]', chooseVenues);
document.addEventListener('mapready', (event) => {
  const { view } = /** @type {CustomEvent} */ (event).detail;
  const el = /** @type {HTMLElement} */ (event.target);
  if (el.dataset.points) showPoints(el, view);
  if (el.dataset.importPreview) previewImport(el, view);
  if (el.dataset.pickPosition !== undefined) pickPosition(el, view);
  if (el.dataset.venueMap !== undefined) {
    const { lon, lat, name = '' } = el.dataset;
    view.setVenues([{ uid: '', lon: Number(lon), lat: Number(lat), name }]);
  }
});
document.addEventListener('jobend', (event) => {
  const job = /** @type {CustomEvent} */ (event).detail;
  const followed = event.target instanceof Element && event.target.closest('[data-follow-job]');
  if (followed) location.assign(job.result_url ?? location.pathname);
});
