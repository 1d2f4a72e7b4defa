/** The navigation on narrow screens: opens over the page and gives the focus back when it closes. */
import { each } from './dom.js';

export function startNav() {
  const nav = document.getElementById('nav');
  if (!nav) return;
  each('[data-nav-toggle]', (/** @type {HTMLElement} */ toggle) => {
    toggle.setAttribute('role', 'button');
    /** @param {boolean} open */
    const show = (open) => {
      nav.classList.toggle('is-open', open);
      toggle.setAttribute('aria-expanded', String(open));
      if (open) nav.querySelector('a')?.focus();
    };
    show(false);
    toggle.addEventListener('click', (event) => {
      event.preventDefault();
      show(!nav.classList.contains('is-open'));
    });
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !nav.classList.contains('is-open')) return;
      show(false);
      toggle.focus();
    });
  });
}
