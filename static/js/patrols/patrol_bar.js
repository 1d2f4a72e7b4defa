import { html, nothing } from 'lit-html';
import { t } from '../core/i18n.js';
import { clockText } from '../core/time.js';
import { holdButton, tag } from '../phone/parts.js';
import { gpxView } from './gpx_view.js';
import { takeStep } from './patrol_actions.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Route} Route */
/** @typedef {'start' | 'pause' | 'resume' | 'end'} Step */
/** @typedef {{busy: string}} State */

/** A community liaison walks only as a member of a team.
 *  @param {Phone} phone */
export function mayPatrol(phone) {
  return phone.person.team_uids.length > 0 || phone.person.roles.some((role) => /inspector|police_liaison/.test(role));
}

/** @param {Phone} phone */
const isUnderWay = ({ patrol }) => patrol.status === 'active' || patrol.status === 'paused';

/** What ends, pauses or starts a patrol, above the bottom navigation: in reach of the thumb however long the list is.
 *  Of several routes the one to start is chosen at its card.
 *  @param {Phone} phone @param {State} state */
export function patrolBar(phone, state) {
  const routes = phone.pack?.task ?? [];
  if (!mayPatrol(phone) || (routes.length > 1 && !isUnderWay(phone))) return nothing;
  return html`<div class="patrol-bar" role="group" aria-label=${t('Patrol')}>
    ${isStep(state.busy)
      ? html`<p class="patrol-bar-busy" role="status"><span class="spinner"></span> ${t('Saving…')}</p>`
      : barButtons(phone, state, routes)}
  </div>`;
}

/** @param {Phone} phone @param {State} state @param {Route[]} routes */
function barButtons(phone, state, routes) {
  const step = (/** @type {Step} */ name, /** @type {Route | undefined} */ route) => () => act(phone, state, name, route ?? null);
  if (!isUnderWay(phone)) return holdButton({ sign: 'play', text: t('Start patrol'), act: step('start', routes[0]), bar: true });
  const route = routes.find((one) => one.route_uid === phone.patrol.route_uid);
  const halt =
    phone.patrol.status === 'paused'
      ? holdButton({ sign: 'play', text: t('Resume'), act: step('resume', route), bar: true })
      : holdButton({ sign: 'pause', text: t('Pause'), act: step('pause', route), bar: true });
  return html`${halt} ${holdButton({ sign: 'stop', text: t('End patrol'), act: step('end', route), stop: true, bar: true })}`;
}

/** @param {string} busy */
const isStep = (busy) => busy !== '' && busy !== 'pack';

/** What is known of the patrol of a route, or of a free one: its state, its track.
 *  @param {Phone} phone @param {State} state @param {Route | null} route */
export function patrolCard(phone, state, route) {
  const { status, route_uid } = phone.patrol;
  if (!mayPatrol(phone) || (isUnderWay(phone) && route && route_uid !== route.route_uid)) return nothing;
  if (isUnderWay(phone)) {
    return html`<section class="card"><div class="card-body center stack stack-s">
      ${route ? nothing : underWay(phone)}
      <p class="muted s">${trackText(phone)}</p>
      ${gpxView(phone)}
    </div></section>`;
  }
  const several = (phone.pack?.task.length ?? 0) > 1;
  return html`<section class="card"><div class="card-body center stack stack-s">
    ${status === 'ended' ? html`<p>${tag('ok', 'check-circle', t('Patrol ended'))}</p>${gpxView(phone)}` : nothing}
    ${several && !isStep(state.busy)
      ? holdButton({ sign: 'play', text: t('Start patrol'), act: () => act(phone, state, 'start', route), small: status === 'ended' })
      : nothing}
    <p class="muted s">${t('Your track is recorded only between start and end.')}</p>
  </div></section>`;
}

/** @param {Phone} phone */
export const underWay = ({ patrol }) =>
  html`<p class="row row-s">
    ${patrol.status === 'paused' ? tag('warn', 'pause', t('Paused')) : tag('ok', 'route', t('Patrol under way'))}
    <span class="muted s">${t('since {time}', { time: clockText(patrol.started_at) })}</span>
  </p>`;

/** @param {Phone} phone */
function trackText(phone) {
  if (phone.place.problem() === 'denied') return t('Location is not allowed: the track stays empty. See device check.');
  if (phone.recorder.state() === 'awake') return t('The track is being recorded; the screen stays on.');
  if (phone.recorder.state() === 'recording') return t('The track is recorded while the screen is on; gaps are shown as gaps.');
  return t('The track is not being recorded.');
}

/** @param {Phone} phone @param {State} state @param {Step} step @param {Route | null} route */
async function act(phone, state, step, route) {
  state.busy = step;
  phone.refresh();
  try {
    await takeStep(phone, step, route);
    const said = { start: t('Patrol started.'), pause: t('Patrol paused.'), resume: t('Patrol goes on.'), end: t('Patrol ended.') };
    phone.say(said[step]);
  } catch (fault) {
    console.error('step', fault);
    phone.say(t('Not saved: the storage of this phone may be full. Nothing you entered is lost; try again.'), 'danger');
  } finally {
    state.busy = '';
    phone.refresh();
  }
}
