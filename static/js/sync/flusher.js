/** Decides when the outbox is emptied, and that only one tab does it. Never asks navigator.onLine: after an
 *  offline navigation it says true and no `online` event follows (playwright #42174), so time and the page
 *  coming to the front are the real triggers. */

const EVERY_MS = 30000;

/** @typedef {'unknown' | 'online' | 'offline' | 'signed_out'} LinkState */
/** @typedef {{run: () => Promise<LinkState>, locks?: LockManager, page?: Document, win?: Window, every_ms?: number}} Needs */

/** @param {Needs} needs `run` empties the outbox once and says how the link was */
export function createFlusher({ run, locks, page = document, win = window, every_ms = EVERY_MS }) {
  const manager = locks ?? (typeof navigator === 'undefined' ? undefined : navigator.locks);
  let running = false;
  let again = false;
  let started = false;
  /** @type {(state: LinkState) => void} */
  let tell = () => undefined;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  const runAlone = async () => {
    // Without Web Locks (old webviews) two tabs may both send: wasteful, but the server counts each entry once.
    if (!manager) return run();
    /** @type {LinkState | null} */
    let state = null;
    await manager.request('patrol-flush', { ifAvailable: true }, async (lock) => {
      if (lock) state = await run();
    });
    return state;
  };

  /** Try to send now. Asked while it is already sending, it goes round once more afterwards. */
  const kick = async () => {
    if (running || !started) {
      again = running;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        const state = await runAlone();
        if (state) tell(state);
      } while (again);
    } catch (fault) {
      console.error('flush', fault);
    } finally {
      running = false;
    }
  };

  const whenVisible = () => {
    if (page.visibilityState === 'visible') kick();
  };

  return {
    kick,
    /** @param {(state: LinkState) => void} listener hears after each round how the link was */
    onState(listener) {
      tell = listener;
    },
    start() {
      if (started) return;
      started = true;
      timer = setInterval(kick, every_ms);
      page.addEventListener('visibilitychange', whenVisible);
      win.addEventListener('pageshow', kick);
      win.addEventListener('online', kick);
      kick();
    },
    stop() {
      started = false;
      clearInterval(timer);
      page.removeEventListener('visibilitychange', whenVisible);
      win.removeEventListener('pageshow', kick);
      win.removeEventListener('online', kick);
    },
  };
}

/** @typedef {ReturnType<typeof createFlusher>} Flusher */
