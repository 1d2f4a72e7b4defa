const EARTH_RADIUS_M = 6371008.8;
/** Beyond this a position says no more than the country, and the wire takes no larger number. */
const COARSEST_M = 100000;

/** @typedef {{lon: number, lat: number}} Point WGS-84 degrees, longitude first by the rule of the house */
/** @typedef {{lon: number, lat: number, accuracy_m: number, at: string, source: 'gps', datum: 'WGS-84'}} Position */

/** Great-circle distance on a sphere of the mean radius (haversine); within 0.5 % of the ellipsoid.
 *  @param {Point} from @param {Point} to @returns {number} metres */
export function distance_m(from, to) {
  const radians = Math.PI / 180;
  const dLat = (to.lat - from.lat) * radians;
  const dLon = (to.lon - from.lon) * radians;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(from.lat * radians) * Math.cos(to.lat * radians) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Say a distance as a person on foot would.
 *  @param {number} metres @returns {string} such as "85 m" or "1.2 km" */
export function distanceText(metres) {
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${(metres / 1000).toFixed(metres < 10000 ? 1 : 0)} km`;
}

/** The position of the wire, from what the Geolocation API gives.
 *  Rounded to 1 cm and 0.1 m: more digits are noise and only make hashes hard to compare by eye.
 *  @param {{coords: {longitude: number, latitude: number, accuracy: number}, timestamp: number}} fix
 *  @param {(ms: number) => string} iso @returns {Position} */
export function positionOf(fix, iso) {
  return {
    lon: rounded(fix.coords.longitude, 7),
    lat: rounded(fix.coords.latitude, 7),
    accuracy_m: rounded(Math.min(fix.coords.accuracy, COARSEST_M), 1),
    at: iso(fix.timestamp),
    source: 'gps',
    datum: 'WGS-84',
  };
}

/** @param {number} value @param {number} digits @returns {number} */
export function rounded(value, digits) {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
