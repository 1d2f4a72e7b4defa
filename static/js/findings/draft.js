/** A form that is on disk before the finger leaves the key: saved 300 ms after a change, and at once when the page
 *  is hidden, because opening the camera may kill it (ionic-team/capacitor#2265). */

/** @typedef {import('../store/locker.js').Locker} Locker */

const PAUSE_MS = 300;

/** @template {object} T
 *  @param {{locker: Locker, name: string, fresh: () => T, clock: () => number, page?: Document, win?: Window}} needs */
export async function openDraft({ locker, name, fresh, clock, page = document, win = window }) {
  /** @type {T & {saved_at?: number}} */
  const value = (await locker.read(name)) ?? fresh();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let closed = false;
  let dirty = false;
  /** @type {Promise<unknown>} */
  let writing = Promise.resolve();

  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    if (closed || !dirty) return writing;
    dirty = false;
    value.saved_at = clock();
    const copy = structuredClone(value);
    writing = writing.catch(() => undefined).then(() => locker.commit({ put: { [name]: copy } }));
    return writing;
  };
  const whenHidden = () => {
    if (page.visibilityState === 'hidden') save();
  };
  page.addEventListener('visibilitychange', whenHidden);
  win.addEventListener('pagehide', save);

  const stop = () => {
    page.removeEventListener('visibilitychange', whenHidden);
    win.removeEventListener('pagehide', save);
  };

  return {
    name,
    value,
    /** Whether a person has begun it, saved or about to be. */
    get begun() {
      return dirty || Boolean(value.saved_at);
    },
    /** Change the draft; it is saved shortly after.
     *  @param {Partial<T>} changes */
    change(changes) {
      Object.assign(value, changes);
      dirty = true;
      timer ??= setTimeout(save, PAUSE_MS);
    },
    /** Facts that the phone adds by itself, such as a position: they are saved with what a person has begun, and
     *  make no draft where nothing was begun.
     *  @param {Partial<T>} facts */
    note(facts) {
      if (value.saved_at || dirty) this.change(facts);
      else Object.assign(value, facts);
    },
    /** Save now, for what must not wait, such as a photo. */
    async keep() {
      dirty = true;
      await save();
    },
    /** The screen goes away and the draft stays. */
    async leave() {
      await save();
      stop();
    },
    /** The draft becomes an entry, or is thrown away, by one commit. Nothing is autosaved meanwhile, or a late
     *  save would bring the draft back to life; should the commit fail, the draft goes on.
     *  @param {() => Promise<unknown>} commit */
    async endWith(commit) {
      closed = true;
      clearTimeout(timer);
      timer = undefined;
      await writing.catch(() => undefined);
      try {
        await commit();
        stop();
      } catch (fault) {
        closed = false;
        dirty = true;
        await save().catch(() => undefined);
        throw fault;
      }
    },
  };
}

/** @template {object} T @typedef {Awaited<ReturnType<typeof openDraft<T>>>} Draft */
