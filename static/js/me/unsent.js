import { html, nothing } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { addWords, t, tn } from '../core/i18n.js';
import { ageText, alertBox, empty, icon, inLanguage, loading, tag } from '../phone/parts.js';
import { correct, draftOf } from './correct.js';
import { createRescue } from './rescue.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../store/outbox.js').Entry} Entry */
/** @typedef {{entries: Entry[] | null, all: number, most: number, receipts: {value: any}[], count: number, rescue: ReturnType<typeof createRescue>}} State */

/** So many are shown at a time; a phone that was away for weeks opens its list as fast as any other. */
const STEP = 30;

/** What is not sent yet: every item with its state, age, reason and a way to try again.
 *  @type {import('../phone/types.js').OpenScreen} */
export function openUnsent(phone) {
  const rescue = createRescue({ make: () => phone.rescue([phone.person.uid]), refresh: phone.refresh });
  /** @type {State} */
  const state = { entries: null, all: 0, most: STEP, receipts: [], count: -1, rescue };
  const load = async () => {
    state.count = phone.unsent.unsent;
    const [page, receipts] = await Promise.all([phone.outbox.page(state.most), phone.locker.readLast('receipt/', 30)]);
    state.entries = page.entries;
    state.all = page.all;
    state.receipts = receipts.sort((one, other) => other.value.at - one.value.at);
    phone.refresh();
  };
  load();
  const timer = setInterval(load, 3000);
  return {
    title: t('Not sent yet'),
    back: '/m/me',
    view: () => unsent(phone, state, load),
    stop() {
      clearInterval(timer);
      rescue.stop();
    },
  };
}

/** @param {Phone} phone @param {State} state @param {() => Promise<void>} load */
function unsent(phone, state, load) {
  // Something was sent or came back since the list was read.
  if (phone.unsent.unsent !== state.count) load();
  if (!state.entries) return loading(t('Opening…'));
  return html`<div class="stack">
    ${linkLine(phone)}
    ${state.entries.length === 0
      ? html`<section class="card">
          ${empty({ sign: 'check-circle', title: t('Nothing is waiting'), text: t('Everything has reached the server.') })}
        </section>`
      : html`${alertBox({ tone: 'warn', sign: 'warning', text: t('Do not clear the browser cache or remove the app before it is sent.') })}
          <ul class="list card">
            ${repeat(
              state.entries,
              (entry) => entry.id,
              (entry) => html`<li>${entryRow(phone, entry, load)}</li>`,
            )}
          </ul>
          ${showMore(state, load)}
          <button
            type="button"
            class="btn btn-primary btn-wide"
            @click=${async () => {
              await phone.outbox.hurry();
              phone.flush();
              await load();
            }}
          >
            ${icon('sync')}${t('Send now')}
          </button>
          ${state.rescue.view()}`}
    ${receipts(phone, state)}
  </div>`;
}

/** @param {State} state @param {() => Promise<void>} load */
function showMore(state, load) {
  const shown = state.entries?.length ?? 0;
  if (shown >= state.all) return nothing;
  const more = () => {
    state.most += STEP;
    load();
  };
  return html`<p class="muted s center">${t('{shown} of {all} are shown, what was sent back first.', { shown, all: state.all })}</p>
    <button type="button" class="btn btn-wide" @click=${more}>${icon('chevron-down')}${t('Show {n} more', { n: Math.min(STEP, state.all - shown) })}</button>`;
}

/** @param {Phone} phone */
function linkLine(phone) {
  if (phone.link === 'signed_out') {
    return alertBox({
      tone: 'warn',
      sign: 'lock',
      text: t('You are signed out. Everything is kept; sign in and it goes on.'),
      more: html`<div class="alert-actions"><a class="btn btn-s" href="/login?next=/m/me/unsent">${t('Sign in')}</a></div>`,
    });
  }
  if (phone.link === 'offline') return alertBox({ tone: 'info', sign: 'offline', text: t('No network. It is tried again by itself.') });
  return nothing;
}

