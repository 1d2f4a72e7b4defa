/** Dialogs, the one question "are you sure", and menus that close themselves. */
import { t } from '../core/i18n.js';
import { delegate, each } from './dom.js';

/** Asks and waits for the answer. @param {string} question @returns {Promise<boolean>} */
export function confirmed(question) {
  const dialog = document.getElementById('confirm');
  if (!(dialog instanceof HTMLDialogElement)) return Promise.resolve(window.confirm(question));
  const text = dialog.querySelector('[data-confirm-text]');
  if (text) text.textContent = question || t('Are you sure?');
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/** @param {HTMLElement} button */
function open(button) {
  const dialog = document.getElementById(button.dataset.open ?? '');
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

/** A form that asks first is sent again, by the same button, once the answer was yes.
 *  @param {HTMLElement} form @param {Event} event */
async function askFirst(form, event) {
  if (form.dataset.confirmed || !(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const submitter = /** @type {SubmitEvent} */ (event).submitter;
  if (!(await confirmed(form.dataset.confirm ?? ''))) return;
  form.dataset.confirmed = 'yes';
  form.requestSubmit(submitter instanceof HTMLElement ? submitter : undefined);
}

/** @param {Element | null} except */
function closeMenus(except) {
  each('details[data-menu][open]', (menu) => {
    if (menu !== except) menu.removeAttribute('open');
  });
}

export function startDialogs() {
  delegate('click', '[data-open]', open);
  delegate('click', '[data-close]', (button) => button.closest('dialog')?.close());
  delegate('click', 'dialog', (dialog, event) => {
    if (event.target === dialog && dialog instanceof HTMLDialogElement) dialog.close();
  });
  delegate('submit', 'form[data-confirm]', askFirst);
  document.addEventListener('click', (event) => {
    closeMenus(event.target instanceof Element ? event.target.closest('details[data-menu]') : null);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const menu = document.querySelector('details[data-menu][open]');
    menu?.querySelector('summary')?.focus();
    closeMenus(null);
  });
}
