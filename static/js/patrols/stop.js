import { html, nothing } from 'lit-html';
import { distance_m, distanceText } from '../core/geo.js';
import { addWords, t } from '../core/i18n.js';
import { dayAndClock, isoWithOffset } from '../core/time.js';
import { ageText, alertBox, empty, goneText, icon, labelOf } from '../phone/parts.js';
import { outcomeLook, outcomeTag } from './outcome_look.js';
import { NOTE_LETTERS, placeToVisit, visitOf } from './patrol_actions.js';
import { GOOD_ENOUGH_M } from './place.js';
import { filedFact } from '../stops/filed_view.js';
import zh from '../stops/zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Venue} Venue */
/** @typedef {NonNullable<ReturnType<typeof placeToVisit>>} Where */
/** @typedef {{arrival: import('./patrol_actions.js').Arrival, outcome: string, note: string, busy: boolean, again: boolean, fault: string, writing: Promise<void>, keep: () => Promise<void>, corrected: {at: number, asked: string} | null}} State */

const NEEDS_FINDING = new Set(['suspicious', 'violation']);
const HERE_M = 200;

/** One stop: where it is, what was seen there before, and what became of it now.
 *  @type {import('../phone/types.js').OpenScreen} */
export async function openStop(phone, { place, qr }) {
  const where = placeToVisit(phone, place);
  if (!where) return { title: t('Venue'), back: '/m/', view: unknownVenue };
  const kept = await phone.locker.read(`arrival/${place}`);
  /** @type {State} */
  const state = {
    arrival: { arrived_at: kept?.arrived_at ?? null, qr: kept?.qr ?? false },
    outcome: kept?.outcome ?? '',
    note: kept?.note ?? '',
    busy: false,
    again: false,
    fault: '',
    corrected: await phone.locker.read(`corrected/${where.venue.uid}`),
    writing: Promise.resolve(),
    keep: () => {
      state.writing = state.writing.then(() => keep(phone, place, state)).catch((fault) => console.error('stop', fault));
      return state.writing;
    },
  };
  const arrive = async (/** @type {boolean} */ byQr) => {
    const arrived_at = state.arrival.arrived_at ?? isoWithOffset(phone.clock());
    state.arrival = { arrived_at, qr: state.arrival.qr || byQr };
    await state.keep();
  };
  if (qr === '1' && !state.arrival.qr) await arrive(true);
  const unwatch = phone.place.watch((fix) => {
    const near = distance_m(fix, where.venue) <= HERE_M && fix.accuracy_m <= GOOD_ENOUGH_M;
    if (near && !state.arrival.arrived_at) arrive(false);
    phone.refresh();
  });
  return {
    title: where.venue.name,
    back: '/m/',
    alone: true,
    view: () => stopView(phone, state, where),
    stop: unwatch,
  };
}

/** What was begun here is on disk at every change: a call or the camera may take the page away. Not once it is being
 *  saved, or a late write would bring it back to life.
 *  @param {Phone} phone @param {string} place @param {State} state */
async function keep(phone, place, { arrival, outcome, note, busy }) {
  if (!busy) await phone.locker.commit({ put: { [`arrival/${place}`]: { ...arrival, outcome, note } } });
}

const unknownVenue = () =>
  empty({
    sign: 'building',
    title: t('This venue is not in your day pack'),
    text: t('Update the day pack, or report what you see.'),
    act: html`<a class="btn" href="/m/report">${icon('report')}${t('Report')}</a>`,
  });

/** @param {Phone} phone @param {State} state @param {Where} where */
function stopView(phone, state, where) {
  const { venue, stop } = where;
  const done = phone.patrol.done[stop?.stop_uid ?? venue.uid];
  const gone = phone.pack?.venues.find((one) => one.uid === venue.uid)?.gone;
  if (gone) return goneView(gone, venue);
  return html`<div class="stack">
    ${facts(phone, state, venue, stop)} ${history(phone, venue)}
    ${done && !state.again
      ? html`<section class="card card-body stack">
          <p>${outcomeTag(phone, done.outcome)} <span class="muted s">${dayAndClock(done.at)}</span></p>
          ${alertBox({ tone: 'ok', sign: 'check-circle', text: t('This visit is saved on this phone.') })}
          <div class="row">
            <a class="btn btn-primary grow" href="/m/">${t('Back to the stops')}</a>
            <button type="button" class="btn" @click=${() => visitAgain(phone, state)}>${t('Visit again')}</button>
          </div>
        </section>`
      : outcomes(phone, state, where)}
  </div>`;
}

