/** Writes a .br and a .gz beside every text file, and tells sizes; unchanged files are left alone. */
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);
const TEXT = /\.(js|css|svg|txt|webmanifest)$/;
/** These keep their name from build to build, so a compressed copy may be stale. */
const UNHASHED = /(^|[\\/])sw\.js$/;

/** @param {string} path */
async function compressFile(path) {
  if (existsSync(`${path}.br`) && existsSync(`${path}.gz`) && !UNHASHED.test(path)) return;
  const content = await readFile(path);
  const quality = content.length > 60_000 ? 9 : 11;
  const [br, gz] = await Promise.all([
    toBrotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
    toGzip(content, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}

/** Compresses every text file under a folder. @param {string} folder */
export async function compress(folder) {
  const items = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = items.filter((item) => item.isFile() && TEXT.test(item.name));
  await Promise.all(files.map((item) => compressFile(join(item.parentPath, item.name))));
}

/** Bytes of a file as it stands and compressed (equal where it is not compressed). @param {string} path */
export async function sizes(path) {
  const size = async (/** @type {string} */ name) => (existsSync(name) ? (await stat(name)).size : 0);
  const bytes = await size(path);
  return { bytes, gzip: (await size(`${path}.gz`)) || bytes, brotli: (await size(`${path}.br`)) || bytes };
}
