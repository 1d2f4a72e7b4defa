import { positionOf } from '../core/geo.js';
import { isoWithOffset } from '../core/time.js';

/** @typedef {import('../core/geo.js').Position} Position */

const HOW = { enableHighAccuracy: true, timeout: 20000, maximumAge: 5000 };
export const GOOD_ENOUGH_M = 100;

/** Where the phone is. One watch serves every screen that asks; it stops when nobody does.
 *  @param {{geolocation: Geolocation | undefined, clock: () => number}} needs @returns {import('../phone/types.js').Place} */
export function createPlace({ geolocation, clock }) {
  /** @type {Position | null} */
  let last = null;
  let last_ms = 0;
  /** @type {'denied' | 'none' | null} */
  let problem = geolocation ? null : 'none';
  /** @type {number | null} */
  let watching = null;
  /** @type {Set<(position: Position) => void>} */
  const listeners = new Set();

  /** @param {GeolocationPosition} fix */
  const heard = (fix) => {
    problem = null;
    last = positionOf(fix, isoWithOffset);
    last_ms = clock();
    for (const listener of listeners) listener(last);
    return last;
  };
  /** @param {GeolocationPositionError} fault */
  const failed = (fault) => {
    problem = fault.code === fault.PERMISSION_DENIED ? 'denied' : 'none';
  };

  return {
    last: () => last,
    problem: () => problem,
    /** A fix no older than five seconds, or null after `patience_ms`: a basement must not hold up a record. */
    current(patience_ms = 8000) {
      if (last && clock() - last_ms < HOW.maximumAge) return Promise.resolve(last);
      if (!geolocation) return Promise.resolve(null);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(null), patience_ms);
        const done = (/** @type {Position | null} */ position) => {
          clearTimeout(timer);
          resolve(position);
        };
        geolocation.getCurrentPosition(
          (fix) => done(heard(fix)),
          (fault) => {
            failed(fault);
            done(null);
          },
          { ...HOW, timeout: patience_ms },
        );
      });
    },
    watch(onFix) {
      listeners.add(onFix);
      if (watching === null && geolocation) watching = geolocation.watchPosition(heard, failed, HOW);
      return () => {
        listeners.delete(onFix);
        if (listeners.size > 0 || watching === null) return;
        geolocation?.clearWatch(watching);
        watching = null;
      };
    },
  };
}
