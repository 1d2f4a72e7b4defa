/** Runs folium's script against our one Leaflet and hands over the map that it made. */
import { L } from '../map/leaflet.js';

/** A scale in metres only. @param {L.Map} map */
export const scaleIn = (map) => void L.control.scale({ imperial: false }).addTo(map);

/** @param {string} url @param {string} name of the variable in folium's script @returns {Promise<L.Map | null>} */
export function runFolium(url, name) {
  /** @type {any} */ (globalThis).L = L;
  /** @type {any} */ (L.Control.Attribution.prototype).options.prefix = false;
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = url;
    script.addEventListener('load', () => resolve(/** @type {any} */ (globalThis)[name] ?? null), { once: true });
    script.addEventListener('error', () => resolve(null), { once: true });
    document.head.append(script);
  });
}
