import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { plainText } from '../core/text.js';
import { uuidv7 } from '../core/uuid.js';
import { placeToVisit, visitOf } from '../patrols/index.js';
import { alertBox, choiceCard, empty, icon, inLanguage, labelOf } from '../phone/parts.js';
import { checklistBody } from './checklist.js';
import { checklistView } from './checklist_view.js';
import { isMeeting } from '../stops/filed.js';
import { filedNotice } from '../stops/filed_view.js';
import { discardButton } from './discard.js';
import { openDraft } from './draft.js';
import { keptLine } from './kept.js';
import { hashesOf } from './photo.js';
import { createPhotos } from './photos_view.js';
import { createSounds } from './sounds_view.js';
import { pinBody, placeIsKnown, whereView } from './where.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {NonNullable<ReturnType<typeof placeToVisit>>} Target */
/** @typedef {{path: string, title: string, finding_uid: string, outcome: string, text: string, answers: import('./checklist.js').Answers, photos: import('../phone/types.js').Photo[], recordings?: import('./sound.js').Recording[], position: import('../core/geo.js').Position | null, manual_pin: import('../phone/types.js').ManualPin | null, witness: string, visit_uid?: string, replaces?: import('../store/locker.js').Replaced}} Value */
/** @typedef {import('./draft.js').Draft<Value>} FindingDraft */
/** @typedef {{phone: Phone, target: Target, draft: FindingDraft, photos: ReturnType<typeof createPhotos>, sounds: ReturnType<typeof createSounds>, locating: boolean, saving: boolean, saved: boolean, faults: {field: string, text: string}[]}} Form */

const OUTCOMES = ['suspicious', 'violation'];
const MOST_PHOTOS = 12;
const TEXT_LETTERS = 4000;

/** What a visit established: checklist, text, photos and place. @type {import('../phone/types.js').OpenScreen} */
export async function openFinding(phone, { place, outcome }) {
  const target = placeToVisit(phone, place);
  if (!target) return { title: t('Finding'), back: '/m/', view: () => empty({ sign: 'building', title: t('This venue is not in your day pack') }) };
  /** @type {FindingDraft} */
  const draft = await openDraft({
    locker: phone.locker,
    name: `draft/finding/${place}`,
    clock: phone.clock,
    refresh: phone.refresh,
    fresh: () => freshValue(phone, target, place, outcome),
  });
  if (OUTCOMES.includes(outcome) && outcome !== draft.value.outcome) draft.note({ outcome });
  const photos = createPhotos({
    phone,
    draft,
    place: () => placeLine(draft.value, target),
    task: target.route ? `${target.route.team.name} ${target.route.date}` : '',
    most: phone.pack?.limits?.photos_per_finding ?? MOST_PHOTOS,
  });
  /** @type {Form} */
  const form = { phone, target, draft, photos, sounds: createSounds({ phone, draft }), locating: false, saving: false, saved: false, faults: [] };
  if (!draft.value.position && !draft.value.manual_pin) locate(form);
  return {
    title: t('Finding'),
    back: `/m/stop/${place}`,
    alone: true,
    view: () => (form.saved ? savedView(phone) : formView(form)),
    stop() {
      photos.stop();
      form.sounds.stop();
      if (!form.saved) draft.leave();
    },
  };
}

/** @param {Phone} phone @param {Target} target @param {string} place @param {string} outcome @returns {Value} */
function freshValue(phone, target, place, outcome) {
  return {
    path: `/m/stop/${place}/finding`,
    title: target.venue.name,
    finding_uid: uuidv7(phone.clock()),
    outcome: OUTCOMES.includes(outcome) ? outcome : OUTCOMES[0],
    text: '',
    answers: {},
    photos: [],
    position: null,
    manual_pin: null,
    witness: '',
  };
}

/** @param {Value} value @param {Target} target */
function placeLine(value, target) {
  const point = value.manual_pin ?? value.position;
  const numbers = point ? ` ${point.lon.toFixed(6)},${point.lat.toFixed(6)}` : '';
  return `${target.venue.name} ${target.venue.address}${numbers}`;
}

