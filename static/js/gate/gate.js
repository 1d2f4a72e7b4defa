import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { alertBox, icon, loading } from '../phone/parts.js';
import { fieldsOf, pinFault, pinField } from './pin_form.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('./session.js').Session} Session */

/** What stands before the rooms: signing in, setting the PIN, or opening with it.
 *  @param {Session} session @param {() => void} refresh
 *  @param {() => Promise<import('../store/rescue.js').RescueFile[]>} rescue sealed files, for whoever forgot the PIN */
export function createGate(session, refresh, rescue) {
  /** @type {ReturnType<typeof import('../me/rescue.js').createRescue> | null} */
  let wayOut = null;
  let lookedFor = false;
  let fault = '';
  let busy = false;

  /** @param {() => Promise<string>} work returns what went wrong, or nothing */
  const attempt = async (work) => {
    busy = true;
    refresh();
    try {
      fault = await work();
    } finally {
      busy = false;
      refresh();
    }
  };

  /** @param {SubmitEvent} event */
  const setPin = (event) => {
    event.preventDefault();
    const field = fieldsOf(event);
    attempt(async () => {
      const wrong = pinFault(field('pin'), field('again'));
      if (!wrong) await session.setPin(field('pin'));
      return wrong;
    });
  };

  /** @param {SubmitEvent} event */
  const unlock = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const field = fieldsOf(event);
    attempt(async () => {
      const result = await session.unlock(field('pin'));
      form.reset();
      if (!result) return '';
      if (result.wait_ms > 0) return t('Wrong PIN. Wait {n} seconds, then try again. Nothing is deleted.', { n: Math.ceil(result.wait_ms / 1000) });
      return t('Wrong PIN. Try again; nothing is deleted.');
    });
  };

  /** The sign-out before this sign-in comes first, or it would end the new session.
   *  @param {Event} event */
  const toSignIn = async (event) => {
    event.preventDefault();
    if (session.state.leaving || !(await session.finishSignOut())) return;
    location.assign('/login?next=/m/');
  };

  /** @param {unknown} content */
  const frame = (content) =>
    html`<main class="page-narrow stack" id="content">
      <div class="empty">
        ${icon('shield')}
        <h1>${t('Grid Patrol')}</h1>
      </div>
      ${content}
    </main>`;

  const faultBox = () => (fault ? alertBox({ tone: 'danger', sign: 'warning', text: fault }) : nothing);

  const signIn = () =>
    html`${session.state.offline
        ? alertBox({ tone: 'warn', sign: 'offline', text: t('No connection to the server. The first sign-in needs one.') })
        : nothing}
      ${session.state.leaving
        ? html`<p class="center" role="status"><span class="spinner"></span> ${t('Signing out…')}</p>`
        : html`<a class="btn btn-primary btn-l btn-wide" href="/login?next=/m/" @click=${toSignIn}>${icon('person')}${t('Sign in')}</a>`}
      ${session.state.people.length > 0
        ? html`<section class="card">
            <div class="card-head"><h2>${t('Work on without a network')}</h2></div>
            <ul class="list">
              ${session.state.people.map(
                (person) =>
                  html`<li>
                    <button type="button" class="item" @click=${() => session.choose(person.uid)}>
                      <span class="item-sign">${icon('lock')}</span><span class="item-body"><span class="item-title">${person.label}</span></span>
                      ${icon('chevron-right')}
                    </button>
                  </li>`,
              )}
            </ul>
          </section>`
        : nothing}
      <button type="button" class="btn btn-quiet btn-wide" @click=${() => session.start()}>${icon('sync')}${t('Try again')}</button>`;

  const newPin = () =>
    html`<form class="stack" @submit=${setPin}>
      <p>${t('Welcome, {name}. Choose a PIN for this phone.', { name: session.state.name })}</p>
      ${alertBox({ tone: 'info', sign: 'lock', text: t('Your records are encrypted on this phone with this PIN. Nobody can read them without it, and nobody can reset it: remember it.') })}
      ${pinField({ id: 'pin', label: t('PIN'), hint: t('6 to 12 digits'), fresh: true })}
      ${pinField({ id: 'again', label: t('PIN again'), fresh: true })} ${faultBox()}
      <button class="btn btn-primary btn-l btn-wide" aria-busy=${busy}>${icon('check')}${t('Set PIN')}</button>
    </form>`;

  const locked = () =>
    html`<form class="stack" @submit=${unlock}>
        <p class="strong center">${session.state.name}</p>
        ${pinField({ id: 'pin', label: t('PIN') })} ${faultBox()}
        <button class="btn btn-primary btn-l btn-wide" aria-busy=${busy}>${icon('unlock')}${t('Unlock')}</button>
      </form>
      <button type="button" class="btn btn-quiet btn-wide" @click=${() => session.another()}>${t('Somebody else')}</button>
      ${waysOut()}`;

  /** Asked for only where somebody stands before a lock: the first visit does not carry it. */
  const waysOut = () => {
    if (lookedFor) return wayOut?.view() ?? nothing;
    lookedFor = true;
    import('../me/rescue.js').then(({ createRescue }) => {
      wayOut = createRescue({ make: rescue, refresh });
      refresh();
    }, (fault) => {
      lookedFor = false; // Tried again when the lock is drawn the next time.
      console.error('rescue', fault);
    });
    return nothing;
  };

  return () => {
    const { kind } = session.state;
    if (kind === 'sign_in') return frame(signIn());
    if (kind === 'set_pin') return frame(newPin());
    if (kind === 'locked') return frame(locked());
    return frame(loading(t('Opening…')));
  };
}
