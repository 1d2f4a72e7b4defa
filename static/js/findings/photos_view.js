import { html, nothing } from 'lit-html';
import { t } from '../core/i18n.js';
import { isoWithOffset, dayAndClock } from '../core/time.js';
import { alertBox, icon } from '../phone/parts.js';
import { hashesOf, MOST_BYTES, MOST_PIXELS, takePhoto } from './photo.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {import('../phone/types.js').Photo} Photo */
/** @typedef {{value: {photos: Photo[]}, name: string, change: (changes: any) => void, keep: () => Promise<void>}} PhotoDraft */
/** @typedef {{phone: Phone, draft: PhotoDraft, place: () => string, task: string, most: number}} Needs */

/** The photos of one draft: taking, showing, removing.
 *  @param {Needs} needs */
export function createPhotos({ phone, draft, place, task, most }) {
  /** @type {Map<string, string>} */
  const addresses = new Map();
  let busy = 0;
  let problem = '';

  const facts = () => ({
    time: dayAndClock(isoWithOffset(phone.clock() + (phone.clockOffset_ms() ?? 0))),
    place: place(),
    person: [phone.person.name, phone.person.badge].filter(Boolean).join(' '),
    task,
  });

  /** @param {Photo} photo */
  const show = async (photo) => {
    const blob = await phone.locker.blob(photo.sha256_display);
    if (blob) addresses.set(photo.sha256_display, URL.createObjectURL(new Blob([blob.bytes], { type: blob.type })));
    phone.refresh();
  };

  /** @param {File} file @param {'camera' | 'album'} source */
  const take = async (file, source) => {
    const { clock, locker, pack } = phone;
    const most_bytes = pack?.limits?.photo_max_bytes;
    const taken = await takePhoto({ file, source, facts: facts(), keeper: locker, holder: draft.name, clock, most_bytes });
    if (!taken.ok) {
      problem = taken.why === 'too_large' ? t('This picture has more than {mb} MB or {mp} million pixels. Choose a smaller one, or take it again.', { mb: Math.floor((most_bytes ?? MOST_BYTES) / 1e6), mp: MOST_PIXELS / 1e6 })
          : t('This file is not a picture that the phone can read. Take a photo, or choose a JPEG, PNG or WebP.');
      return;
    }
    const known = draft.value.photos.some((one) => one.sha256_original === taken.photo.sha256_original);
    if (!known) draft.change({ photos: [...draft.value.photos, taken.photo] });
    // A photo is never left to the autosave's pause: the next tap may open the camera, which may kill the page.
    await draft.keep();
    await show(taken.photo);
  };

  /** @param {Event} event @param {'camera' | 'album'} source */
  const chosen = async (event, source) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const files = [...(input.files ?? [])].slice(0, most - draft.value.photos.length);
    input.value = '';
    problem = '';
    busy += 1;
    phone.refresh();
    try {
      for (const file of files) await take(file, source);
    } catch (fault) {
      console.error('photo', fault);
      problem = t('The photo could not be saved: the storage of this phone may be full.');
    } finally {
      busy -= 1;
      phone.refresh();
    }
  };

  /** @param {Photo} photo */
  const remove = async (photo) => {
    const photos = draft.value.photos.filter((one) => one !== photo);
    draft.change({ photos });
    await draft.keep();
    const still = new Set(hashesOf(photos));
    const blobs = hashesOf([photo]).filter((sha256) => !still.has(sha256));
    await phone.locker.commit({ unhold: { holder: draft.name, blobs } });
    phone.refresh();
  };

  for (const photo of draft.value.photos) show(photo);

  return {
    busy: () => busy > 0,
    stop() {
      for (const address of addresses.values()) URL.revokeObjectURL(address);
    },
    view: () =>
      html`<section class="card">
        <div class="card-head"><h2>${t('Photos')}</h2><span class="muted s">${draft.value.photos.length}/${most}</span></div>
        <div class="card-body stack stack-s">
          ${problem ? alertBox({ tone: 'danger', sign: 'warning', text: problem }) : nothing}
          <div class="thumbs">
            ${draft.value.photos.map((photo, index) => thumb(photo, index, addresses.get(photo.sha256_display), () => remove(photo)))}
            ${busy > 0 ? html`<div class="thumb thumb-add" role="status"><span class="spinner"></span>${t('Saving…')}</div>` : nothing}
            ${draft.value.photos.length < most ? adders(chosen) : nothing}
          </div>
        </div>
      </section>`,
  };
}

/** @param {Photo} photo @param {number} index @param {string | undefined} address @param {() => void} remove */
const thumb = (photo, index, address, remove) =>
  html`<div class="thumb">
    ${address ? html`<img src=${address} alt=${t('Photo {n}', { n: index + 1 })} />` : html`<span class="skeleton skeleton-block"></span>`}
    ${photo.source === 'album' ? html`<span class="tag tone-warn">${t('Album')}</span>` : nothing}
    <button type="button" class="btn btn-icon btn-s" aria-label=${t('Remove photo {n}', { n: index + 1 })} @click=${remove}>
      ${icon('trash')}
    </button>
  </div>`;

/** @param {(event: Event, source: 'camera' | 'album') => void} chosen */
const adders = (chosen) =>
  html`<label class="thumb thumb-add"
      >${icon('camera', 'icon-l')}${t('Take photo')}
      <input
        class="visually-hidden"
        type="file"
        accept="image/*"
        capture="environment"
        @change=${(/** @type {Event} */ event) => chosen(event, 'camera')}
    /></label>
    <label class="thumb thumb-add"
      >${icon('image', 'icon-l')}${t('From album')}
      <input
        class="visually-hidden"
        type="file"
        accept="image/*"
        multiple
        @change=${(/** @type {Event} */ event) => chosen(event, 'album')}
    /></label>`;
