/** A slider says its number beside itself; without scripts the number is in its label's hint only. */

/** @param {HTMLInputElement} input */
export function showValue(input) {
  const out = document.createElement('output');
  out.className = 'slider-value num';
  out.setAttribute('for', input.id);
  const tell = () => {
    out.textContent = input.value;
  };
  input.addEventListener('input', tell);
  input.after(out);
  tell();
}
