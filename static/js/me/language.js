/** The phone's language: in the page's `lang`, and in the cookie that the server's pages read too. */

const COOKIE = 'patrol_language';

/** @param {'zh' | 'en'} wanted */
export function speak(wanted) {
  document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing from Safari 14 and Firefox.
  document.cookie = `${COOKIE}=${wanted}; path=/; max-age=31536000; samesite=lax`;
}

/** The shell comes out of the worker's cache in whatever language it was first fetched: put it right. */
export function applyLanguage() {
  const found = new RegExp(`(?:^|; )${COOKIE}=(zh|en)`).exec(document.cookie);
  if (found) document.documentElement.lang = found[1] === 'zh' ? 'zh-CN' : 'en';
}