/** Its notes were let go with it, also where this page was already open.
 *  @param {string} gone @param {Venue} venue */
const goneView = (gone, venue) =>
  html`<div class="card">
    ${empty({
      sign: 'building',
      title: goneText(gone),
      text: t('{address}. Leave this stop out. If you see something there, report it.', { address: venue.address }),
      act: html`<a class="btn" href="/m/report">${icon('report')}${t('Report')}</a>`,
    })}
  </div>`;

/** @param {Phone} phone @param {State} state */
function visitAgain(phone, state) {
  state.again = true;
  phone.refresh();
}

/** @param {Phone} phone @param {State} state @param {Venue} venue @param {import('../phone/types.js').Stop | null} stop */
function facts(phone, state, venue, stop) {
  const here = phone.place.last();
  return html`<section class="card">
    <div class="card-body stack stack-s">
      <dl class="facts">
        <dt>${t('Kind')}</dt>
        <dd>${venue.kind_name}</dd>
        <dt>${t('Address')}</dt>
        <dd>${venue.address}</dd>
        ${fact(t('Owner'), venue.owner_name)} ${fact(t('Open'), venue.opening_hours)}
        ${fact(t('Capacity'), venue.capacity ? String(venue.capacity) : '')} ${fact(t('Note'), venue.note)}
        ${fact(t('Why today'), stop?.reason)} ${filedFact(phone, venue.uid)}
        ${fact(t('Last visit'), venue.last_visited_at ? dayAndClock(venue.last_visited_at) : t('never'))}
        <dt>${t('Distance')}</dt>
        <dd>
          ${here
            ? html`${distanceText(distance_m(here, venue))}
                <span class="muted s">±${Math.round(here.accuracy_m)} m</span>`
            : html`<span class="muted">${t('No position yet')}</span>`}
        </dd>
      </dl>
      ${state.corrected ? alertBox({ tone: 'ok', sign: 'edit', text: correctedText(phone, state.corrected) }) : nothing}
      ${here && here.accuracy_m > GOOD_ENOUGH_M
        ? alertBox({ tone: 'warn', sign: 'locate', text: t('Position known only to {n} m. The visit is kept and marked so; scan the door code, or wait near a window.', { n: Math.round(here.accuracy_m) }) })
        : nothing}
      <div class="row row-s">
        <a class="btn btn-s" href="/m/map?venue=${venue.uid}">${icon('map')}${t('On the map')}</a>
        ${phone.person.roles.some((role) => role !== 'community_liaison')
          ? html`<a class="btn btn-s" href="/m/stop/${stop?.stop_uid ?? venue.uid}/correct">${icon('edit')}${t('Correct this venue')}</a>`
          : nothing}
        ${state.arrival.qr
          ? html`<span class="tag tone-ok">${icon('qr')}${t('Code scanned')}</span>`
          : html`<a class="btn btn-s" href="/m/scan">${icon('qr')}${t('Scan the door code')}</a>`}
        ${(stop?.map_links ?? []).map(
          (link) =>
            html`<a class="btn btn-s" href=${link.url} target="_blank" rel="noopener noreferrer"
              >${icon('pin')}${t('Open in {name}', { name: link.name })}</a
            >`,
        )}
      </div>
    </div>
  </section>`;
}

/** @param {Phone} phone @param {{at: number, asked: string}} corrected */
function correctedText(phone, { at, asked }) {
  const age = ageText(phone.clock() - at);
  return asked ? t('Corrected on this phone {age}; a manager decides whether it leaves the rounds.', { age }) : t('Corrected on this phone {age}.', { age });
}

/** @param {string} name @param {string | null | undefined} value */
const fact = (name, value) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing);

