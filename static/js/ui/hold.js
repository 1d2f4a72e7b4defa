/** Press and hold: an act that must never happen by accident. Finger, mouse, Space and Enter all hold. */
import { t } from '../core/i18n.js';
import { announce, each } from './dom.js';

/** The same time as the ring's transition in buttons.css. */
export const HOLD_MS = 1200;

/** Calls `done` when the button was held long enough; returns what undoes it all.
 *  @param {HTMLElement} button @param {() => void} done @returns {() => void} */
export function onHeld(button, done) {
  let timer = 0;
  const begin = () => {
    if (timer || button.hasAttribute('disabled')) return;
    button.classList.add('is-held');
    timer = window.setTimeout(() => {
      end();
      navigator.vibrate?.(60);
      done();
    }, HOLD_MS);
  };
  const end = () => {
    window.clearTimeout(timer);
    timer = 0;
    button.classList.remove('is-held');
  };
  const letGo = () => {
    if (timer) announce(t('Hold on a little longer'));
    end();
  };
  /** @param {KeyboardEvent} event */
  const keyDown = (event) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) begin();
  };
  /** @type {[string, EventListener][]} */
  const wires = [
    ['pointerdown', (event) => /** @type {PointerEvent} */ (event).button === 0 && begin()],
    ['pointerup', letGo],
    ['pointerleave', letGo],
    ['pointercancel', end],
    ['blur', end],
    ['keyup', letGo],
    ['keydown', (event) => keyDown(/** @type {KeyboardEvent} */ (event))],
    ['contextmenu', (event) => event.preventDefault()],
  ];
  for (const [type, act] of wires) button.addEventListener(type, act);
  return () => {
    end();
    for (const [type, act] of wires) button.removeEventListener(type, act);
  };
}

/** Buttons with data-hold send their form, and tell it by a `held` event. */
export function startHolds() {
  each('[data-hold]', (/** @type {HTMLElement} */ button) => {
    onHeld(button, () => {
      const go = button.dispatchEvent(new CustomEvent('held', { bubbles: true, cancelable: true }));
      if (go) button.closest('form')?.requestSubmit();
    });
  });
}
