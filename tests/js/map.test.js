import assert from 'node:assert/strict';
import { test } from 'node:test';
import { project, rankOf, streetIndex, streetsInTile, streetsOf, widthsAt } from '../../static/js/map/streets.js';

const line = (coordinates, properties = {}) => ({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates } });

/** The tile of a place at a zoom, by the formula of the slippy map. */
function tileOf(lon, lat, z) {
  const x = Math.floor(((lon + 180) / 360) * 2 ** z);
  const r = (lat * Math.PI) / 180;
  return { x, y: Math.floor(((1 - Math.asinh(Math.tan(r)) / Math.PI) / 2) * 2 ** z), z };
}

test('the projection puts the origin in the middle and agrees with the slippy map’s formula', () => {
  assert.deepEqual(project(0, 0), [0.5, 0.5]);
  for (const [lon, lat] of [[114.29, 30.6], [-87.6, 41.9], [13.4, -33.9]]) {
    const [x, y] = project(lon, lat);
    const tile = tileOf(lon, lat, 14);
    assert.deepEqual([Math.floor(x * 2 ** 14), Math.floor(y * 2 ** 14)], [tile.x, tile.y]);
  }
});

test('every street is found in each tile its points lie in, at every zoom', () => {
  const features = Array.from({ length: 60 }, (_, i) =>
    line([[114.2 + (i % 10) * 0.013, 30.5 + i * 0.004], [114.21 + (i % 10) * 0.013, 30.51 + i * 0.004]]),
  );
  const streets = streetsOf({ features });
  const index = streetIndex(streets);
  for (const z of [11, 13, 14, 15, 17, 19]) {
    for (const [i, street] of streets.entries()) {
      const [lon, lat] = features[i].geometry.coordinates[0];
      assert.ok(streetsInTile(streets, index, tileOf(lon, lat, z)).includes(street), `street ${i} at zoom ${z}`);
    }
  }
});

test('a tile far away holds no street', () => {
  const streets = streetsOf({ features: [line([[114.2, 30.5], [114.21, 30.5]])] });
  assert.deepEqual(streetsInTile(streets, streetIndex(streets), tileOf(120, 35, 15)), []);
});

test('important streets are drawn last, and what is no line is left out', () => {
  const features = [
    line([[1, 1], [2, 2]], { highway: 'primary', name: '解放大道' }),
    line([[1, 1], [2, 2]], { highway: 'residential' }),
    { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [1, 1] } },
    { type: 'Feature', properties: {}, geometry: null },
    { type: 'Feature', properties: { class: 'trunk' }, geometry: { type: 'MultiLineString', coordinates: [[[0, 0], [1, 1]], [[2, 2], [3, 3]]] } },
  ];
  assert.deepEqual(streetsOf({ features }).map(({ rank, name }) => [rank, name]), [[0, ''], [3, '解放大道'], [4, ''], [4, '']]);
});

test('small streets vanish from afar, and widths grow with zoom and rank', () => {
  assert.equal(rankOf(null), 0);
  assert.equal(widthsAt(0, 11), null);
  assert.equal(widthsAt(-1, 13), null);
  for (const rank of [0, 1, 2, 3, 4]) {
    for (const zoom of [12, 14, 16, 18]) {
      const here = widthsAt(rank, zoom);
      assert.ok(here.casing > here.surface);
      assert.ok(widthsAt(rank, zoom + 1).surface >= here.surface);
      if (rank) assert.ok(widthsAt(rank - 1, zoom).surface < here.surface);
    }
  }
});
