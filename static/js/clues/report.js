import { html, nothing } from 'lit-html';
import { distance_m, distanceText } from '../core/geo.js';
import { addWords, t } from '../core/i18n.js';
import { isoWithOffset } from '../core/time.js';
import { plainText } from '../core/text.js';
import { uuidv7 } from '../core/uuid.js';
import { createPhotos, discardButton, hashesOf, keptLine, openDraft, pinBody, placeIsKnown, whereView } from '../findings/index.js';
import { alertBox, empty, icon, labelIn, labelOf } from '../phone/parts.js';
import { isMeetingKind } from '../stops/filed.js';
import { filedNotice } from '../stops/filed_view.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {{path: string, title: string, sighting_uid: string, kind: string, text: string, photos: import('../phone/types.js').Photo[], position: import('../core/geo.js').Position | null, manual_pin: import('../phone/types.js').ManualPin | null, venue_uid: string | null, replaces?: import('../store/locker.js').Replaced}} Value */
/** @typedef {{phone: Phone, draft: import('../findings/draft.js').Draft<Value>, photos: ReturnType<typeof createPhotos>, locating: boolean, saving: boolean, sent: boolean, fault: string}} Form */

const DRAFT = 'draft/sighting';
const NEAR_M = 150;
const MOST_PHOTOS = 6;
const TEXT_LETTERS = 2000;

/** A sighting in three taps: what it is, a photo if one wants, send. @type {import('../phone/types.js').OpenScreen} */
export async function openReport(phone) {
  const draft = await openDraft({ locker: phone.locker, name: DRAFT, clock: phone.clock, refresh: phone.refresh, fresh: () => freshValue(phone) });
  const photos = createPhotos({
    phone,
    draft,
    place: () => {
      const point = draft.value.manual_pin ?? draft.value.position;
      return point ? `${point.lon.toFixed(6)}, ${point.lat.toFixed(6)}` : '';
    },
    task: t('Sighting (a clue, not evidence)'),
    most: MOST_PHOTOS,
  });
  /** @type {Form} */
  const form = { phone, draft, photos, locating: false, saving: false, sent: false, fault: '' };
  if (!draft.value.position) locate(form);
  return {
    title: t('Report'),
    back: '/m/',
    alone: true,
    view: () => (form.sent ? sentView(form) : formView(form)),
    stop() {
      photos.stop();
      if (!form.sent) draft.leave();
    },
  };
}

/** @param {Phone} phone @returns {Value} */
function freshValue(phone) {
  return {
    path: '/m/report',
    title: '',
    sighting_uid: uuidv7(phone.clock()),
    kind: '',
    text: '',
    photos: [],
    position: null,
    manual_pin: null,
    venue_uid: null,
  };
}

/** @param {Form} form */
async function locate(form) {
  form.locating = true;
  const position = await form.phone.place.current(20000);
  form.locating = false;
  if (position && !form.sent) form.draft.note({ position });
  form.phone.refresh();
}

/** @param {Form} form */
function formView(form) {
  const { phone, draft, photos } = form;
  const kinds = phone.pack?.sighting_kinds ?? [];
  const change = (/** @type {Partial<Value>} */ changes) => {
    draft.change(changes);
    phone.refresh();
  };
  if (kinds.length === 0) return noKinds(phone);
  return html`<form class="stack" @submit=${(/** @type {Event} */ event) => submit(event, form)}>
    ${alertBox({ tone: 'info', sign: 'info', text: t('Report what you saw. Do not go in, and do not question anyone. A photo here is a clue, not evidence.') })}
    <fieldset>
      <legend>${t('What did you see?')}</legend>
      <div class="choices choices-2">${kinds.map((item) => kindCard(item, draft.value.kind, (kind) => change({ kind, title: labelOf(item) })))}</div>
    </fieldset>
    ${draft.value.kind ? details(form, change, photos) : nothing}
    ${form.fault ? alertBox({ tone: 'danger', sign: 'warning', text: form.fault }) : nothing}
    ${discardButton({ phone, draft, done: () => phone.go('/m/', { replace: true }) })}
    ${draft.begun ? keptLine(draft) : nothing} ${draft.value.kind ? sendBar(form) : nothing}
  </form>`;
}

/** @param {Form} form */
const sendBar = ({ saving, photos }) =>
  html`<div class="act-bar">
    <button class="btn btn-primary btn-l" aria-busy=${saving} ?disabled=${photos.busy()}>${icon('send')}${t('Send')}</button>
  </div>`;

/** @param {Phone} phone */
const noKinds = (phone) =>
  empty({
    sign: 'download',
    title: t('Take the day pack first'),
    text: t('The kinds of sightings come with it. Once taken, reporting works without a network.'),
    act: html`<button type="button" class="btn btn-primary" @click=${() => phone.takePack()}>${icon('download')}${t('Take the day pack')}</button>`,
  });

