/** Desktop pages: everything here improves a page that already works without it. */
import { addWords } from './core/i18n.js';
import { startDialogs } from './ui/dialogs.js';
import { each } from './ui/dom.js';
import { startHolds } from './ui/hold.js';
import { startInputs } from './ui/inputs.js';
import { startJobs } from './ui/jobs.js';
import { startNav } from './ui/nav.js';
import { startRefresh } from './ui/refresh.js';
import { startPreferences } from './ui/preferences.js';
import { startSortables } from './ui/sortable.js';
import { startTabs } from './ui/tabs.js';
import zh from './ui/zh.json';

addWords(zh);
startPreferences();
startNav();
startDialogs();
startTabs();
startHolds();
startSortables();
startInputs();
startJobs();
startRefresh();
each('[data-print]', (button) => button.addEventListener('click', () => window.print()));
if (document.querySelector('[data-map]')) import('./map/page.js').then(({ startMaps }) => startMaps());
if (document.querySelector('[data-signature]')) {
  import('./ui/signature.js').then(({ startSignature }) => each('[data-signature]', startSignature));
}
