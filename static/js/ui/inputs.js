/** Small comforts of forms: steppers, filters that apply themselves, lists narrowed while typing, dropped files. */
import { t, tn } from '../core/i18n.js';
import { messageParts } from '../core/text.js';
import { announce, delegate, each } from './dom.js';

/** @param {HTMLElement} button */
function step(button) {
  const input = button.closest('[data-stepper]')?.querySelector('input');
  if (!input) return;
  if (Number(button.dataset.step) < 0) input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** `data-filters="#table"` on a search field hides the rows that do not contain its words.
 *  @param {HTMLElement} field */
function narrow(field) {
  if (!(field instanceof HTMLInputElement)) return;
  const words = field.value.trim().toLowerCase().split(/\s+/);
  const target = document.querySelector(field.dataset.filters ?? '');
  let count = 0;
  for (const row of target?.querySelectorAll('tbody > tr, :scope > li') ?? []) {
    const text = (row.textContent ?? '').toLowerCase();
    const shown = words.every((word) => text.includes(word));
    row.toggleAttribute('hidden', !shown);
    if (shown) count += 1;
  }
  announce(t('{count} shown', { count }));
}

/** Says below a text message how long it is and how many messages it costs.
 *  @param {HTMLElement} field */
function countMessage(field) {
  if (!(field instanceof HTMLTextAreaElement)) return;
  const line = field.parentElement?.querySelector('.message-count') ?? document.createElement('p');
  line.className = 'message-count hint num';
  const text = field.value.trim();
  const length = [...text].length;
  const parts = messageParts(text);
  line.textContent = tn('{length} characters, one message for each telephone', '{length} characters, {parts} messages for each telephone', parts, {
    length,
    parts,
  });
  field.after(line);
}

/** @param {HTMLElement} zone */
function takeDrops(zone) {
  const input = zone.querySelector('input[type=file]');
  if (!(input instanceof HTMLInputElement)) return;
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('is-over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('is-over');
    if (event.dataTransfer?.files.length) input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

export function startInputs() {
  delegate('click', '[data-step]', step);
  delegate('input', '[data-filters]', narrow);
  delegate('change', '[data-auto-submit]', (field) => field.closest('form')?.requestSubmit());
  delegate('input', '[data-message]', countMessage);
  each('[data-message]', countMessage);
  each('[data-drop]', takeDrops);
  each('[data-focus]', (/** @type {HTMLElement} */ element) => element.focus());
  delegate('submit', 'form', (form, event) => {
    const button = /** @type {SubmitEvent} */ (event).submitter;
    if (!event.defaultPrevented && button && !form.dataset.download) {
      setTimeout(() => button.setAttribute('aria-busy', 'true'));
    }
  });
  // A page taken back from the browser's memory still shows its button as busy.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) each('button[aria-busy=true]', (button) => button.removeAttribute('aria-busy'));
  });
}
