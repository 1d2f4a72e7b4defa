/** A form that is on disk before the finger leaves the key: every change is written at once, and what changed while
 *  that was being written right after it, because opening the camera may kill the page (ionic-team/capacitor#2265). A
 *  page that is left before the disk is as new as the form leaves a last word. */

import { createLastWord } from '../store/last_word.js';

/** @typedef {import('../store/locker.js').Locker} Locker */

/** @template {object} T
 *  @param {{locker: Locker, name: string, fresh: () => T, clock: () => number, refresh?: () => void, lastWord?: import('../store/last_word.js').LastWord, page?: Document, win?: Window}} needs
 *  `refresh` hears when keeping a change begins to fail, and when it works again */
export async function openDraft({ locker, name, fresh, clock, refresh = () => undefined, lastWord, page = document, win = window }) {
  const last = lastWord ?? createLastWord(locker);
  const unsaved = await last.heard(name);
  /** @type {T & {saved_at?: number}} */
  const value = unsaved ?? (await locker.read(name)) ?? fresh();
  let said = unsaved !== null;
  let closed = false;
  let dirty = said;
  let failing = false;
  /** @type {Promise<void> | null} */
  let writing = null;

  /** @param {boolean} now */
  const fails = (now) => {
    const news = failing !== now;
    failing = now;
    if (news) refresh();
  };

  const unsay = () => {
    last.forget(name);
    said = false;
    last.prepare();
  };

  const write = async () => {
    while (dirty && !closed) {
      dirty = false;
      value.saved_at = clock();
      try {
        await locker.commit({ put: { [name]: structuredClone(value) } });
        if (said && !dirty) unsay();
        fails(false);
      } catch (fault) {
        dirty = true;
        fails(true);
        throw fault;
      }
    }
  };

  /** Write until nothing is newer than the disk. @returns {Promise<void>} */
  const save = () => {
    if (closed || !dirty) return writing ?? Promise.resolve();
    writing ??= write().finally(() => {
      writing = null;
    });
    return writing;
  };
  /** The same where nobody waits: what could not be kept is said on the screen and tried again at the next change. */
  const saveInPassing = () => {
    save().catch((fault) => console.warn('draft', fault));
  };
  const leaving = () => {
    if (!closed && (dirty || writing)) said = last.say(name, { ...value, saved_at: clock() }) || said;
    saveInPassing();
  };
  const whenHidden = () => {
    if (page.visibilityState === 'hidden') leaving();
  };
  page.addEventListener('visibilitychange', whenHidden);
  win.addEventListener('pagehide', leaving);
  saveInPassing();
  last.prepare();

  const stop = () => {
    page.removeEventListener('visibilitychange', whenHidden);
    win.removeEventListener('pagehide', leaving);
  };

  return {
    name,
    value,
    /** Whether a person has begun it, saved or about to be. */
    get begun() {
      return dirty || Boolean(value.saved_at);
    },
    /** Whether the last change could not be kept. */
    get failing() {
      return failing;
    },
    /** Change the draft; it is written at once.
     *  @param {Partial<T>} changes */
    change(changes) {
      Object.assign(value, changes);
      dirty = true;
      saveInPassing();
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
      await save().catch((fault) => console.warn('draft', fault));
      stop();
    },
    /** The draft becomes an entry, or is thrown away, by one commit. Nothing is autosaved meanwhile, or a late
     *  save would bring the draft back to life; should the commit fail, the draft goes on.
     *  @param {() => Promise<unknown>} commit */
    async endWith(commit) {
      closed = true;
      await writing?.catch(() => undefined);
      if (said) unsay();
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
