/** The only door to Leaflet. Its plugins look for the global `L`, which Leaflet's own file sets. */
import L from 'leaflet';
import { assetUrl } from '../core/assets.js';

/** Loads the map's style sheet once; a map drawn before it has come would be scattered over the page. */
export function mapStyles() {
  const href = assetUrl('leaflet.css');
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  const come = new Promise((resolve) => {
    link.addEventListener('load', () => resolve(undefined), { once: true });
    link.addEventListener('error', () => resolve(undefined), { once: true });
  });
  document.head.append(link);
  return come;
}

/** @returns {Promise<typeof L>} Leaflet with marker clusters */
export async function withClusters() {
  /** @type {any} */ (globalThis).L = L;
  await import('leaflet.markercluster');
  return L;
}

/** @returns {Promise<typeof L>} Leaflet with heat layers */
export async function withHeat() {
  /** @type {any} */ (globalThis).L = L;
  await import('leaflet.heat');
  return L;
}

export { L };
