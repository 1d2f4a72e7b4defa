/** Squares of Web Mercator: the same lattice that the server counts in (patrol/hotspots/lattice.py). */

/** @param {number} lon @param {number} lat @param {number} zoom @returns {[number, number]} column, row */
export function cellOf(lon, lat, zoom) {
  const side = 2 ** zoom;
  const sine = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  return [Math.floor((lon / 360 + 0.5) * side), Math.floor(y * side)];
}

/** @param {number} column @param {number} row @param {number} zoom @returns {[number, number]} lat, lon of the north-west */
function corner(column, row, zoom) {
  const side = 2 ** zoom;
  return [(Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / side))) * 180) / Math.PI, (column / side - 0.5) * 360];
}

/** The ring of a square as [lat, lon] from its key `zoom-column-row`. @param {string} key @returns {[number, number][]} */
export function ringOf(key) {
  const [zoom, column, row] = key.split('-').map(Number);
  const [north, west] = corner(column, row, zoom);
  const [south, east] = corner(column + 1, row + 1, zoom);
  return [[north, west], [north, east], [south, east], [south, west]];
}

/** @param {number} lon @param {number} lat @param {string} by zoom as text @returns {string} the key of the square there */
export const keyAt = (lon, lat, by) => [by, ...cellOf(lon, lat, Number(by))].join('-');
