/** What the two plugins add; they come without types of their own. */
declare module 'leaflet.markercluster';
declare module 'leaflet.heat';
