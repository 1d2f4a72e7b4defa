/** The service worker: registered late, so that it never competes with the first screen, and updated only when a
 *  person says so, so that no page loses its chunks in the middle of a form.
 *  @param {(activate: () => void) => void} onNewVersion */
export async function registerWorker(onNewVersion) {
  if (!('serviceWorker' in navigator)) return;
  const workers = navigator.serviceWorker;
  let reloading = false;
  workers.addEventListener('controllerchange', () => {
    if (reloading) location.reload();
  });
  try {
    const registration = await workers.register('/sw.js', { scope: '/' });
    const offer = () => {
      const waiting = registration.waiting;
      if (!waiting || !workers.controller) return;
      onNewVersion(() => {
        reloading = true;
        waiting.postMessage('take over');
      });
    };
    offer();
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offer));
  } catch (fault) {
    console.warn('no service worker', fault);
  }
}