/** @param {Phone} phone @param {Venue} venue */
function history(phone, venue) {
  const past = venue.history ?? [];
  return html`<details class="fold" ?open=${past.some((one) => NEEDS_FINDING.has(one.outcome))}>
    <summary>${icon('history')}${t('Earlier visits')} (${past.length})${icon('chevron-down')}</summary>
    ${past.length === 0
      ? html`<p class="muted s">${t('No visit is recorded yet.')}</p>`
      : html`<ol class="timeline">
          ${past.map(
            (one) =>
              html`<li class="tone-${outcomeLook(one.outcome)[0]} is-done">
                <time>${dayAndClock(one.visited_at)} · ${ageText(phone.clock() - Date.parse(one.visited_at))}</time>
                ${outcomeTag(phone, one.outcome)}
                <p class="s">${one.text}</p>
              </li>`,
          )}
        </ol>`}
  </details>`;
}

/** @param {Phone} phone @param {State} state @param {Where} where */
function outcomes(phone, state, where) {
  const place = where.stop?.stop_uid ?? where.venue.uid;
  const pick = (/** @type {string} */ code) => {
    if (NEEDS_FINDING.has(code)) phone.go(`/m/stop/${place}/finding?outcome=${code}`);
    else {
      state.outcome = state.outcome === code ? '' : code;
      state.keep();
    }
    phone.refresh();
  };
  return html`<section class="stack stack-s" aria-labelledby="outcome-heading">
    <h2 id="outcome-heading">${t('What did you find?')}</h2>
    ${phone.patrol.status === 'active' || phone.patrol.status === 'paused'
      ? nothing
      : alertBox({ tone: 'info', sign: 'info', text: t('No patrol is running: the visit is kept without a track.') })}
    <div class="stack stack-s">
      ${(phone.pack?.outcomes ?? []).map((item) => {
        const [tone, sign] = outcomeLook(item.code);
        const on = state.outcome === item.code;
        return html`<div class="card tone-${tone}">
          <button type="button" class="item" aria-pressed=${on} @click=${() => pick(item.code)}>
            <span class="item-sign">${icon(sign, 'icon-l')}</span>
            <span class="item-body"><span class="item-title">${labelOf(item)}</span></span>
            ${icon(NEEDS_FINDING.has(item.code) ? 'chevron-right' : on ? 'check-circle' : 'plus')}
          </button>
        </div>`;
      })}
    </div>
    ${state.outcome ? confirm(phone, state, where) : nothing}
  </section>`;
}

/** @param {Phone} phone @param {State} state @param {Where} where */
const confirm = (phone, state, where) =>
  html`<div class="stack stack-s">
    <label class="field"
      ><span class="label">${t('Note')}<span class="optional">${t('optional')}</span></span>
      <textarea
        class="input"
        rows="2"
        maxlength=${NOTE_LETTERS}
        .value=${state.note}
        @input=${(/** @type {Event} */ event) => {
          state.note = /** @type {HTMLTextAreaElement} */ (event.target).value;
          state.keep();
        }}
      ></textarea>
    </label>
    ${state.fault ? alertBox({ tone: 'danger', sign: 'warning', text: state.fault }) : nothing}
    <div class="act-bar">
      <button type="button" class="btn btn-primary btn-l" aria-busy=${state.busy} @click=${() => save(phone, state, where)}>
        ${icon('check')}${t('Save visit')}
      </button>
    </div>
  </div>`;

/** @param {Phone} phone @param {State} state @param {Where} where */
async function save(phone, state, where) {
  if (state.busy) return;
  state.busy = true;
  state.fault = '';
  phone.refresh();
  try {
    await state.writing;
    const position = await phone.place.current(3000);
    const { venue, stop } = where;
    const { outcome, arrival, note } = state;
    const { entry, patrol } = visitOf(phone, { venue, stop, outcome, arrival, position, note });
    const place = stop?.stop_uid ?? venue.uid;
    await phone.locker.commit({ put: { patrol }, entries: [entry], drop: [`arrival/${place}`] });
    phone.patrol = patrol;
    Object.assign(state, { again: false, outcome: '', note: '', arrival: { arrived_at: null, qr: false } });
    await phone.saved();
    phone.say(t('Saved on this phone.'));
    if (stop) phone.go('/m/', { replace: true });
  } catch (fault) {
    console.error('visit', fault);
    state.fault = t('Not saved: the storage of this phone may be full. Nothing you entered is lost; try again.');
  } finally {
    state.busy = false;
    phone.refresh();
  }
}
