/** Keeps the phone's own files so that it starts without a network. It answers GET requests for those files and for
 *  pages under /m/, says so where another page cannot be reached, and nothing else: what a person sends never passes
 *  through here (enketo PR #1584). */
/// <reference lib="webworker" />

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
// The build writes both in.
const CACHE = `patrol-${/** @type {any} */ (self).__BUILD}`;
const SHELL = '/m/';
const NO_NETWORK = '/offline';
const FILES = new Set(/** @type {string[]} */ (/** @type {any} */ (self).__PRECACHE));

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...FILES, ...[SHELL, NO_NETWORK].map((page) => new Request(page, { cache: 'reload' }))])));
});

worker.addEventListener('activate', (event) => {
  const old = (/** @type {string[]} */ names) => names.filter((name) => name.startsWith('patrol-') && name !== CACHE);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('message', (event) => {
  if (event.data === 'take over') worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  const wanted = FILES.has(pathname) ? pathname : mode === 'navigate' && `${pathname}/`.startsWith(SHELL) ? SHELL : null;
  if (wanted) event.respondWith(kept(wanted).then((file) => file ?? fetch(event.request)));
  else if (mode === 'navigate') {
    event.respondWith(fetch(event.request).catch(async (fault) => (await kept(NO_NETWORK)) ?? Promise.reject(fault)));
  }
});

/** @param {string} wanted @returns {Promise<Response | undefined>} */
const kept = async (wanted) => (await caches.open(CACHE)).match(wanted);
