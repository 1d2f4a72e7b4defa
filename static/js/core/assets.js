/** Where a built style sheet or picture lies; the build writes the hashed addresses in.
 *  @param {string} name such as `leaflet.css` @returns {string} */
export function assetUrl(name) {
  const found = __ASSETS[name];
  if (!found) throw new Error(`no built file is called ${name}`);
  return found;
}
