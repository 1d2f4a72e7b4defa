import { distance_m, positionOf } from '../core/geo.js';
import { isoWithOffset } from '../core/time.js';

/** @typedef {import('../core/geo.js').Position} Position */

const HOW = { enableHighAccuracy: true, timeout: 20000, maximumAge: 5000 };
/** Within it a watch that is silent says that the phone has not moved. */
const STILL_HERE_MS = 60000;
const SOON_MS = 3000;
export const GOOD_ENOUGH_M = 100;
/** 250 km/h: faster than any patrol, and what an app that sets positions by hand looks like. */
const FASTEST_M_S = 70;
const JUMP_WITHIN_S = 600;

/** @param {Position} before @param {Position} after @returns {boolean} whether no vehicle gets from one to the other */
export function isJump(before, after) {
  const passed_s = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
  const metres = distance_m(before, after) - before.accuracy_m - after.accuracy_m;
  return passed_s > 0 && passed_s < JUMP_WITHIN_S && metres / passed_s > FASTEST_M_S;
}

/** Where the phone is. One watch serves every screen that asks; it stops when nobody does.
 *  @param {{geolocation: Geolocation | undefined, clock: () => number}} needs @returns {import('../phone/types.js').Place} */
export function createPlace({ geolocation, clock }) {
  /** @type {Position | null} */
  let last = null;
  let last_ms = 0;
  let jumped = false;
  /** @type {'denied' | 'none' | null} */
  let problem = geolocation ? null : 'none';
  /** @type {number | null} */
  let watching = null;
  /** @type {Set<(position: Position) => void>} */
  const listeners = new Set();
  /** @type {Set<(position: Position | null) => void>} whoever waits for one fix */
  const asking = new Set();
  const isYoung = (/** @type {number} */ most_ms) => last !== null && clock() - last_ms < most_ms;

  /** @param {GeolocationPosition} fix */
  const heard = (fix) => {
    problem = null;
    const position = positionOf(fix, isoWithOffset);
    jumped ||= last !== null && isJump(last, position);
    last = position;
    last_ms = clock();
    for (const listener of [...listeners, ...asking]) listener(last);
  };
  /** @param {GeolocationPositionError} fault */
  const failed = (fault) => {
    problem = fault.code === fault.PERMISSION_DENIED ? 'denied' : 'none';
  };

  return {
    last: () => last,
    problem: () => problem,
    jumped: () => jumped,
    /** A fix no older than five seconds, or the next one that anybody hears: Chromium holds back the answer to one
     *  question while a watch runs and the phone lies still, so the last one of this minute will soon do as well. Null
     *  after `patience_ms`: a basement must not hold up a record. */
    current(patience_ms = 8000) {
      if (isYoung(HOW.maximumAge)) return Promise.resolve(last);
      if (!geolocation) return Promise.resolve(null);
      return new Promise((resolve) => {
        const done = (/** @type {Position | null} */ position) => {
          clearTimeout(timer);
          asking.delete(done);
          resolve(position);
        };
        const wait_ms = watching !== null && isYoung(STILL_HERE_MS) ? Math.min(patience_ms, SOON_MS) : patience_ms;
        const timer = setTimeout(() => done(isYoung(STILL_HERE_MS) ? last : null), wait_ms);
        asking.add(done);
        geolocation.getCurrentPosition(
          heard,
          (fault) => {
            failed(fault);
            if (watching === null || problem === 'denied') done(null);
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
