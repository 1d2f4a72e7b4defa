import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { distance_m, distanceText } from '../core/geo.js';
import { t } from '../core/i18n.js';
import { clockText, dayOf } from '../core/time.js';
import { ageText, alertBox, empty, goneText, icon, rowLink, tag } from '../phone/parts.js';
import { outcomeTag } from './outcome_look.js';
import { mayPatrol, patrolBar, patrolCard, underWay } from './patrol_bar.js';
import { progress } from './patrol_state.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Route} Route */
/** @typedef {{busy: string, drafts: {name: string, value: any}[]}} State */

/** Today: the task, the round, and the way to the next door. @type {import('../phone/types.js').OpenScreen} */
export async function openToday(phone) {
  /** @type {State} */
  const state = { busy: '', drafts: await phone.locker.readAll('draft/') };
  const unwatch = phone.place.watch(() => phone.refresh());
  // The rounds of sending ask as well; who looks at the day now should not wait for the next one.
  if (phone.link === 'online') phone.catchUp().catch((fault) => console.error('feed', fault));
  return {
    title: t('Today'),
    view: () => today(phone, state),
    stop: unwatch,
  };
}

/** @param {Phone} phone @param {State} state */
function today(phone, state) {
  const pack = phone.pack;
  if (!pack) return noPack(phone, state);
  const bar = patrolBar(phone, state);
  return html`<div class="stack ${bar === nothing ? '' : 'above-bar'}">
    ${phone.urgent?.view() ?? nothing} ${packIsOld(phone) ? oldPack(phone, state) : nothing} ${drafts(phone, state)}
    ${pack.task.length === 0 ? noTask(phone) : pack.task.map((route) => task(phone, state, route))}
    ${pack.task.length === 0 && mayPatrol(phone) ? patrolCard(phone, state, null) : nothing}
    <p class="row row-s spread muted s">
      ${t('Day pack taken {age}', { age: ageText(phone.clock() - packTime(phone)) })}
      <button type="button" class="btn btn-quiet btn-s" aria-busy=${state.busy === 'pack'} @click=${() => takePack(phone, state)}>
        ${icon('sync')}${t('Update')}
      </button>
    </p>
  </div>${bar}`;
}

/** @param {Phone} phone */
const packTime = (phone) => Date.parse(phone.pack?.server_time ?? '') - (phone.clockOffset_ms() ?? 0);

/** @param {Phone} phone */
const packIsOld = (phone) => phone.pack !== null && phone.pack.date !== dayOf(phone.clock());

/** @param {Phone} phone @param {State} state */
async function takePack(phone, state) {
  state.busy = 'pack';
  phone.refresh();
  const result = await phone.takePack();
  state.busy = '';
  if (result === 'taken') phone.say(t('Day pack taken: everything for today is on this phone.'));
  else if (result === 'signed_out') phone.say(t('You are signed out. Sign in to take the day pack.'), 'warn');
  else phone.say(t('No connection to the server. Try again where there is signal.'), 'warn');
}

/** @param {Phone} phone @param {State} state @param {string} text */
const packButton = (phone, state, text) =>
  html`<button type="button" class="btn btn-primary btn-l" aria-busy=${state.busy === 'pack'} @click=${() => takePack(phone, state)}>
    ${icon('download')}${text}
  </button>`;

/** @param {Phone} phone @param {State} state */
const noPack = (phone, state) =>
  empty({
    sign: 'download',
    title: t('No day pack yet'),
    text: t('Take it while there is signal. Then everything works without a network.'),
    act: packButton(phone, state, t('Take the day pack')),
  });

/** @param {Phone} phone @param {State} state */
const oldPack = (phone, state) =>
  alertBox({
    tone: 'warn',
    sign: 'calendar',
    text: t('This is the day pack of {date}.', { date: phone.pack?.date ?? '' }),
    more: html`<div class="alert-actions">${packButton(phone, state, t("Take today's pack"))}</div>`,
  });

/** @param {Phone} phone */
const noTask = (phone) =>
  html`<div class="card">
    ${empty({
      sign: 'calendar',
      title: t('No route is planned for you today'),
      text: mayPatrol(phone)
        ? t('You can patrol freely: start, and open venues from the map or by their QR code.')
        : t('You can report what you see at any time.'),
      act: mayPatrol(phone)
        ? html`<a class="btn" href="/m/scan">${icon('search')}${t('Find a venue')}</a>`
        : html`<a class="btn" href="/m/report">${icon('report')}${t('Report')}</a>`,
    })}
  </div>`;

