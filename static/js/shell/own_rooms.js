/** The screens about the phone and its owner, in one chunk. */
export { openDevice } from '../me/device.js';
export { openMe } from '../me/me.js';
export { openPin } from '../me/pin.js';
export { openUnsent } from '../me/unsent.js';
