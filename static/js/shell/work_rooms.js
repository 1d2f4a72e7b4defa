/** The screens of the round, in one chunk: few files start faster than many on a slow network. */
export { openCorrection } from '../amend/form.js';
export { openReport } from '../clues/report.js';
export { openFinding } from '../findings/capture.js';
export { openScan } from '../patrols/scan.js';
export { openStop } from '../patrols/stop.js';