/** @param {Phone} phone @param {State} state */
function drafts(phone, state) {
  if (state.drafts.length === 0) return nothing;
  return html`<section class="card">
    <div class="card-head"><h2>${t('Unfinished drafts')}</h2></div>
    <ul class="list">
      ${state.drafts.map(
        ({ value }) =>
          html`<li>
            ${rowLink({
              href: value.path,
              sign: html`<span class="item-sign tone-warn">${icon('edit')}</span>`,
              title: value.title || t('Sighting'),
              note: ageText(phone.clock() - value.saved_at),
            })}
          </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {string} duty a code of the team, or already words */
function dutyName(duty) {
  if (duty === 'inspector') return t('inspector');
  if (duty === 'police_liaison') return t('police liaison officer');
  return duty === 'community_liaison' ? t('community liaison') : duty;
}

/** @param {Phone} phone @param {State} state @param {Route} route */
function task(phone, state, route) {
  const stops = progress(route, phone.patrol);
  const done = stops.filter((one) => one.done).length;
  // Once on the way, the doors come first; the buttons to pause and end stay in reach at the bottom.
  const under = phone.patrol.status === 'active' || phone.patrol.status === 'paused';
  return html`<section class="card">
      <div class="card-head">
        <h2>${route.team.name}</h2>
        <span class="row row-s nowrap muted s">${icon('clock')}${clockText(route.shift_start)}–${clockText(route.shift_end)}</span>
      </div>
      <div class="card-body stack stack-s">
        ${under ? underWay(phone) : nothing}
        <p class="s muted">${route.team.members.map((member) => `${member.name} ${dutyName(member.role)}`).join(t(', '))}</p>
        <div class="progress-line">
          <span>${t('{done} of {all} stops done', { done, all: stops.length })}</span>
          <span>${stops.length ? Math.round((100 * done) / stops.length) : 0}%</span>
        </div>
        <progress max=${stops.length || 1} .value=${done} aria-label=${t('Stops done')}></progress>
      </div>
    </section>
    ${under ? nothing : patrolCard(phone, state, route)}
    <section class="card">
      <div class="card-head">
        <h2>${t('Stops')}</h2>
        <a class="btn btn-quiet btn-s" href="/m/scan">${icon('qr')}${t('Scan')}</a>
      </div>
      ${stops.length === 0
        ? empty({ sign: 'route', title: t('This route has no stops') })
        : html`<ol class="list">
            ${repeat(
              stops,
              (one) => one.stop.stop_uid,
              (one) => stopRow(phone, one),
            )}
          </ol>`}
    </section>
    ${under ? patrolCard(phone, state, route) : nothing}`;
}

/** @param {Phone} phone @param {ReturnType<typeof progress>[number]} one */
function stopRow(phone, { stop, done, next }) {
  const venue = phone.pack?.venues.find((each) => each.uid === stop.venue_uid);
  const here = phone.place.last();
  const state = done ? 'is-done' : next ? 'is-next' : '';
  return html`<li>
    ${rowLink({
      href: `/m/stop/${stop.stop_uid}`,
      sign: html`<span class="stop-no ${state}">${done ? icon('check') : stop.order}</span>`,
      title: venue?.name ?? t('Unknown venue'),
      note: done
        ? html`${outcomeTag(phone, done.outcome)} ${clockText(done.at)}`
        : stopNote(stop, venue),
      end: done
        ? null
        : html`<span>${clockText(stop.planned_arrival)}</span
            >${here && venue ? html`<span>${distanceText(distance_m(here, venue))}</span>` : nothing}${stop.locked
              ? html`<span class="visually-hidden">${t('Time is fixed')}</span>${icon('lock')}`
              : nothing}`,
    })}
  </li>`;
}

/** @param {import('../phone/types.js').Stop} stop @param {import('../phone/types.js').Venue | undefined} venue */
const stopNote = (stop, venue) =>
  html`${venue?.gone ? html`${tag('warn', 'warning', goneText(venue.gone))}<br />` : nothing}${venue?.address}${stop.reason
    ? html`<br />${stop.reason}`
    : nothing}`;
