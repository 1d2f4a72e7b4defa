/** The first rows of a file on the map, following every choice of column, datum and division. */

/** @param {HTMLElement} el @param {import('../map/create.js').MapView} view */
export function previewImport(el, view) {
  const form = el.closest('form') ?? document.querySelector('form[data-import-form]');
  const notes = document.querySelector('[data-preview-notes]');
  if (!(form instanceof HTMLFormElement)) return;
  let latest = 0;
  let fitted = '';
  const ask = async () => {
    const mine = ++latest;
    const url = new URL(el.dataset.importPreview ?? '', location.href);
    for (const [name, value] of new FormData(form)) {
      if (/^(c\d+|datum|division)$/.test(name) && typeof value === 'string' && value) url.searchParams.set(name, value);
    }
    const answer = await fetch(url, { headers: { Accept: 'application/json' } });
    if (!answer.ok || mine !== latest) return;
    const { points, notes: sentences } = await answer.json();
    view.setVenues(points);
    notes?.replaceChildren(...sentences.map(warning));
    const inside = points.filter((/** @type {{tone: string}} */ p) => p.tone === 'info');
    const box = boxOf(inside.length ? inside : points);
    if (box && fitted !== String(box)) view.fit(box);
    fitted = String(box);
  };
  form.addEventListener('change', ask);
  ask();
}

/** @param {string} sentence */
function warning(sentence) {
  const line = document.createElement('p');
  line.className = 'alert tone-warn';
  line.textContent = sentence;
  return line;
}

/** The box round all points, in degrees; nothing for none.
 *  @param {{lon: number, lat: number}[]} points @returns {[number, number, number, number] | null} */
export function boxOf(points) {
  if (!points.length) return null;
  const lons = points.map((p) => p.lon);
  const lats = points.map((p) => p.lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
