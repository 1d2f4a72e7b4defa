import { bodyOf, request } from '../sync/transport.js';

/** @typedef {import('../store/keys.js').Keys} Keys */
/** @typedef {import('../store/keys.js').Known} Known */
/** @typedef {import('../store/meta.js').Meta} Meta */
/** @typedef {import('../phone/types.js').Person} Person */
/** @typedef {{kind: 'starting' | 'sign_in' | 'set_pin' | 'locked' | 'open', uid: string, name: string, people: Known[], offline: boolean, leaving: boolean}} State leaving: a sign-out is under way and has not been answered */
/** @typedef {{kind: 'person', person: Person, language?: string, server_time?: string} | {kind: 'signed_out'} | {kind: 'unreachable'}} Who */
/** @typedef {{keys: Keys, meta: Meta, fetch: typeof fetch, opened: (uid: string, key: CryptoKey, person: Person | null) => Promise<void>, closed: () => Promise<void>, changed: () => void, speaks: (language: string | undefined) => void, serverTime: (iso: string) => void}} Needs */

/** Longer than this nobody waits to learn that there is no network. */
const PATIENCE_MS = 10000;

/** Ask the server who is signed in. Only our own answer counts; a portal's page is no network.
 *  @param {typeof fetch} doFetch @returns {Promise<Who>} */
export async function whoIsSignedIn(doFetch) {
  const answer = await request(doFetch, '/api/v1/me', {}, PATIENCE_MS);
  if (answer?.status === 401) return { kind: 'signed_out' };
  const body = answer?.ok ? bodyOf(answer) : {};
  if (!body.person?.uid) return { kind: 'unreachable' };
  return { kind: 'person', person: body.person, language: body.language, server_time: body.server_time };
}

/** What stands on the lock screen: enough to know oneself, too little to learn a name.
 *  @param {string} name */
export const maskedName = (name) => `${[...name][0] ?? ''}＊`;

/** Who is working on this phone. The server says who is signed in, the PIN opens what is sealed; without a network
 *  the PIN alone is enough for someone this phone already knows.
 *  @param {Needs} needs */
