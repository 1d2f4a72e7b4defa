/** The three questions every controller asks of the page. */

/** Runs `start` once for every element that matches, now and when the page is already complete.
 *  @template {Element} T
 *  @param {string} selector @param {(element: T) => void} start @param {ParentNode} [within] */
export function each(selector, start, within = document) {
  for (const element of within.querySelectorAll(selector)) start(/** @type {T} */ (/** @type {unknown} */ (element)));
}

/** Listens on the whole document and hands over the element that matches, so that rows added later work too.
 *  @param {string} type @param {string} selector
 *  @param {(element: HTMLElement, event: Event) => void} act */
export function delegate(type, selector, act) {
  document.addEventListener(type, (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target instanceof HTMLElement) act(target, event);
  });
}

/** Says a sentence to a screen reader without moving anything.
 *  @param {string} sentence */
export function announce(sentence) {
  let place = document.getElementById('announcer');
  if (!place) {
    place = document.createElement('div');
    place.id = 'announcer';
    place.className = 'visually-hidden';
    place.setAttribute('aria-live', 'assertive');
    document.body.append(place);
  }
  place.textContent = sentence;
}
