/** Findings on the phone: the form, its photos and its place, which sightings use as well. */
export { discardButton } from './discard.js';
export { openDraft } from './draft.js';
export { keptLine } from './kept.js';
export { hashesOf } from './photo.js';
export { createPhotos } from './photos_view.js';
export { pinBody, placeIsKnown, whereView } from './where.js';
