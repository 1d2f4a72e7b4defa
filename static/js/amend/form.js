import { html, nothing } from 'lit-html';
import { addWords, t, tn } from '../core/i18n.js';
import { plainText } from '../core/text.js';
import { discardButton, keptLine, openDraft } from '../findings/index.js';
import { placeToVisit } from '../patrols/index.js';
import { alertBox, choiceCard, empty, icon } from '../phone/parts.js';
import { LETTERS, capacityOf, changesOf, corrected, hoursText, seenOf, windowsOf } from './amend.js';
import { createPin } from './pin.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Venue} Venue */
/** @typedef {{path: string, title: string, seen: import('./amend.js').Facts, wanted: import('./amend.js').Facts, remark: string, hours?: import('./amend.js').Windows, capacity?: string, photos: [], replaces?: import('../store/locker.js').Replaced}} Value hours and capacity as they stand in the form, also half typed */
/** @typedef {import('../findings/draft.js').Draft<Value>} VenueDraft */
/** @typedef {{phone: Phone, place: string, venue: Venue, draft: VenueDraft, pin: ReturnType<typeof createPin>, saving: boolean, fault: string}} Form */

const REMARK_LETTERS = 200;

/** Correct what the register says of a venue; works without a network like everything else.
 *  @type {import('../phone/types.js').OpenScreen} */
export async function openCorrection(phone, { place }) {
  const target = placeToVisit(phone, place);
  if (!target) return { title: t('Correct this venue'), back: '/m/', view: () => empty({ sign: 'building', title: t('This venue is not in your day pack') }) };
  const { venue } = target;
  /** @type {VenueDraft} */
  const draft = await openDraft({
    locker: phone.locker,
    name: `draft/venue/${venue.uid}`,
    clock: phone.clock,
    refresh: phone.refresh,
    fresh: () => ({ path: `/m/stop/${place}/correct`, title: venue.name, seen: seenOf(venue), wanted: {}, remark: '', photos: [] }),
  });
  // One that was sent back says only what it changes.
  draft.value.seen = { ...seenOf(venue), ...draft.value.seen };
  const pin = createPin({ phone, name: venue.name, seen: draft.value.seen.position, moved: (position) => want(form, { position }) });
  /** @type {Form} */
  const form = { phone, place, venue, draft, pin, saving: false, fault: '' };
  return {
    title: t('Correct this venue'),
    back: `/m/stop/${place}`,
    alone: true,
    view: () => formView(form),
    stop() {
      pin.stop();
      draft.leave();
    },
  };
}

/** @param {Form} form @param {import('./amend.js').Facts} facts */
function want(form, facts) {
  form.draft.change({ wanted: { ...form.draft.value.wanted, ...facts } });
  form.phone.refresh();
}

/** @param {Form} form @param {string} name */
const factOf = ({ draft }, name) => draft.value.wanted[name] ?? draft.value.seen[name] ?? '';

/** @param {Form} form */
function formView(form) {
  const { phone, draft, venue } = form;
  const changed = Object.keys(changesOf(draft.value.seen, draft.value.wanted)).length;
  return html`<form class="stack" novalidate @submit=${(/** @type {Event} */ event) => submit(event, form)}>
    <p class="muted s">
      ${t('Change only what is wrong here. It is kept on this phone and sent when there is a network.')}
    </p>
    ${stateView(form)}
    <section class="card card-body stack">
      ${textField(form, 'name', t('Name'))} ${kindField(form)} ${textField(form, 'address', t('Address'))}
      ${textField(form, 'owner_name', t('Owner'))} ${hoursField(form)} ${capacityField(form)} ${textField(form, 'note', t('Note'), 3)}
    </section>
    ${form.pin.view(draft.value.wanted.position ?? draft.value.seen.position)}
    ${textArea(t('How do you know?'), draft.value.remark, REMARK_LETTERS, 2, (remark) => draft.change({ remark }))}
    ${form.fault ? alertBox({ tone: 'danger', sign: 'warning', text: form.fault }) : nothing}
    ${discardButton({ phone, draft, done: () => phone.go(`/m/stop/${form.place}`, { replace: true }) })}
    ${draft.begun ? keptLine(draft) : nothing}
    <p class="muted s" role="status">
      ${changed === 0 ? t('Nothing is changed yet: {name}', { name: venue.name }) : tn('{count} field is changed.', '{count} fields are changed.', changed)}
    </p>
    <div class="act-bar">
      <button class="btn btn-primary btn-l" aria-busy=${form.saving}>${icon('check')}${t('Save correction')}</button>
    </div>
  </form>`;
}

