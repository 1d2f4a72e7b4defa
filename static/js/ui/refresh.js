/** A part of a page that renews itself while somebody looks at it: `data-refresh` is where its HTML comes from. */
import { each } from './dom.js';

const LEAST_S = 5;

/** Starts every such part. A failed round keeps what is shown; a hidden page asks nothing. */
export function startRefresh() {
  each('[data-refresh]', (/** @type {HTMLElement} */ part) => {
    const seconds = Math.max(LEAST_S, Number(part.dataset.refreshS) || LEAST_S);
    setInterval(() => document.visibilityState === 'visible' && renew(part), seconds * 1000);
  });
}

/** @param {HTMLElement} part */
async function renew(part) {
  if (part.contains(document.activeElement)) return;
  try {
    const answer = await fetch(String(part.dataset.refresh), { headers: { 'X-Patrol': '1' } });
    if (answer.ok && !answer.redirected) part.innerHTML = await answer.text();
  } catch {
    // no network: what is shown stays, and the next round asks again
  }
}
