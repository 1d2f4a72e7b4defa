/** Pages of patrols and findings: what was recorded is drawn on the page's map. The lists beside it say the same. */
import { positionLayer } from './map/layers.js';
import { boundsOf, walkedLayer } from './map/walked.js';

/** @param {string} url */
async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' } });
  return answer.ok ? answer.json() : null;
}

document.addEventListener('mapready', async (event) => {
  const { view } = /** @type {CustomEvent} */ (event).detail;
  const { patrolTrack, place } = /** @type {HTMLElement} */ (event.target).dataset;
  if (patrolTrack) {
    const walked = await fetched(patrolTrack);
    if (!walked) return;
    view.put('walked', () => walkedLayer(walked));
    view.setVenues(walked.visits);
    const bounds = boundsOf(walked);
    if (bounds) view.fit(bounds);
  }
  if (place) {
    const found = await fetched(place);
    if (found) view.put('place', () => positionLayer({ ...found, accuracy_m: found.accuracy_m ?? 0 }));
  }
});
