import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { addWords, language, t, tn } from '../../static/js/core/i18n.js';

const page = (lang) => {
  globalThis.document = { documentElement: { lang } };
};
afterEach(() => {
  delete globalThis.document;
});

test('a page that does not say its language is Chinese', () => {
  assert.equal(language(), 'zh');
  page('');
  assert.equal(language(), 'zh');
});

test('words follow the page’s language and values are filled in', () => {
  addWords({ 'Moved {name}': '已移动“{name}”' });
  page('zh-CN');
  assert.equal(t('Moved {name}', { name: '甲' }), '已移动“甲”');
  page('en');
  assert.equal(t('Moved {name}', { name: 'A' }), 'Moved A');
});

test('a text without Chinese stays English, and a value that is missing stays visible', () => {
  page('zh-CN');
  assert.equal(t('Nobody translated {this}'), 'Nobody translated {this}');
});

test('a value is never read as a pattern', () => {
  page('en');
  assert.equal(t('{a} and {b}', { a: '{b}', b: '$&' }), '{b} and $&');
});

test('English tells one from many, Chinese does not', () => {
  addWords({ '{count} stops': '{count} 个点位' });
  page('en');
  assert.deepEqual([tn('{count} stop', '{count} stops', 1), tn('{count} stop', '{count} stops', 2)], ['1 stop', '2 stops']);
  page('zh-CN');
  assert.equal(tn('{count} stop', '{count} stops', 1), '1 个点位');
});
