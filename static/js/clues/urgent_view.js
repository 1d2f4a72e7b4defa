/** The cards of urgent clues, above everything else of the day. */

import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { dayAndClock, isoWithOffset } from '../core/time.js';
import { ageText, alertBox, icon, labelIn, tag } from '../phone/parts.js';
import { createUrgent } from './urgent.js';
import zh from '../urgent/zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('./urgent.js').Clue} Clue */

/** @param {Phone} phone @param {typeof globalThis.fetch} fetch */
export function openUrgent(phone, fetch) {
  const needs = { owner: phone.person.uid, fetch, clock: phone.clock, ring: () => alarm(phone), changed: phone.refresh };
  const { state, ask, resume, acknowledge } = createUrgent({
    ...needs,
    keep: (clue) => keep(phone, clue),
    queued: () => queued(phone),
    recall: () => phone.locker.read('urgent'),
    remember: (kept) => phone.locker.commit(kept ? { put: { urgent: kept } } : { drop: ['urgent'] }),
  });
  return {
    ask,
    resume,
    view: () =>
      html`${state.failed ? alertBox({ tone: 'danger', sign: 'warning', text: t('Not kept: the storage of this phone may be full. Try again, or call the duty desk.') }) : nothing}
      ${state.as_of && state.waiting.length > 0
        ? alertBox({ tone: 'warn', sign: 'offline', text: t('As of {time}. Somebody else may have read it since; this phone asks as soon as there is a network.', { time: dayAndClock(isoWithOffset(state.as_of)) }) })
        : nothing}
      ${state.waiting.map((clue) => card(phone, clue, { busy: state.busy === clue.uid, act: () => acknowledge(clue) }))}
      ${state.read.map((clue) => card(phone, clue, state.held.has(clue.uid) ? 'held' : 'told'))}`,
  };
}

/** @param {Phone} phone @param {Clue} clue */
async function keep(phone, clue) {
  const body = { clue_uid: clue.uid, at: isoWithOffset(phone.clock()) };
  await phone.locker.commit({ entries: [{ kind: 'clue.acknowledge', body, label: clue.number, blobs: [] }] });
  await phone.saved();
}

/** Parked ones do not count: the server refused them, and the clue waits again. @param {Phone} phone */
async function queued({ outbox }) {
  const mine = (await outbox.list()).filter(({ kind, state }) => kind === 'clue.acknowledge' && state !== 'parked');
  return new Set(mine.map(({ body }) => body.clue_uid));
}

/** @typedef {ReturnType<typeof openUrgent>} Urgent */

/** Heard in a pocket too, where the phone allows it. @param {Phone} phone */
function alarm(phone) {
  globalThis.navigator?.vibrate?.([300, 150, 300]);
  phone.say(t('An urgent clue has come in. It stands on “Today”.'), 'danger');
}

/** @param {Phone} phone @param {Clue} clue @param {{busy: boolean, act: () => void} | 'held' | 'told'} press or where the acknowledgement is */
const card = (phone, clue, press) =>
  html`<section class="card" aria-label=${t('Urgent clue')} data-clue=${clue.uid}>
    <div class="card-head">
      <h2>${typeof press === 'object' ? tag('danger', 'bell', t('Urgent clue')) : tag('ok', 'check-circle', t('Urgent clue'))}</h2>
      <span class="muted s">${ageText(phone.clock() + (phone.clockOffset_ms() ?? 0) - Date.parse(clue.received_at))}</span>
    </div>
    <div class="card-body stack stack-s">
      <dl class="facts">
        <dt>${t('Where')}</dt>
        <dd>${clue.place ? html`<strong>${clue.place}</strong><br />` : nothing}${clue.address || t('not said')}</dd>
        <dt>${t('What')}</dt>
        <dd>${labelIn(phone.pack?.sighting_kinds, clue.kind)}<br />${clue.text || t('What was told is not kept on the phone; with a network it shows again.')}</dd>
        <dt>${t('When')}</dt>
        <dd>${clue.seen_on ? html`${clue.seen_on}<br />` : nothing}${t('came in {time}', { time: dayAndClock(clue.received_at) })}</dd>
      </dl>
      ${typeof press === 'object'
        ? html`<button type="button" class="btn btn-primary btn-l" aria-busy=${press.busy} @click=${press.act}>
            ${icon('check')}${t('I have read it')}
          </button>`
        : press === 'held'
          ? alertBox({ tone: 'info', sign: 'clock', text: t('Kept on this phone. The duty desk sees it as soon as there is a network.') })
          : alertBox({ tone: 'ok', sign: 'check-circle', text: t('Acknowledged. The duty desk sees it.') })}
      <div class="row row-s">
        ${clue.venue_uid && phone.pack?.venues.some((one) => one.uid === clue.venue_uid)
          ? html`<a class="btn btn-s" href="/m/map?venue=${clue.venue_uid}">${icon('map')}${t('Show on the map')}</a>`
          : nothing}
        <a class="btn btn-s" href="/clues/${clue.uid}">${icon('inbox')}${t('Open clue {number}', { number: clue.number })}</a>
      </div>
    </div>
  </section>`;