/** @param {Form} form */
async function locate(form) {
  form.locating = true;
  form.phone.refresh();
  const position = await form.phone.place.current(20000);
  form.locating = false;
  if (position && !form.saved) form.draft.note({ position });
  form.phone.refresh();
}

/** @param {Form} form */
function formView(form) {
  const { phone, draft, photos, target } = form;
  const value = draft.value;
  const change = (/** @type {Partial<Value>} */ changes) => {
    draft.change(changes);
    phone.refresh();
  };
  return html`<form class="stack" novalidate @submit=${(/** @type {Event} */ event) => submit(event, form)}>
    <p class="strong">${target.venue.name} <span class="muted s">${target.venue.address}</span></p>
    ${faultList(form)} ${value.visit_uid ? nothing : outcomeView(form, change)}
    ${photos.view()} ${form.sounds.view()} ${textView(form, change)}
    ${phone.pack ? checklistView(phone.pack.checklist, value.answers, (answers) => change({ answers })) : nothing}
    ${filedNotice(phone, target.venue.uid, isMeeting(value.answers))}
    ${whereView({ phone, where: value, venue: target.venue, busy: form.locating, change, locate: () => locate(form) })}
    ${witnessView(form, change)}
    ${discardView(form)}
    ${keptLine(draft)}
    <div class="act-bar">
      <button class="btn btn-primary btn-l" aria-busy=${form.saving} ?disabled=${photos.busy() || form.sounds.busy()}>${icon('check')}${t('Save finding')}</button>
    </div>
  </form>`;
}

/** @param {Form} form @param {(changes: Partial<Value>) => void} change */
const outcomeView = ({ phone, draft }, change) =>
  html`<fieldset>
    <legend class="visually-hidden">${t('Outcome')}</legend>
    <div class="choices choices-2">
      ${(phone.pack?.outcomes ?? [])
        .filter((item) => OUTCOMES.includes(item.code))
        .map((item) =>
          choiceCard({
            name: 'outcome',
            value: item.code,
            on: draft.value.outcome === item.code,
            pick: () => change({ outcome: item.code }),
            text: labelOf(item),
          }),
        )}
    </div>
  </fieldset>`;

/** @param {Form} form */
const discardView = ({ phone, draft, target }) =>
  discardButton({
    phone,
    draft,
    done: () => {
      phone.say(t('Draft discarded.'));
      phone.go(`/m/stop/${target.stop?.stop_uid ?? target.venue.uid}`, { replace: true });
    },
  });

/** @param {Form} form */
function faultList({ faults }) {
  if (faults.length === 0) return nothing;
  return html`<div class="fault-list" role="alert" tabindex="-1">
    <h2>${t('Something is missing')}</h2>
    <ul>
      ${faults.map((fault) => html`<li><a href="#${fault.field}">${fault.text}</a></li>`)}
    </ul>
  </div>`;
}

/** @param {Form} form @param {(changes: Partial<Value>) => void} change */
function textView({ phone, draft }, change) {
  const add = (/** @type {string} */ phrase) => {
    const before = draft.value.text.trimEnd();
    change({ text: before === '' ? phrase : `${before}${/[。；;.]$/.test(before) ? '' : t('; ')}${phrase}` });
  };
  return html`<section class="card card-body stack stack-s">
    <label class="field"
      ><span class="label">${t('What was seen')}</span>
      <textarea
        class="input"
        id="text"
        rows="4"
        maxlength=${TEXT_LETTERS}
        .value=${draft.value.text}
        @input=${(/** @type {Event} */ event) => draft.change({ text: /** @type {HTMLTextAreaElement} */ (event.target).value })}
      ></textarea>
    </label>
    <div class="chips" role="group" aria-label=${t('Quick phrases')}>
      ${(phone.pack?.quick_phrases ?? []).map((phrase) => {
        const text = inLanguage(phrase.zh, phrase.en);
        return html`<button type="button" class="chip" @click=${() => add(text)}>${icon('plus')}${text}</button>`;
      })}
    </div>
  </section>`;
}

