/** Joins static/icons/*.svg into one sprite; each file becomes a symbol named after it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param {string} folder */
export async function buildSprite(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.svg')).sort();
  const symbols = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8');
      const body = text.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*\n\s*/g, '');
      return `<symbol id="${name.slice(0, -4)}" viewBox="0 0 24 24">${body}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}
