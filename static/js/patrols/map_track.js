import { html, nothing } from 'lit-html';
import { distanceText } from '../core/geo.js';
import { t, tn } from '../core/i18n.js';
import { clockText, dayOf } from '../core/time.js';
import { emptyBuffer, WALKED } from './track.js';
import { walkedSoFar } from './walked_so_far.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {{walked_m: number, gaps: {line: import('./walked_so_far.js').LonLat[], text: string}[], at: number}} Track */
/** @typedef {{view: import('../map/create.js').MapView | null, track: Track | null}} Shown */

/** A point is taken every 15 s; drawing more often would show nothing new. */
const EVERY_MS = 15000;

/** The own track of today's patrol on the round's map, lightly; nothing where none is kept on this phone.
 *  @param {Phone} phone @param {Shown} shown @returns {Promise<Track | null>} */
export async function drawTrack(phone, shown) {
  const { view, track } = shown;
  if (!view || (track && Math.abs(phone.clock() - track.at) < EVERY_MS)) return track;
  if (track) track.at = phone.clock();
  const walked = walkedSoFar(await ofToday(phone));
  const gaps = walked.holes.map(({ line, from, to, reason }) => ({ line, text: `${clockText(from)}–${clockText(to)} ${reasonText(reason)}` }));
  const { walkedLayer } = await import('./map_parts.js');
  await view.put('walked', () => walkedLayer({ parts: walked.parts, gaps }, { opacity: 0.6 }));
  shown.track = { walked_m: walked.walked_m, gaps, at: phone.clock() };
  phone.refresh();
  return shown.track;
}

/** @param {Phone} phone */
async function ofToday({ locker, patrol, clock }) {
  const isRunning = patrol.status === 'active' || patrol.status === 'paused';
  if (!patrol.patrol_uid || (!isRunning && patrol.date !== dayOf(clock()))) return [];
  const sent = await locker.readAll(WALKED);
  return [...sent.map(({ value }) => value), (await locker.read('track')) ?? emptyBuffer()];
}

/** @param {string} reason */
function reasonText(reason) {
  if (reason === 'screen_off') return t('Screen was off');
  if (reason === 'no_fix') return t('No satellite fix');
  if (reason === 'paused') return t('Patrol was paused');
  return reason === 'app_closed' ? t('App was closed') : t('no reason known');
}

/** The same in words: a broken line is hard to hit with a thumb.
 *  @param {Track | null} track */
export function trackLine(track) {
  if (!track || (track.walked_m === 0 && track.gaps.length === 0)) return nothing;
  const length = t('Walked so far: {distance}', { distance: distanceText(track.walked_m) });
  if (track.gaps.length === 0) return html`<p class="s">${length}</p>`;
  return html`<details class="s">
    <summary>${length} · ${tn('{count} gap in the track', '{count} gaps in the track', track.gaps.length)}</summary>
    ${track.gaps.map(({ text }) => html`<p class="muted">${text}</p>`)}
  </details>`;
}