/** @param {Form} form @param {(changes: Partial<Value>) => void} change */
function witnessView({ phone, target, draft }, change) {
  const others = (target.route?.team.members ?? []).filter((member) => member.name !== phone.person.name);
  if (others.length === 0) return nothing;
  const chosen = (/** @type {Event} */ event) => change({ witness: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`<label class="field card card-body"
    ><span class="label">${t('Second officer present')}<span class="optional">${t('optional')}</span></span>
    <select class="input" @change=${chosen}>
      <option value="" ?selected=${draft.value.witness === ''}>${t('nobody')}</option>
      ${others.map((member) => html`<option ?selected=${draft.value.witness === member.name}>${member.name}</option>`)}
    </select>
  </label>`;
}

/** All that is missing, at once.
 *  @param {Value} value @returns {{field: string, text: string}[]} */
export function faultsOf(value) {
  const said = value.text.trim() !== '' || Object.keys(value.answers).length > 0 || value.photos.length > 0;
  return [
    ...(said ? [] : [{ field: 'text', text: t('Write a sentence, answer a question or take a photo.') }]),
    ...(placeIsKnown(value) ? [] : [{ field: 'where', text: t('The position is missing or too coarse: choose the place by hand and say why.') }]),
  ];
}

/** @param {Event} event @param {Form} form */
async function submit(event, form) {
  event.preventDefault();
  const { phone, draft } = form;
  if (form.saving || form.photos.busy() || form.sounds.busy()) return;
  form.faults = faultsOf(draft.value);
  if (form.faults.length > 0) {
    phone.refresh();
    queueMicrotask(() => /** @type {HTMLElement | null} */ (document.querySelector('.fault-list'))?.focus());
    return;
  }
  form.saving = true;
  phone.refresh();
  try {
    await save(form);
    form.saved = true;
    await phone.saved();
  } catch (fault) {
    console.error('save', fault);
    phone.say(t('Not saved: the storage of this phone may be full. The draft is kept.'), 'danger');
  } finally {
    form.saving = false;
    phone.refresh();
  }
}

/** The visit, its finding and the end of the draft in one commit.
 *  @param {Form} form */
async function save({ phone, draft, target }) {
  const { value } = draft;
  const { venue, stop } = target;
  const place = stop?.stop_uid ?? venue.uid;
  const arrival = (await phone.locker.read(`arrival/${place}`)) ?? { arrived_at: null, qr: false };
  // A finding that was sent back keeps the visit it belongs to, which has its own entry.
  const visit = value.visit_uid
    ? { visit_uid: value.visit_uid, entry: null, patrol: phone.patrol }
    : visitOf(phone, { venue, stop, outcome: value.outcome, arrival, position: value.position, note: '' });
  const recordings = value.recordings ?? [];
  const blobs = [...new Set(hashesOf(value.photos, recordings))];
  const body = {
    finding_uid: value.finding_uid,
    visit_uid: visit.visit_uid,
    venue_uid: venue.uid,
    text: plainText(value.text, TEXT_LETTERS),
    checklist: checklistBody(phone.pack?.checklist ?? { version: '', sections: [] }, value.answers),
    position: value.position,
    manual_pin: pinBody(value.manual_pin),
    photos: value.photos,
    recordings,
    ...(value.witness ? { witness: value.witness } : {}),
  };
  await draft.endWith(() =>
    phone.locker.commit({
      put: { patrol: visit.patrol },
      entries: [...(visit.entry ? [visit.entry] : []), { kind: 'finding.record', body, label: venue.name, blobs }],
      replaces: value.replaces,
      drop: [draft.name, `arrival/${place}`],
      unhold: { holder: draft.name, blobs },
    }),
  );
  phone.patrol = visit.patrol;
}

/** @param {Phone} phone */
const savedView = (phone) =>
  html`<div class="stack">
    ${empty({
      sign: 'check-circle',
      title: t('Saved on this phone'),
      text:
        phone.unsent.unsent > 0
          ? t('It sends itself when there is a network. Not sent yet: {n}.', { n: phone.unsent.unsent })
          : t('Everything has reached the server.'),
      act: html`<a class="btn btn-primary" href="/m/">${t('Back to the stops')}</a>
        <a class="btn btn-quiet" href="/m/me/unsent">${t('What is not sent yet')}</a>`,
    })}
    ${alertBox({ tone: 'info', sign: 'info', text: t('Do not clear the browser cache or remove the app before it is sent.') })}
  </div>`;
