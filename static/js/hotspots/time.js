/** The time slider: twelve steps, played or moved by hand. */
import { t } from '../core/i18n.js';

const STEP_MS = 900;

/** @param {HTMLElement} el with a button, a range and an output @param {(step: number) => void} onStep */
export function timeSlider(el, onStep) {
  const play = /** @type {HTMLButtonElement} */ (el.querySelector('[data-play]'));
  const range = /** @type {HTMLInputElement} */ (el.querySelector('input'));
  const output = /** @type {HTMLOutputElement} */ (el.querySelector('output'));
  /** @type {string[]} */
  let ends = [];
  let timer = 0;
  const say = () => {
    output.textContent = ends[Number(range.value)] ? t('to {day}', { day: ends[Number(range.value)] }) : '';
    range.setAttribute('aria-valuetext', output.textContent);
  };
  const move = (/** @type {number} */ step) => {
    range.value = String(step);
    say();
    onStep(step);
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.setAttribute('aria-pressed', 'false');
  };
  play.addEventListener('click', () => {
    if (timer) return stop();
    play.setAttribute('aria-pressed', 'true');
    move(0);
    timer = window.setInterval(() => {
      const next = Number(range.value) + 1;
      if (next >= ends.length) stop();
      else move(next);
    }, STEP_MS);
  });
  range.addEventListener('input', () => {
    stop();
    say();
    onStep(Number(range.value));
  });
  return {
    /** @param {string[]} given */
    show(given) {
      stop();
      ends = given;
      el.hidden = ends.length === 0;
      range.max = String(Math.max(0, ends.length - 1));
      range.value = range.max;
      say();
    },
  };
}
