/** A short word that something happened; it never carries what a person must not miss. */

/** @param {string} text @param {number} [stay_ms] */
export function toast(text, stay_ms = 4000) {
  let place = document.getElementById('toasts');
  if (!place) {
    place = document.createElement('div');
    place.id = 'toasts';
    place.className = 'toasts';
    place.setAttribute('role', 'status');
    document.body.append(place);
  }
  const box = document.createElement('div');
  box.className = 'toast';
  box.textContent = text;
  place.append(box);
  setTimeout(() => box.remove(), stay_ms);
}
