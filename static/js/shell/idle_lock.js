import { IDLE_MS } from '../store/keys.js';

const LOOK_EVERY_MS = 30000;

/** Keeps the phone open while somebody works and asks for the PIN after 15 idle minutes. Walking with the track
 *  running is work too: locking then would tear the track.
 *  @param {{keys: import('../store/keys.js').Keys, clock: () => number, lock: () => Promise<void>, working: () => boolean, page?: Document}} needs */
export function createIdleLock({ keys, clock, lock, working, page = document }) {
  let used_at = 0;
  let kept_at = 0;
  /** @type {{uid: string, key: CryptoKey} | null} */
  let open = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  const used = () => {
    used_at = clock();
  };
  const look = () => {
    if (!open) return;
    const now = clock();
    if (working()) used_at = now;
    // A clock that was set back must not keep the phone open, nor lock it in the middle of a form.
    if (now < used_at) used_at = now;
    if (now - used_at >= IDLE_MS) lock();
    else if (used_at > kept_at || now < kept_at) {
      kept_at = now;
      keys.touch(open.uid, open.key);
    }
  };
  const whenSeen = () => {
    if (page.visibilityState === 'visible') look();
  };

  return {
    /** @param {string} uid @param {CryptoKey} key */
    begin(uid, key) {
      this.end();
      open = { uid, key };
      used();
      kept_at = used_at;
      timer = setInterval(look, LOOK_EVERY_MS);
      page.addEventListener('pointerdown', used);
      page.addEventListener('keydown', used);
      page.addEventListener('visibilitychange', whenSeen);
    },
    end() {
      open = null;
      clearInterval(timer);
      page.removeEventListener('pointerdown', used);
      page.removeEventListener('keydown', used);
      page.removeEventListener('visibilitychange', whenSeen);
    },
  };
}
