/** Below this a day of photos no longer fits. */
export const LITTLE_MB = 300;

/** What the browser says is left for this program. It is an estimate, and rounded by some browsers.
 *  @returns {Promise<number | null>} megabytes, or nothing where the browser does not say */
export async function freeSpace_mb() {
  try {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return quota > 0 ? Math.round((quota - usage) / 1e6) : null;
  } catch {
    return null; // Old webviews have no such thing.
  }
}