/** @returns {Record<string, [string, string]>} sign and name of each kind of entry */
const kinds = () => ({
  'patrol.start': ['play', t('Patrol started')],
  'patrol.pause': ['pause', t('Patrol paused')],
  'patrol.resume': ['play', t('Patrol resumed')],
  'patrol.end': ['stop', t('Patrol ended')],
  'track.points': ['route', t('Track')],
  'visit.record': ['building', t('Visit')],
  'finding.record': ['flag', t('Finding')],
  'sighting.report': ['report', t('Sighting')],
  'venue.amend': ['edit', t('Venue correction')],
  'clue.acknowledge': ['bell', t('Urgent clue read')],
});

/** @param {Phone} phone @param {Entry} entry @param {() => Promise<void>} load */
function entryRow(phone, entry, load) {
  const [sign] = kinds()[entry.kind] ?? ['document'];
  const parked = entry.state === 'parked';
  const photos = entry.body?.photos?.length ?? 0;
  return html`<div class="item">
    <span class="item-sign ${parked ? 'tone-danger' : ''}">${icon(sign)}</span>
    <span class="item-body">
      <span class="item-title">${titleOf(entry)}</span>
      <span class="item-note"
        >${ageText(phone.clock() - entry.created_at)}${photos ? html` · ${tn('{count} photo', '{count} photos', photos)}` : nothing}${entry.attempts > 0 && !parked
          ? html` · ${t('attempts: {n}', { n: entry.attempts })}`
          : nothing}</span
      >
      ${entry.problem ? html`<span class="item-note tone-danger">${reasonOf(entry.problem)}</span>` : nothing}
      <span class="row row-s">${stateTag(entry)} ${actions(phone, entry, load)}</span>
    </span>
  </div>`;
}

/** What an entry is, and of what. @param {{kind: string, label: string}} entry */
function titleOf({ kind, label }) {
  const [, name] = kinds()[kind] ?? ['', kind];
  return `${name} ${kind === 'track.points' ? tn('{count} track point', '{count} track points', Number(label)) : label}`;
}

/** @param {Phone} phone @param {Entry} entry @param {() => Promise<void>} load */
function actions(phone, entry, load) {
  const retry = async () => {
    await phone.outbox.retry(entry.id);
    phone.flush();
    await load();
  };
  const parked = entry.state === 'parked';
  return html`${parked || entry.attempts > 0
    ? html`<button type="button" class="btn btn-s" @click=${retry}>${icon('sync')}${t('Try again')}</button>`
    : nothing}${parked && draftOf(entry)
    ? html`<button type="button" class="btn btn-s" @click=${() => correct(phone, entry)}>${icon('edit')}${t('Correct')}</button>`
    : nothing}`;
}

/** Why an entry came back, in words.
 *  @param {import('../store/outbox.js').Problem} problem */
function reasonOf(problem) {
  const said = inLanguage(problem.zh, problem.en) || problem.en;
  if (said) return said;
  if (problem.code === 'sync.photo_lost') return t('A photo is no longer on this phone; the text of the record has been sent.');
  if (problem.code === 'sync.altered') return t('The server holds something else under this name. Your record stays here; tell an administrator.');
  return t('The server did not accept this record ({code}).', { code: problem.code });
}

/** @param {Entry} entry */
function stateTag(entry) {
  if (entry.state === 'parked') return tag('danger', 'warning', t('Sent back'));
  if (entry.state === 'accepted') return tag('info', 'upload', t('Photos under way'));
  return tag('warn', 'folder', t('On this phone'));
}

/** @param {Phone} phone @param {State} state */
function receipts(phone, state) {
  if (state.receipts.length === 0) return nothing;
  return html`<details class="fold">
    <summary>${icon('check-circle')}${t('Sent lately')} (${state.receipts.length})${icon('chevron-down')}</summary>
    <ul class="timeline">
      ${state.receipts.map(
        ({ value }) =>
          html`<li class="tone-ok is-done">
            <time>${ageText(phone.clock() - value.at)}</time>${titleOf(value)}
            <span class="code xs muted">${value.sha256.slice(0, 12)}</span>
          </li>`,
      )}
    </ul>
  </details>`;
}