/** @param {import('../phone/types.js').Labelled} item @param {string} chosen @param {(kind: string) => void} pick */
const kindCard = (item, chosen, pick) =>
  html`<label class="choice choice-card ${chosen === item.code ? 'is-on' : ''}"
    ><input type="radio" name="kind" .value=${item.code} .checked=${chosen === item.code} @change=${() => pick(item.code)} /><span
      class="grow"
      >${labelOf(item)}</span
    ></label
  >`;

/** @param {Form} form @param {(changes: Partial<Value>) => void} change @param {Form['photos']} photos */
const details = ({ phone, draft, locating, ...form }, change, photos) =>
  html`${photos.view()}
    <label class="field"
      ><span class="label">${t('In a few words')}<span class="optional">${t('optional')}</span></span>
      <textarea
        class="input"
        rows="2"
        maxlength=${TEXT_LETTERS}
        .value=${draft.value.text}
        @input=${(/** @type {Event} */ event) => draft.change({ text: /** @type {HTMLTextAreaElement} */ (event.target).value })}
      ></textarea>
    </label>
    ${nearby(phone, draft.value, change)}
    ${draft.value.venue_uid ? filedNotice(phone, draft.value.venue_uid, isMeetingKind(draft.value.kind)) : nothing}
    ${whereView({
      phone,
      where: draft.value,
      venue: null,
      busy: locating,
      change,
      locate: () => locate({ phone, draft, locating, ...form }),
    })}`;

/** @param {Phone} phone @param {Value} value @param {(changes: Partial<Value>) => void} change */
function nearby(phone, value, change) {
  const here = value.position;
  if (!here) return nothing;
  const near = (phone.pack?.venues ?? [])
    .map((venue) => ({ venue, metres: distance_m(here, venue) }))
    .filter(({ metres }) => metres <= NEAR_M)
    .sort((one, other) => one.metres - other.metres)
    .slice(0, 4);
  if (near.length === 0) return nothing;
  return html`<fieldset>
    <legend>${t('Is it one of these places?')}<span class="optional">${t('optional')}</span></legend>
    <div class="chips">
      ${near.map(({ venue, metres }) => {
        const on = value.venue_uid === venue.uid;
        return html`<button type="button" class="chip" aria-pressed=${on} @click=${() => change({ venue_uid: on ? null : venue.uid })}>
          ${venue.name} <span class="muted">${distanceText(metres)}</span>
        </button>`;
      })}
    </div>
  </fieldset>`;
}

/** @param {Event} event @param {Form} form */
async function submit(event, form) {
  event.preventDefault();
  const { phone, draft } = form;
  const { value } = draft;
  if (form.saving || form.photos.busy() || !value.kind) return;
  form.fault = '';
  // A coarse position is still a clue; a pin without a reason or off the earth is not.
  if (value.manual_pin ? !placeIsKnown(value) : !value.position) {
    form.fault = t('There is no position yet: wait a moment, or choose the place by hand and say why.');
    phone.refresh();
    return;
  }
  form.saving = true;
  phone.refresh();
  try {
    await save(phone, draft);
    form.sent = true;
    await phone.saved();
  } catch (fault) {
    console.error('report', fault);
    form.fault = t('Not saved: the storage of this phone may be full. The draft is kept.');
  } finally {
    form.saving = false;
    phone.refresh();
  }
}

/** @param {Phone} phone @param {Form['draft']} draft */
function save(phone, draft) {
  const { sighting_uid, kind, text, position, manual_pin, venue_uid, photos } = draft.value;
  const blobs = [...new Set(hashesOf(photos))];
  const body = {
    sighting_uid,
    kind,
    text: plainText(text, TEXT_LETTERS),
    position,
    manual_pin: pinBody(manual_pin),
    venue_uid,
    photos,
  };
  const label = labelIn(phone.pack?.sighting_kinds, kind);
  return draft.endWith(() =>
    phone.locker.commit({
      entries: [{ kind: 'sighting.report', body, label, blobs }],
      replaces: draft.value.replaces,
      drop: [draft.name],
      unhold: { holder: draft.name, blobs },
    }),
  );
}

/** @param {Form} form */
function sentView({ phone }) {
  const again = () => phone.go(`/m/report?again=${isoWithOffset(phone.clock())}`, { replace: true });
  return empty({
    sign: 'check-circle',
    title: t('Thank you. Saved on this phone'),
    text:
      phone.unsent.unsent > 0
        ? t('It sends itself when there is a network. Not sent yet: {n}.', { n: phone.unsent.unsent })
        : t('Everything has reached the server.'),
    act: html`<button type="button" class="btn btn-primary" @click=${again}>${icon('plus')}${t('Report something else')}</button>
      <a class="btn btn-quiet" href="/m/">${t('Today')}</a>`,
  });
}
