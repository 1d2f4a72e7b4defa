/** Whether a meeting was filed at a venue: said at its page, and while a meeting is reported. */

import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { alertBox } from '../phone/parts.js';
import { filedAt, meetingText } from './filed.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('./filed.js').Meeting} Meeting */
/** @typedef {import('./filed.js').Knows} Knows */

/** @param {Meeting} one */
const inWords = (one) => meetingText(one, (n) => t('{n} people expected', { n }));

/** One row of a venue's facts, read before the door. @param {Knows} phone @param {string} venue_uid */
export function filedFact(phone, venue_uid) {
  const filed = filedAt(phone, venue_uid);
  if (filed === null) return nothing;
  return html`<dt>${t('Filed meeting')}</dt>
    <dd>
      ${filed === 'old'
        ? html`<span class="muted">${t('not known: the day pack is of another day')}</span>`
        : filed.length === 0
          ? t('none for today')
          : filed.map((one) => html`<strong>${inWords(one)}</strong><br />`)}
    </dd>`;
}

/** What a report has to be compared with: any filing, and that there is none where a meeting is reported.
 *  @param {Knows} phone @param {string} venue_uid @param {boolean} meeting whether a meeting is reported */
export function filedNotice(phone, venue_uid, meeting) {
  const filed = filedAt(phone, venue_uid);
  if (filed === null || (!meeting && (filed === 'old' || filed.length === 0))) return nothing;
  if (filed === 'old')
    return alertBox({ tone: 'info', sign: 'meeting', text: t('Whether a meeting was filed here for today is not on this phone. Update the day pack where there is signal.') });
  if (filed.length === 0)
    return alertBox({ tone: 'warn', sign: 'meeting', text: t('No meeting was filed here for today. A gathering that you meet is not covered by any filing.') });
  return alertBox({
    tone: 'ok',
    sign: 'meeting',
    text: html`<strong>${t('A meeting was filed here for today. Compare it with what you see.')}</strong>`,
    more: filed.map((one) => html`<br />${inWords(one)}`),
  });
}
