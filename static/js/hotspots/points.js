/** Single findings, sightings and dens in view; findings only while they are few enough to tell apart. */
import { t } from '../core/i18n.js';
import { L } from '../map/leaflet.js';
import { announce } from '../ui/dom.js';

/** @typedef {{lon: number, lat: number, words: string, url?: string, closed?: boolean, from?: string, to?: string, moved?: [number, number] | null}} Point */

/** @param {string} what @param {Point} point @returns {L.Layer[]} */
function marks(what, point) {
  const label = document.createElement('span');
  label.textContent = [point.words, what === 'dens' ? `${point.from} – ${point.to || t('still open')}` : point.from].filter(Boolean).join(' ');
  const large = what === 'dens' || what === 'actions';
  const className = `hot-point is-${what}${point.closed ? ' is-closed' : ''}`;
  const icon = L.divIcon({ className, iconSize: large ? [18, 18] : [12, 12] });
  const marker = L.marker([point.lat, point.lon], { icon, alt: label.textContent, keyboard: large });
  marker.bindTooltip(label);
  if (point.url) marker.on('click', () => location.assign(/** @type {string} */ (point.url)));
  if (!point.moved) return [marker];
  const path = L.polyline([[point.moved[1], point.moved[0]], [point.lat, point.lon]], { className: 'hot-moved', interactive: false });
  return [path, marker];
}

export class PointLayer {
  /** @param {L.Map} map @param {string} what @param {(more: Record<string, string>) => string} address */
  constructor(map, what, address) {
    this.map = map;
    this.what = what;
    this.address = address;
    this.group = L.layerGroup();
    this.moved = () => void this.load();
    this.turn = 0;
  }

  async load() {
    const b = this.map.getBounds();
    const turn = ++this.turn;
    const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((side) => side.toFixed(5)).join(',');
    const answer = await fetch(this.address({ what: this.what, box }), { headers: { 'X-Patrol': '1' } });
    if (!answer.ok || turn !== this.turn) return;
    const { points, too_many } = await answer.json();
    this.group.clearLayers();
    for (const point of points) for (const mark of marks(this.what, point)) this.group.addLayer(mark);
    if (too_many) announce(t('Too many findings in view: come closer to see single ones'));
    this.map.getContainer().classList.toggle('hot-too-many', too_many);
  }

  /** @param {boolean} on */
  toggle(on) {
    if (on) {
      this.group.addTo(this.map);
      this.map.on('moveend', this.moved);
      this.moved();
    } else {
      this.group.remove();
      this.map.off('moveend', this.moved);
      this.map.getContainer().classList.remove('hot-too-many');
    }
  }
}