/** @param {Form} form */
function stateView(form) {
  const state = factOf(form, 'state');
  const card = (/** @type {string} */ value, /** @type {string} */ sign, /** @type {string} */ text) =>
    choiceCard({ name: 'state', value, on: state === value, pick: () => want(form, { state: value }), sign, text });
  return html`<fieldset>
      <legend>${t('Is this place still there?')}</legend>
      <div class="choices">
        ${card('open', 'check-circle', t('Yes, it is there'))} ${card('closed', 'lock', t('Closed down'))}
        ${card('vanished', 'cross-circle', t('Not there any more'))}
      </div>
    </fieldset>
    ${state === 'open'
      ? nothing
      : alertBox({ tone: 'info', sign: 'info', text: t('A manager decides whether it leaves the rounds. Until then it stays in the list.') })}`;
}

/** @param {string} label @param {string} value @param {number} letters @param {number} rows @param {(value: string) => void} take */
const textArea = (label, value, letters, rows, take) =>
  html`<label class="field"
    ><span class="label">${label}<span class="optional">${t('optional')}</span></span>
    <textarea
      class="input"
      rows=${rows}
      maxlength=${letters}
      .value=${value}
      @input=${(/** @type {Event} */ event) => take(/** @type {HTMLTextAreaElement} */ (event.target).value)}
    ></textarea>
  </label>`;

/** A field of the register, where the day pack has it.
 *  @param {Form} form @param {keyof typeof LETTERS} name @param {string} label @param {number} [rows] */
function textField(form, name, label, rows) {
  if (!(name in form.draft.value.seen)) return nothing;
  const take = (/** @type {string} */ value) => want(form, { [name]: value });
  if (rows) return textArea(label, factOf(form, name), LETTERS[name], rows, take);
  return html`<label class="field"
    ><span class="label">${label}</span>
    <input
      class="input"
      maxlength=${LETTERS[name]}
      .value=${factOf(form, name)}
      @input=${(/** @type {Event} */ event) => take(/** @type {HTMLInputElement} */ (event.target).value)}
    />
  </label>`;
}

/** @param {Form} form */
function kindField(form) {
  const kinds = form.phone.pack?.venue_kinds ?? [];
  if (kinds.length === 0) return nothing;
  const kind = factOf(form, 'kind');
  return html`<label class="field"
    ><span class="label">${t('Kind')}</span>
    <select class="input" @change=${(/** @type {Event} */ event) => want(form, { kind: /** @type {HTMLSelectElement} */ (event.target).value })}>
      ${kinds.map(({ code, name }) => html`<option value=${code} ?selected=${code === kind}>${name}</option>`)}
    </select>
  </label>`;
}

