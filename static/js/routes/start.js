/** The pin of where a shift starts and the two fields beside it: each follows the other. */

/** @param {HTMLElement} el @param {import('../map/create.js').MapView} view */
export function pickStart(el, view) {
  const form = el.closest('form');
  const lon = form?.elements.namedItem('start_lon');
  const lat = form?.elements.namedItem('start_lat');
  if (!(lon instanceof HTMLInputElement && lat instanceof HTMLInputElement)) return;
  const take = (/** @type {number} */ x, /** @type {number} */ y) => {
    lon.value = x.toFixed(6);
    lat.value = y.toFixed(6);
  };
  /** @returns {[number, number] | undefined} */
  const typed = () => {
    const [x, y] = [Number(lon.value), Number(lat.value)];
    return lon.value && lat.value && Math.abs(x) <= 180 && Math.abs(y) <= 90 ? [x, y] : undefined;
  };
  let end = view.pickPoint(take, typed());
  const follow = () => {
    const start = typed();
    if (!start) return;
    end();
    end = view.pickPoint(take, start);
    view.focus(...start);
  };
  lon.addEventListener('change', follow);
  lat.addEventListener('change', follow);
}
