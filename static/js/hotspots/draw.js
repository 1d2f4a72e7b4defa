/** Lets a person draw an area: a click a corner, a double click or Enter closes it, Escape gives up. */
import { t } from '../core/i18n.js';
import { L } from '../map/leaflet.js';
import { announce } from '../ui/dom.js';

/** @param {L.Map} map @param {(ring: [number, number][]) => void} done lon, lat @returns {() => void} what ends it */
export function drawArea(map, done) {
  /** @type {L.LatLng[]} */
  const corners = [];
  const shape = L.polygon([], { className: 'hot-drawn', interactive: false }).addTo(map);
  const box = map.getContainer();
  box.classList.add('is-drawing');
  map.doubleClickZoom.disable();
  announce(t('Click the corners of the area; a double click closes it'));
  /** @param {L.LeafletMouseEvent} event */
  const add = ({ latlng }) => {
    const last = corners.at(-1);
    if (last && map.latLngToContainerPoint(last).distanceTo(map.latLngToContainerPoint(latlng)) < 6) return;
    corners.push(latlng);
    shape.setLatLngs(corners);
  };
  const close = () => {
    if (corners.length < 3) return;
    end(false);
    done(corners.map(({ lng, lat }) => [lng, lat]));
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key === 'Enter') close();
    if (event.key === 'Escape') end(true);
  };
  const end = (/** @type {boolean} */ erase) => {
    map.off('click', add);
    map.off('dblclick', close);
    document.removeEventListener('keydown', key);
    box.classList.remove('is-drawing');
    setTimeout(() => map.doubleClickZoom.enable(), 300);
    if (erase) shape.remove();
  };
  map.on('click', add);
  map.on('dblclick', close);
  document.addEventListener('keydown', key);
  return () => {
    end(true);
  };
}
