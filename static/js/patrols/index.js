/** Patrols on the phone: today's round, its stops, and the track between start and end. */
import { addWords } from '../core/i18n.js';
import zh from './zh.json';

export { outcomeLook, outcomeTag } from './outcome_look.js';
export { loadPatrol, placeToVisit, visitOf } from './patrol_actions.js';
export { createPlace, GOOD_ENOUGH_M } from './place.js';
export { createRecorder } from './recorder.js';

// Every screen of the round speaks these words, whichever is opened first.
addWords(zh);
