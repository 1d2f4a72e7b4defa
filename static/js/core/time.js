/** @param {number} number @param {number} width */
const padded = (number, width = 2) => String(number).padStart(width, '0');

/** A moment as ISO 8601 in the phone's own time with its offset, so that the record says what the officer's
 *  clock showed and not only when it was in Greenwich.
 *  @param {number} ms @param {number} offset_min minutes east of UTC; the phone's own when left out
 *  @returns {string} such as 2026-11-24T09:05:00.000+08:00 */
export function isoWithOffset(ms, offset_min = -new Date(ms).getTimezoneOffset()) {
  const local = new Date(ms + offset_min * 60000).toISOString().slice(0, -1);
  const size = Math.abs(offset_min);
  return `${local}${offset_min < 0 ? '-' : '+'}${padded(Math.floor(size / 60))}:${padded(size % 60)}`;
}

/** @param {number} ms @returns {string} the phone's calendar day, such as 2026-11-24 */
export function dayOf(ms) {
  return isoWithOffset(ms).slice(0, 10);
}

/** An instant of the wire as the phone's clock shows it: the server may write it in any zone. What names no zone
 *  stays as it is.
 *  @param {string} iso @param {number} [offset_min] minutes east of UTC; the phone's own when left out */
function asShown(iso, offset_min) {
  return /T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso) ? isoWithOffset(Date.parse(iso), offset_min) : iso;
}

/** @param {string | null | undefined} iso @param {number} [offset_min] @returns {string} such as 09:05, or nothing */
export function clockText(iso, offset_min) {
  if (!iso) return '';
  const found = /(?:T|^)(\d{2}:\d{2})/.exec(asShown(iso, offset_min));
  return found ? found[1] : '';
}

/** @param {string} iso @param {number} [offset_min] @returns {string} such as 2026-11-24 09:05 */
export function dayAndClock(iso, offset_min) {
  return `${asShown(iso, offset_min).slice(0, 10)} ${clockText(iso, offset_min)}`.trim();
}

/** How old something is, in the largest unit that fits.
 *  @param {number} ms an age
 *  @returns {{count: number, unit: 'minute' | 'hour' | 'day'}} */
export function age(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60000));
  if (minutes < 60) return { count: minutes, unit: 'minute' };
  if (minutes < 60 * 48) return { count: Math.floor(minutes / 60), unit: 'hour' };
  return { count: Math.floor(minutes / 1440), unit: 'day' };
}