export function createSession({ keys, meta, fetch: doFetch, opened, closed, changed, speaks, serverTime }) {
  /** @type {State} */
  const state = { kind: 'starting', uid: '', name: '', people: [], offline: false, leaving: false };
  /** @type {Person | null} */
  let person = null;
  let signOuts = 0;

  /** @param {Partial<State>} changes */
  const become = (changes) => {
    Object.assign(state, changes);
    changed();
  };

  /** @param {string} uid @param {CryptoKey} key */
  const open = async (uid, key) => {
    // Looked at and said before the first await: start and sender ask at the same time, and only one may open.
    if (state.kind === 'open' && state.uid === uid) return;
    Object.assign(state, { kind: 'open', uid });
    await meta.write('last_person', uid);
    await opened(uid, key, person?.uid === uid ? person : null);
    changed();
  };

  /** @param {string} uid @param {string} name */
  const lockedFor = (uid, name) => become({ kind: 'locked', uid, name });

  const leave = async () => {
    if (state.kind === 'open') await closed();
    if (state.uid) await keys.forget(state.uid);
  };

  /** @param {Extract<Who, {kind: 'person'}>} who */
  const heard = async (who) => {
    person = who.person;
    if (who.server_time) serverTime(who.server_time);
    speaks(who.language);
    if (state.kind === 'open' && state.uid === person.uid) return;
    // Somebody else is signed in: what is open belongs to another person and is closed first.
    if (state.kind === 'open') await leave();
    state.people = await keys.people();
    const known = state.people.find((one) => one.uid === who.person.uid);
    const key = known && (await keys.held(known.uid));
    if (key) await open(who.person.uid, key);
    else if (known) lockedFor(known.uid, person.name);
    else become({ kind: 'set_pin', uid: person.uid, name: person.name });
  };

  /** Finish a sign-out that was made without a network, before anything else is asked. Somebody else may have signed
   *  in since then: their session is not the one that was left.
   *  @returns {Promise<boolean>} whether nothing of it is left to do */
  const hearSignOut = async () => {
    const leaving = await meta.read('sign_out_pending');
    if (!leaving) return true;
    become({ leaving: true });
    const isLeaving = (/** @type {Who} */ who) => who.kind === 'person' && who.person.uid === leaving;
    let who = await whoIsSignedIn(doFetch);
    if (isLeaving(who)) {
      await request(doFetch, '/logout', { method: 'POST' });
      // A sign-out answers with a redirect that tells nothing; who is signed in now tells all.
      who = await whoIsSignedIn(doFetch);
    }
    const isDone = who.kind !== 'unreachable' && !isLeaving(who);
    if (isDone) await meta.write('sign_out_pending', null);
    return isDone;
  };

  /** @type {Promise<boolean> | null} */
  let finishing = null;

  /** One at a time: a second sign-out that is answered late would end the session that began after the first. */
  const finishSignOut = () => {
    finishing ??= hearSignOut().finally(() => {
      finishing = null;
      if (state.leaving) become({ leaving: false });
    });
    return finishing;
  };

  /** @returns {Promise<Who>} */
  const ask = async () => {
    const before = signOuts;
    /** @type {Who} */
    let who = { kind: 'unreachable' };
    if (await finishSignOut()) who = await whoIsSignedIn(doFetch);
    // Somebody left while the server was asked: the answer tells of them, and would lock the phone for them again.
    if (before !== signOuts) return { kind: 'unreachable' };
    become({ offline: who.kind === 'unreachable' });
    if (who.kind === 'person') await heard(who);
    else if (state.kind === 'starting') become({ kind: 'sign_in' });
    return who;
  };

  /** @type {Promise<Who> | null} */
  let asking = null;

  /** Ask the server who is signed in; whoever asks meanwhile hears the same answer. */
  const verify = () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };

  return {
    state,
    verify,

    finishSignOut,

    /** Open at once what may be opened without asking, and ask the server meanwhile. */
    async start() {
      become({ kind: 'starting', people: await keys.people() });
      const last = await meta.read('last_person');
      const known = state.people.find((one) => one.uid === last);
      const key = known && (await keys.held(known.uid));
      if (known && key) await open(known.uid, key);
      else if (known && state.kind === 'starting') lockedFor(known.uid, known.label);
      await verify();
    },

    /** @param {string} pin */
    async setPin(pin) {
      if (!person) return;
      const key = await keys.create({ uid: person.uid, label: maskedName(person.name) }, pin);
      state.people = await keys.people();
      await open(person.uid, key);
    },

    /** @param {string} pin @returns {Promise<{wrong: number, wait_ms: number} | null>} null when it opened */
    async unlock(pin) {
      const result = await keys.unlock(state.uid, pin);
      if (!('key' in result)) return result;
      await open(state.uid, result.key);
      return null;
    },

    /** @param {string} uid someone this phone knows, without asking the server */
    choose(uid) {
      lockedFor(uid, state.people.find((one) => one.uid === uid)?.label ?? '');
    },

    /** Somebody else wants to work here: the server has to forget the present one too. */
    another() {
      return this.signOut();
    },

    /** Ask for the PIN again. */
    async lock() {
      const { uid, people } = state;
      await leave();
      lockedFor(uid, person?.name ?? people.find((one) => one.uid === uid)?.label ?? '');
    },

    /** Forget the unwrapped key and leave; the outbox stays, sealed. Without a network the server hears of it
     *  the next time. */
    async signOut() {
      const { uid } = state;
      signOuts += 1;
      await leave();
      person = null;
      await meta.write('last_person', null);
      if (uid) await meta.write('sign_out_pending', uid);
      become({ kind: 'sign_in', uid: '', name: '', leaving: uid !== '' });
      become({ offline: !(await finishSignOut()) });
    },
  };
}

/** @typedef {ReturnType<typeof createSession>} Session */
