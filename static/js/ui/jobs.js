/** Watches long work: asks /jobs/<uid>.json, faster at first, and shows progress, result or reason. */
import { language, t } from '../core/i18n.js';
import { each } from './dom.js';

const FIRST_MS = 400;
const SLOWEST_MS = 4000;
const ENDED = new Set(['done', 'succeeded', 'failed', 'cancelled']);

/** @typedef {{state: string, progress?: number, total?: number, message?: string, message_zh?: string,
 *  message_en?: string, result_url?: string, error?: string | null}} JobState */

/** @param {JobState} job */
const message = (job) => (language() === 'zh' ? job.message_zh : job.message_en) ?? job.message ?? '';

/** @param {JobState} job */
function sentence(job) {
  if (job.state === 'failed') return job.error || message(job) || t('Failed');
  if (job.state === 'cancelled') return t('Cancelled');
  return message(job) || t(ENDED.has(job.state) ? 'Done' : 'Waiting to start…');
}

/** A share of 100 is a percentage; a count is whole, whatever the job reckons with. @param {number} done @param {number} total */
export function counted(done, total) {
  const count = Math.floor(done);
  return total === 100 ? `${count} %` : t('{count} of {total}', { count, total });
}

/** @param {HTMLElement} box @param {JobState} job */
function show(box, job) {
  box.dataset.state = job.state;
  const ended = ENDED.has(job.state);
  const failed = job.state === 'failed';
  const bar = box.querySelector('progress');
  if (bar && (job.total || ended)) {
    bar.max = job.total || 1;
    bar.value = ended && !failed ? bar.max : (job.progress ?? 0);
  }
  box.classList.toggle('tone-danger', failed);
  box.classList.toggle('tone-ok', ended && !failed && job.state !== 'cancelled');
  const count = box.querySelector('[data-job-count]');
  if (count) count.textContent = job.total ? counted(job.progress ?? 0, job.total) : '';
  const text = box.querySelector('[data-job-message]');
  if (text) text.textContent = sentence(job);
  if (ended) finish(box, job);
}

/** @param {HTMLElement} box @param {JobState} job */
function finish(box, job) {
  box.querySelector('[data-job-cancel]')?.setAttribute('hidden', '');
  const link = box.querySelector('[data-job-result]');
  if (link instanceof HTMLAnchorElement && job.result_url) {
    link.href = job.result_url;
    link.hidden = false;
  }
  box.dispatchEvent(new CustomEvent('jobend', { bubbles: true, detail: job }));
  if (box.dataset.jobFollow !== undefined && job.result_url && job.state !== 'failed') location.assign(job.result_url);
}

/** @param {HTMLElement} box */
export function watchJob(box) {
  let wait = FIRST_MS;
  const ask = async () => {
    try {
      const answer = await fetch(`/jobs/${box.dataset.job}.json`, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = /** @type {JobState} */ (await answer.json());
      show(box, job);
      if (ENDED.has(job.state)) return;
    } catch {
      const text = box.querySelector('[data-job-message]');
      if (text) text.textContent = t('The progress cannot be read just now; trying again.');
      wait = SLOWEST_MS;
    }
    wait = Math.min(SLOWEST_MS, wait * 1.3);
    setTimeout(ask, wait);
  };
  ask();
}

/** @param {HTMLElement} form @param {Event} event */
async function cancel(form, event) {
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
}

export function startJobs() {
  each('[data-job]', watchJob);
  each('[data-job-cancel]', (/** @type {HTMLElement} */ form) => {
    form.addEventListener('submit', (event) => cancel(form, event));
  });
}
