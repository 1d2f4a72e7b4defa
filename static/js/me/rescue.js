import { html, nothing } from 'lit-html';
import { addWords, t, tn } from '../core/i18n.js';
import { alertBox, icon } from '../phone/parts.js';
import zh from './zh.json';

addWords(zh);

/** @typedef {import('../store/rescue.js').RescueFile} RescueFile */
/** @typedef {{make: () => Promise<RescueFile[]>, refresh: () => void}} Needs */

/** A way out for what cannot be sent: sealed files that only the bureau's server opens.
 *  @param {Needs} needs */
export function createRescue({ make, refresh }) {
  /** @type {{name: string, address: string, size_mb: string, file: RescueFile}[] | null} */
  let files = null;
  let busy = false;
  let failed = false;

  const forget = () => {
    for (const { address } of files ?? []) URL.revokeObjectURL(address);
    files = null;
  };

  const start = async () => {
    if (busy) return;
    forget();
    busy = true;
    refresh();
    try {
      const made = await make();
      failed = made.length === 0;
      files = made.map((file) => ({
        name: file.name,
        address: URL.createObjectURL(file.blob),
        size_mb: file.blob.size < 1e5 ? '< 0.1' : (file.blob.size / 1e6).toFixed(1),
        file,
      }));
    } catch (fault) {
      console.error('rescue', fault);
      failed = true;
    } finally {
      busy = false;
      refresh();
    }
  };

  return {
    stop: forget,
    view: () =>
      html`<details class="fold">
        <summary>${icon('shield')}${t('Rescue export')}${icon('chevron-down')}</summary>
        <div class="stack stack-s">
          <p>${t('When sending does not work for days, or this phone must be handed in: write everything unsent into a sealed file and give it to your supervisor. Nobody can read it on the way, and nothing is removed from this phone.')}</p>
          ${failed ? alertBox({ tone: 'danger', sign: 'warning', text: t('The export is not possible yet: connect to the network once and give your PIN again.') }) : nothing}
          ${files?.length ? list(files) : nothing}
          <button type="button" class="btn btn-wide" aria-busy=${busy} @click=${start}>${icon('lock')}${t('Write the sealed file')}</button>
        </div>
      </details>`,
  };
}

/** @param {{name: string, address: string, size_mb: string, file: RescueFile}[]} files */
const list = (files) =>
  html`${alertBox({ tone: 'ok', sign: 'check-circle', text: tn('{count} file is ready. Save it and hand it over.', '{count} files are ready. Save them and hand them over together.', files.length) })}
    <ul class="list card">
      ${files.map(
        ({ name, address, size_mb, file }) =>
          html`<li>
            <a class="item" href=${address} download=${name}
              ><span class="item-sign">${icon('download')}</span
              ><span class="item-body"
                ><span class="item-title">${name}</span
                ><span class="item-note">${t('Records: {entries}, photo files: {photos}, {size} MB', { entries: file.entries, photos: file.photos, size: size_mb })}</span></span
              ></a
            >
          </li>`,
      )}
    </ul>`;
