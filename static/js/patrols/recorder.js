import { emptyBuffer, takeBatch, walkedPart, withFix } from './track.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('./track.js').Buffer} Buffer */

/** Records the track between start and end of a patrol and at no other time. Every point is on disk before the
 *  next one is taken, so a page that is killed loses none; what it could not see becomes a gap with a reason. What has
 *  left for the outbox stays on the phone, sealed, until the next patrol: the officer sees where they have been.
 *  @param {{phone: () => Phone | null, page?: Document}} needs */
export function createRecorder({ phone, page = document }) {
  /** @type {(() => void) | null} */
  let unwatch = null;
  /** @type {WakeLockSentinel | null} */
  let awake = null;
  /** @type {Promise<void>} */
  let queue = Promise.resolve();
  let reason = 'app_closed';

  const stayAwake = async () => {
    if (!unwatch || page.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    try {
      awake = await navigator.wakeLock.request('screen');
    } catch {
      awake = null; // Low battery or an old webview: the gaps will say so.
    }
  };

  const whenSeen = () => {
    if (page.visibilityState === 'hidden') reason = 'screen_off';
    else stayAwake();
  };

  /** One change of the buffer after the other, each read from and written to disk.
   *  @param {(buffer: Buffer, owner: Phone) => Promise<void>} work */
  const inTurn = (work) => {
    const owner = phone();
    if (!owner) return queue;
    queue = queue
      .then(async () => work((await owner.locker.read('track')) ?? emptyBuffer(), owner))
      .catch((fault) => console.error('track', fault));
    return queue;
  };

  /** @param {Phone} owner @param {Buffer} buffer @param {boolean} all */
  const keep = async (owner, buffer, all) => {
    const { batch, rest } = takeBatch(buffer, all);
    const body = batch && { patrol_uid: owner.patrol.patrol_uid, ...batch };
    await owner.locker.commit({
      put: { track: rest, ...(body ? walkedPart(body) : {}) },
      entries: body ? [{ kind: 'track.points', body, label: String(body.points.length) }] : [],
    });
    if (all && rest.points.length > 0) await keep(owner, rest, all);
  };

  /** @param {import('../core/geo.js').Position} fix */
  const onFix = (fix) => {
    inTurn(async (buffer, owner) => {
      if (owner.patrol.status !== 'active') return;
      const next = withFix(buffer, fix, reason);
      if (next === buffer) return;
      reason = page.visibilityState === 'hidden' ? 'screen_off' : 'no_fix';
      await keep(owner, next, false);
    });
  };

  return {
    /** @param {import('../core/geo.js').Position | null} [known] where the step was taken: a watch that other screens
     *  share is silent while the phone lies still, and the track would begin only where somebody first moved.
     *  @param {string} [why] why nothing was recorded since the last point of this patrol, should there be one */
    begin(known = null, why = 'app_closed') {
      const owner = phone();
      if (unwatch || !owner) return;
      reason = why;
      unwatch = owner.place.watch(onFix);
      if (known) onFix(known);
      page.addEventListener('visibilitychange', whenSeen);
      stayAwake();
    },
    /** Stop recording and hand over what is buffered. */
    async end() {
      unwatch?.();
      unwatch = null;
      page.removeEventListener('visibilitychange', whenSeen);
      await awake?.release().catch(() => undefined);
      awake = null;
      await inTurn((buffer, owner) => keep(owner, buffer, true));
    },
    /** Stop without handing over: the phone was locked, and the buffer waits on disk. */
    halt() {
      unwatch?.();
      unwatch = null;
      page.removeEventListener('visibilitychange', whenSeen);
    },
    state: () => (unwatch ? (awake && !awake.released ? 'awake' : 'recording') : 'off'),
  };
}
