/** Patrols on the phone: today's round, its stops, and the track between start and end. */
export { outcomeLook, outcomeTag } from './outcome_look.js';
export { loadPatrol, placeToVisit, visitOf } from './patrol_actions.js';
export { createPlace, GOOD_ENOUGH_M } from './place.js';
export { createRecorder } from './recorder.js';
