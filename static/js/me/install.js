/** The browser's offer to install, kept until a person asks for it. */

/** @type {{prompt: () => Promise<unknown>} | null} */
let offer = null;

export function rememberInstallOffer() {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = /** @type {any} */ (event);
  });
}

export const installOffer = () => offer;
