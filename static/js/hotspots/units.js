/** The units of one layer on one map: a look a step, words, and a click that asks why. Colours come from the styles. */
import { L } from '../map/leaflet.js';
import { ringOf } from './lattice.js';

/** @typedef {{k: string, n: string, l: string, t: string, r?: [number, number][][]}} Unit */
/** @typedef {{layer: string, legend: [string, string][], ends: string[], units: Unit[]}} Layer */

const LETTER_A = 97;

export class UnitLayer {
  /** @param {L.Map} map @param {(key: string) => void} onPick */
  constructor(map, onPick) {
    this.map = map;
    this.onPick = onPick;
    this.renderer = L.svg({ padding: 0.3 });
    this.group = L.layerGroup().addTo(map);
    /** @type {{unit: Unit, path: L.Polygon}[]} */
    this.drawn = [];
    this.step = 0;
    /** @type {Layer | null} */
    this.layer = null;
  }

  /** @param {Layer} layer */
  show(layer) {
    this.group.clearLayers();
    this.layer = layer;
    this.step = Math.max(0, layer.ends.length - 1);
    this.drawn = layer.units.map((unit) => {
      const path = L.polygon(unit.r ?? [ringOf(unit.k)], { renderer: this.renderer, className: this.look(unit) });
      path.bindTooltip(() => this.words(unit), { sticky: true, className: 'hot-tip' });
      path.on('click', (/** @type {L.LeafletMouseEvent} */ event) => {
        L.DomEvent.stopPropagation(event);
        this.onPick(unit.k);
      });
      this.group.addLayer(path);
      return { unit, path };
    });
  }

  /** @param {Unit} unit */
  look(unit) {
    const letter = unit.l[Math.min(this.step, unit.l.length - 1)] ?? 'a';
    return `hot-unit ${this.layer?.legend[letter.charCodeAt(0) - LETTER_A]?.[0] ?? ''}`;
  }

  /** @param {Unit} unit @returns {HTMLElement} */
  words(unit) {
    const letter = unit.l[Math.min(this.step, unit.l.length - 1)] ?? 'a';
    const box = document.createElement('span');
    const name = document.createElement('strong');
    name.textContent = unit.n;
    const said = unit.t || (this.layer?.legend[letter.charCodeAt(0) - LETTER_A]?.[1] ?? '');
    box.append(name, document.createElement('br'), said);
    return box;
  }

  /** @param {number} step */
  at(step) {
    this.step = step;
    for (const { unit, path } of this.drawn) path.getElement()?.setAttribute('class', `leaflet-interactive ${this.look(unit)}`);
  }

  /** @param {string} key */
  mark(key) {
    for (const { unit, path } of this.drawn) path.getElement()?.classList.toggle('is-picked', unit.k === key);
    const found = this.drawn.find(({ unit }) => unit.k === key);
    if (found) this.map.panInside(found.path.getBounds().getCenter(), { padding: [60, 60] });
  }
}
