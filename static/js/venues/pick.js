/** The pin of a venue's front door and the two fields beside it: each follows the other. */

/** @param {HTMLFormElement} form @param {string} name */
const field = (form, name) => /** @type {HTMLInputElement | HTMLSelectElement | null} */ (form.elements.namedItem(name));

/** @param {HTMLElement} el @param {import('../map/create.js').MapView} view */
export function pickPosition(el, view) {
  const form = el.closest('form');
  if (!form) return;
  const lon = field(form, 'lon');
  const lat = field(form, 'lat');
  const datum = field(form, 'datum');
  if (!lon || !lat || !datum) return;
  const take = (/** @type {number} */ x, /** @type {number} */ y) => {
    lon.value = x.toFixed(6);
    lat.value = y.toFixed(6);
    datum.value = 'wgs84'; // the map is drawn in it
  };
  /** @returns {[number, number] | undefined} */
  const typed = () => {
    const [x, y] = [Number(lon.value), Number(lat.value)];
    return lon.value && lat.value && Math.abs(x) <= 180 && Math.abs(y) <= 90 ? [x, y] : undefined;
  };
  let end = view.pickPoint(take, typed());
  const follow = () => {
    const start = typed();
    if (!start || datum.value !== 'wgs84') return;
    end();
    end = view.pickPoint(take, start);
    view.focus(...start);
  };
  lon.addEventListener('change', follow);
  lat.addEventListener('change', follow);
}
