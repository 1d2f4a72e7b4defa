import { html, nothing } from 'lit-html';
import { t } from '../core/i18n.js';
import { icon } from '../phone/parts.js';
import { hashesOf } from './photo.js';

/** @typedef {import('../phone/types.js').Phone} Phone */
/** @typedef {{name: string, begun: boolean, value: {photos: import('../phone/types.js').Photo[], recordings?: {sha256: string}[]}, endWith: (commit: () => Promise<unknown>) => Promise<void>}} Discarded */

/** Drafts whose button was pressed once and waits for the second press. @type {WeakSet<object>} */
const asked = new WeakSet();

/** Throws a draft and its photos away, after asking once. Only drafts: what was saved as a record stays.
 *  @param {{phone: Phone, draft: Discarded, done: () => void}} what */
export function discardButton({ phone, draft, done }) {
  if (!draft.begun) return nothing;
  const press = async () => {
    if (!asked.has(draft)) {
      asked.add(draft);
      return phone.refresh();
    }
    const unhold = { holder: draft.name, blobs: hashesOf(draft.value.photos, draft.value.recordings) };
    await draft.endWith(() => phone.locker.commit({ drop: [draft.name], unhold }));
    done();
  };
  return html`<button type="button" class="btn btn-wide ${asked.has(draft) ? 'btn-danger' : 'btn-quiet'}" @click=${press}>
    ${icon('trash')}${asked.has(draft) ? t('Really discard this draft?') : t('Discard draft')}
  </button>`;
}
