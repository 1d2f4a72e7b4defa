/** The cards of urgent clues, above everything else of the day. */

import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { dayAndClock } from '../core/time.js';
import { ageText, alertBox, icon, labelIn, tag } from '../phone/parts.js';
import { createUrgent } from './urgent.js';
import zh from '../urgent/zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('./urgent.js').Clue} Clue */

/** @param {Phone} phone @param {typeof globalThis.fetch} fetch */
export function openUrgent(phone, fetch) {
  const { state, ask, acknowledge } = createUrgent({ owner: phone.person.uid, fetch, ring: () => alarm(phone), changed: phone.refresh });
  return {
    ask,
    view: () =>
      html`${state.fault ? alertBox({ tone: 'danger', sign: 'warning', text: faultText(state.fault) }) : nothing}
      ${state.waiting.map((clue) => card(phone, clue, { busy: state.busy === clue.uid, act: () => acknowledge(clue) }))}
      ${state.read.map((clue) => card(phone, clue, null))}`,
  };
}

/** @typedef {ReturnType<typeof openUrgent>} Urgent */

/** @param {'signed_out' | 'offline'} fault */
const faultText = (fault) =>
  fault === 'signed_out'
    ? t('You are signed out. Sign in, then acknowledge.')
    : t('The acknowledgement did not reach the server. Try again where there is signal, or call the duty desk.');

/** Heard in a pocket too, where the phone allows it. @param {Phone} phone */
function alarm(phone) {
  globalThis.navigator?.vibrate?.([300, 150, 300]);
  phone.say(t('An urgent clue has come in. It stands on “Today”.'), 'danger');
}

/** @param {Phone} phone @param {Clue} clue @param {{busy: boolean, act: () => void} | null} press nothing when it was read */
const card = (phone, clue, press) =>
  html`<section class="card" aria-label=${t('Urgent clue')} data-clue=${clue.uid}>
    <div class="card-head">
      <h2>${tag(press ? 'danger' : 'ok', press ? 'bell' : 'check-circle', t('Urgent clue'))}</h2>
      <span class="muted s">${ageText(phone.clock() + (phone.clockOffset_ms() ?? 0) - Date.parse(clue.received_at))}</span>
    </div>
    <div class="card-body stack stack-s">
      <dl class="facts">
        <dt>${t('Where')}</dt>
        <dd>${clue.place ? html`<strong>${clue.place}</strong><br />` : nothing}${clue.address || t('not said')}</dd>
        <dt>${t('What')}</dt>
        <dd>${labelIn(phone.pack?.sighting_kinds, clue.kind)}<br />${clue.text}</dd>
        <dt>${t('When')}</dt>
        <dd>${clue.seen_on ? html`${clue.seen_on}<br />` : nothing}${t('came in {time}', { time: dayAndClock(clue.received_at) })}</dd>
      </dl>
      ${press
        ? html`<button type="button" class="btn btn-primary btn-l" aria-busy=${press.busy} @click=${press.act}>
            ${icon('check')}${t('I have read it')}
          </button>`
        : alertBox({ tone: 'ok', sign: 'check-circle', text: t('Acknowledged. The duty desk sees it.') })}
      <div class="row row-s">
        ${clue.venue_uid && phone.pack?.venues.some((one) => one.uid === clue.venue_uid)
          ? html`<a class="btn btn-s" href="/m/map?venue=${clue.venue_uid}">${icon('map')}${t('Show on the map')}</a>`
          : nothing}
        <a class="btn btn-s" href="/clues/${clue.uid}">${icon('inbox')}${t('Open clue {number}', { number: clue.number })}</a>
      </div>
    </div>
  </section>`;
