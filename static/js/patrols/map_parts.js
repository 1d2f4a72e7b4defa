/** What the round's map needs of the map floor, in one chunk that is loaded when the map is opened. */
export { streetLayer } from '../map/basemap.js';
export { createMap } from '../map/create.js';
export { walkedLayer } from '../map/walked.js';
