import { html } from 'lit-html';
import { t } from '../core/i18n.js';
import { alertBox } from '../phone/parts.js';

/** Says under a form that its draft is on this phone, or that the last change could not be put there.
 *  @param {{failing: boolean}} draft */
export const keptLine = (draft) =>
  draft.failing
    ? alertBox({
        tone: 'danger',
        sign: 'warning',
        text: t('The last change is not kept: the storage of this phone may be full. Free some space; it is tried again with every change.'),
      })
    : html`<p class="muted s">${t('Every change is kept on this phone as you make it.')}</p>`;
