import { html, nothing } from 'lit-html';
import { addWords, t } from '../core/i18n.js';
import { fieldsOf, pinFault, pinField } from '../gate/pin_form.js';
import { alertBox, icon } from '../phone/parts.js';
import zh from './zh.json';

addWords(zh);

/** Change the PIN; the data key and all it sealed stay as they are.
 *  @type {import('../phone/types.js').OpenScreen} */
export function openPin(phone) {
  const state = { fault: '', busy: false };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = fieldsOf(event);
    state.fault = pinFault(field('pin'), field('again'));
    if (!state.fault) {
      state.busy = true;
      phone.refresh();
      const changed = await phone.keys.changePin(phone.person.uid, field('old'), field('pin'));
      state.busy = false;
      if (changed) {
        phone.say(t('PIN changed.'));
        return phone.go('/m/me', { replace: true });
      }
      state.fault = t('The old PIN is wrong.');
    }
    phone.refresh();
  };
  return {
    title: t('Change PIN'),
    back: '/m/me',
    view: () =>
      html`<form class="stack" @submit=${submit}>
        ${pinField({ id: 'old', label: t('Old PIN') })} ${pinField({ id: 'pin', label: t('New PIN'), hint: t('6 to 12 digits'), fresh: true })}
        ${pinField({ id: 'again', label: t('New PIN again'), fresh: true })}
        ${state.fault ? alertBox({ tone: 'danger', sign: 'warning', text: state.fault }) : nothing}
        <button class="btn btn-primary btn-l btn-wide" aria-busy=${state.busy}>${icon('check')}${t('Change PIN')}</button>
      </form>`,
  };
}
