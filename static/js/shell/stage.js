import { html, nothing, render } from 'lit-html';
import { t } from '../core/i18n.js';
import { empty, icon, loading } from '../phone/parts.js';
import { frame } from './frame.js';
import { innerLink, match } from './router.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Screen} Screen */
/** @typedef {{root: HTMLElement, phone: () => Phone | null, gate: () => unknown}} Needs */

/** Shows one screen at a time and redraws it when asked, at most once per frame.
 *  @param {Needs} needs */
export function createStage({ root, phone, gate }) {
  /** @type {Screen | null} */
  let screen = null;
  let tab = 'today';
  let shown = 0;
  let failed = false;
  let waiting = false;
  let begun = false;
  /** @type {(() => void) | null} */
  let newVersion = null;

  const content = () => {
    if (failed) return brokenScreen();
    return screen ? screen.view() : loading(t('Opening…'));
  };

  const draw = () => {
    waiting = false;
    if (!begun) root.replaceChildren();
    begun = true;
    const open = phone();
    render(open ? frame({ phone: open, screen, tab, content: content(), newVersion }) : gate(), root);
    document.title = [open ? screen?.title : null, t('Grid Patrol')].filter(Boolean).join(' · ');
  };

  const refresh = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(draw);
  };

  /** Open the screen of the present address. Only the last one asked for is shown. */
  const show = async () => {
    const open = phone();
    screen?.stop?.();
    screen = null;
    failed = false;
    shown += 1;
    const mine = shown;
    if (!open) return refresh();
    const { destination, params } = match(location.pathname + location.search);
    tab = destination.tab;
    try {
      const next = await (await destination.load())(open, params);
      if (mine === shown && phone() === open) screen = next;
      else next.stop?.();
    } catch (fault) {
      console.error('screen', fault);
      failed = mine === shown;
    }
    if (mine !== shown) return;
    draw();
    scrollTo(0, 0);
    // After a step inside the app the new screen's name is what a screen reader hears first.
    if (mine > 1) root.querySelector('h1')?.focus({ preventScroll: true });
  };

  /** @param {string} path @param {{replace?: boolean}} how */
  const go = (path, how = {}) => {
    history[how.replace ? 'replaceState' : 'pushState'](null, '', path);
    show();
  };

  return {
    refresh,
    show,
    go,
    /** @param {() => void} activate */
    offerVersion(activate) {
      newVersion = activate;
      refresh();
    },
    listen() {
      addEventListener('popstate', show);
      document.addEventListener('click', (event) => {
        const path = phone() && innerLink(event);
        if (!path) return;
        event.preventDefault();
        go(path);
      });
    },
  };
}

const brokenScreen = () =>
  html`${empty({
    sign: 'warning',
    title: t('This page could not be opened'),
    text: t('Nothing is lost. Reload the page; if it stays like this, connect to the network once.'),
    act: html`<button type="button" class="btn btn-primary" @click=${() => location.reload()}>${icon('sync')}${t('Reload')}</button>`,
  })}${nothing}`;
