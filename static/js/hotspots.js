/** The hotspot page: folium's map first, then what makes it answer. The page's table holds the same facts. */
import { addWords } from './core/i18n.js';
import { startHotspots } from './hotspots/page.js';
import zh from './hotspots/zh.json';
import { each } from './ui/dom.js';

addWords(zh);
each('[data-hot]', (/** @type {HTMLElement} */ el) => void startHotspots(el));