/** @param {Form} form */
function hoursField(form) {
  const { draft } = form;
  if (!('opening_hours' in draft.value.seen)) return nothing;
  const windows = draft.value.hours ?? windowsOf(factOf(form, 'opening_hours'));
  const set = (/** @type {import('./amend.js').Windows} */ hours) => {
    draft.change({ hours });
    want(form, { opening_hours: hoursText(hours) });
  };
  const time = (/** @type {number} */ at, /** @type {0 | 1} */ side, /** @type {string} */ label) =>
    html`<input
      class="input grow"
      type="time"
      aria-label=${label}
      .value=${windows[at][side]}
      @change=${(/** @type {Event} */ event) => {
        const next = windows.map((pair) => /** @type {[string, string]} */ ([...pair]));
        next[at][side] = /** @type {HTMLInputElement} */ (event.target).value;
        set(next);
      }}
    />`;
  return html`<fieldset class="field">
    <legend class="label">${t('Opening hours')}</legend>
    ${windows.length === 0 ? html`<p class="muted s">${t('At any time')}</p>` : nothing}
    ${windows.map(
      (_, at) =>
        html`<div class="row row-s nowrap">${time(at, 0, t('Opens at'))}<span aria-hidden="true">–</span>${time(at, 1, t('Closes at'))}</div>
          <button type="button" class="btn btn-quiet btn-s" @click=${() => set(windows.filter((_pair, other) => other !== at))}>
            ${icon('cross')}${t('Remove these hours')}
          </button>`,
    )}
    ${windows.length < 3
      ? html`<button type="button" class="btn btn-s" @click=${() => set([...windows, ['', '']])}>${icon('plus')}${t('Add hours')}</button>`
      : nothing}
  </fieldset>`;
}

/** @param {Form} form */
function capacityField(form) {
  const { draft } = form;
  if (!('capacity' in draft.value.seen)) return nothing;
  const typed = (/** @type {Event} */ event) => {
    const capacity = /** @type {HTMLInputElement} */ (event.target).value;
    draft.change({ capacity });
    const value = capacityOf(capacity);
    if (value !== undefined) want(form, { capacity: value });
  };
  const shown = draft.value.capacity ?? ('capacity' in draft.value.wanted ? draft.value.wanted.capacity : draft.value.seen.capacity) ?? '';
  return html`<label class="field"
    ><span class="label">${t('Holds how many people')}<span class="optional">${t('optional')}</span></span>
    <input class="input" inputmode="numeric" maxlength="6" .value=${String(shown)} @input=${typed} />
  </label>`;
}

/** What keeps this from being saved, in words.
 *  @param {Value} value */
export function faultOf({ seen, wanted, hours, capacity }) {
  if (capacity !== undefined && capacityOf(capacity) === undefined) return t('How many people it holds must be a whole number.');
  if ((hours ?? []).some(([from, to]) => !from || !to || from === to)) return t('Fill in when it opens and when it closes, or remove these hours.');
  const changes = changesOf(seen, wanted);
  if (changes.name?.wanted === '') return t('The name must not be empty.');
  return Object.keys(changes).length === 0 ? t('Nothing is changed yet.') : '';
}

/** @param {Event} event @param {Form} form */
async function submit(event, form) {
  event.preventDefault();
  const { phone, draft } = form;
  if (form.saving) return;
  form.fault = faultOf(draft.value);
  form.saving = form.fault === '';
  phone.refresh();
  if (!form.saving) return;
  try {
    await save(form);
    await phone.saved();
    phone.say(t('Saved on this phone.'));
    phone.go(`/m/stop/${form.place}`, { replace: true });
  } catch (fault) {
    console.error('correction', fault);
    form.fault = t('Not saved: the storage of this phone may be full. The draft is kept.');
  } finally {
    form.saving = false;
    phone.refresh();
  }
}

/** The correction, what this phone shows from now on, and the end of the draft in one commit.
 *  @param {Form} form */
async function save({ phone, venue, draft }) {
  const { seen, wanted, remark, replaces } = draft.value;
  const changes = changesOf(seen, wanted);
  const body = { venue_uid: venue.uid, changes, remark: plainText(remark, REMARK_LETTERS) };
  const pack = phone.pack && {
    ...phone.pack,
    venues: phone.pack.venues.map((one) => (one.uid === venue.uid ? corrected(one, changes, phone.pack?.venue_kinds ?? []) : one)),
  };
  const note = { at: phone.clock(), asked: changes.state?.wanted ?? '' };
  await draft.endWith(() =>
    phone.locker.commit({
      put: { ...(pack ? { pack } : {}), [`corrected/${venue.uid}`]: note },
      entries: [{ kind: 'venue.amend', body, label: venue.name }],
      replaces,
      drop: [draft.name],
    }),
  );
  phone.pack = pack;
}
