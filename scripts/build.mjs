/** Builds the front end into static/dist: hashed ES modules, styles, one icon sprite, the service worker with its
 *  precache list, the installable manifest, and local copies of what the folium maps need. `--watch` rebuilds. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, watch } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { compress, sizes } from './build_compress.mjs';
import { buildSprite } from './build_sprite.mjs';
import { copyVendor, writeLicences } from './build_vendor.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SRC = join(ROOT, 'static');
const OUT = join(SRC, 'dist');
const URL_BASE = '/static/';
/** The oldest kernels seen in embedded Chinese browsers; esbuild then refuses top-level await in the shell. */
const TARGET = ['chrome88', 'firefox90', 'safari14.1'];

/** @typedef {{file: string, bytes: number, gzip: number, brotli: number, imports?: string[]}} Entry */
/** @typedef {Record<string, Entry>} Manifest */

/** @param {string | Uint8Array} content */
export const hash = (content) => createHash('sha256').update(content).digest('hex').slice(0, 10);

/** @param {string} folder @param {string} ext */
function entries(folder, ext) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ext) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

/** @param {Manifest} manifest @param {string} logical @param {string} file @param {string[]} [imports] */
async function record(manifest, logical, file, imports) {
  manifest[logical] = { file, ...(await sizes(join(OUT, file))), ...(imports?.length ? { imports } : {}) };
}

/** Bundles entry points and returns esbuild's account of the outputs.
 *  @param {string[]} entryPoints @param {Record<string, string>} define */
async function bundleAll(entryPoints, define) {
  if (!entryPoints.length) return {};
  const result = await bundle({
    entryPoints,
    outdir: OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: TARGET,
    minify: true,
    sourcemap: 'linked',
    metafile: true,
    charset: 'utf8',
    legalComments: 'none',
    entryNames: '[name].[hash]',
    chunkNames: 'chunks/[name].[hash]',
    assetNames: 'media/[name].[hash]',
    loader: { '.svg': 'file', '.png': 'file', '.woff2': 'file' },
    define,
    absWorkingDir: ROOT,
    logLevel: 'warning',
  });
  return result.metafile.outputs;
}

/** Styles first, because scripts are told where the styles and the sprite lie.
 *  @param {Manifest} manifest */
async function buildBundles(manifest) {
  const styles = await bundleAll(entries(join(SRC, 'css'), '.css'), {});
  await recordBundles(styles, manifest);
  const urls = Object.entries(manifest).map(([name, { file }]) => [name, URL_BASE + file]);
  const define = { __ASSETS: JSON.stringify(Object.fromEntries(urls)) };
  const scripts = await bundleAll(entries(join(SRC, 'js'), '.js'), define);
  await recordBundles(scripts, manifest);
  return { ...styles, ...scripts };
}

/** Collects an output and all it imports; lazily loaded chunks count only when `lazy` is asked for.
 *  @param {import('esbuild').Metafile['outputs']} outputs @param {string} start @param {boolean} lazy */
function reachable(outputs, start, lazy) {
  const seen = new Set();
  const queue = [start];
  while (queue.length) {
    const path = /** @type {string} */ (queue.pop());
    if (seen.has(path) || !outputs[path]) continue;
    seen.add(path);
    for (const { path: next, kind } of outputs[path].imports) {
      if (lazy || kind !== 'dynamic-import') queue.push(next);
    }
    const css = outputs[path].cssBundle;
    if (css) queue.push(css);
  }
  return [...seen];
}

/** @param {string} path a path from esbuild, relative to the repository */
const inDist = (path) => relative(OUT, join(ROOT, path)).split(sep).join('/');

/** @param {import('esbuild').Metafile['outputs']} outputs @param {Manifest} manifest */
async function recordBundles(outputs, manifest) {
  for (const [path, output] of Object.entries(outputs)) {
    if (!output.entryPoint || path.endsWith('.map')) continue;
    if (!/\.(js|css)$/.test(output.entryPoint) || dirname(dirname(output.entryPoint)) !== 'static') continue;
    const imports = reachable(outputs, path, false).filter((p) => p !== path && p.endsWith('.js'));
    await record(manifest, basename(output.entryPoint), inDist(path), imports.map(inDist));
  }
}

/** Everything the phone needs to start and work without a network.
 *  @param {import('esbuild').Metafile['outputs']} outputs @param {Manifest} manifest */
function precacheList(outputs, manifest) {
  const shell = Object.entries(outputs).filter(([, o]) => o.entryPoint === 'static/js/app.js');
  const scripts = shell.flatMap(([path]) => reachable(outputs, path, true)).map(inDist);
  const wanted = ['app.css', 'leaflet.css', 'sprite.svg', 'icon-192.png', 'icon.svg'];
  const named = wanted.filter((name) => manifest[name]).map((name) => manifest[name].file);
  return [...new Set([...scripts, ...named, ...appMedia(outputs)])].map((file) => URL_BASE + file).sort();
}

/** Images and fonts that the phone's style sheets refer to.
 *  @param {import('esbuild').Metafile['outputs']} outputs */
function appMedia(outputs) {
  return ['static/css/app.css', 'static/css/leaflet.css'].flatMap((entry) => {
    const sheet = Object.values(outputs).find((o) => o.entryPoint === entry);
    return sheet ? sheet.imports.filter((i) => !i.external).map((i) => inDist(i.path)) : [];
  });
}

/** @param {string[]} precache */
async function buildWorker(precache) {
  const source = join(SRC, 'sw.js');
  if (!existsSync(source)) return;
  await bundle({
    entryPoints: [source],
    outfile: join(OUT, 'sw.js'),
    bundle: true,
    format: 'iife',
    target: TARGET,
    minify: true,
    charset: 'utf8',
    define: { 'self.__PRECACHE': JSON.stringify(precache), 'self.__BUILD': JSON.stringify(hash(precache.join('\n'))) },
    logLevel: 'warning',
  });
}

/** Hashes the application icons and fills them into the installable manifest.
 *  @param {Manifest} manifest */
async function buildAppIcons(manifest) {
  const folder = join(SRC, 'icons', 'app');
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name));
    const [stem, ext] = name.split('.');
    const file = `icons/${stem}.${hash(content)}.${ext}`;
    await mkdir(join(OUT, 'icons'), { recursive: true });
    await writeFile(join(OUT, file), content);
    await record(manifest, name, file);
  }
  const source = join(SRC, 'manifest.webmanifest');
  if (!existsSync(source)) return;
  const text = (await readFile(source, 'utf8')).replace(/\{asset:([^}]+)\}/g, (_, name) => {
    if (!manifest[name]) throw new Error(`manifest.webmanifest names an unknown file: ${name}`);
    return URL_BASE + manifest[name].file;
  });
  const file = `app.${hash(text)}.webmanifest`;
  await writeFile(join(OUT, file), JSON.stringify(JSON.parse(text)));
  await record(manifest, 'manifest.webmanifest', file);
}

/** Removes what an earlier build left behind, so that the folder holds one build only.
 *  @param {Set<string>} keep */
async function sweep(keep) {
  for (const item of await readdir(OUT, { recursive: true, withFileTypes: true })) {
    if (!item.isFile()) continue;
    const path = join(item.parentPath, item.name);
    const plain = relative(OUT, path).split(sep).join('/').replace(/\.(br|gz)$/, '').replace(/\.map$/, '');
    if (!keep.has(plain)) await rm(path, { force: true });
  }
}

export async function build() {
  await mkdir(OUT, { recursive: true });
  /** @type {Manifest} */
  const manifest = {};
  const sprite = await buildSprite(join(SRC, 'icons'));
  const spriteFile = `sprite.${hash(sprite)}.svg`;
  await writeFile(join(OUT, spriteFile), sprite);
  await record(manifest, 'sprite.svg', spriteFile);
  const outputs = await buildBundles(manifest);
  await buildAppIcons(manifest);
  const vendor = await copyVendor(ROOT, OUT);
  for (const [logical, file] of Object.entries(vendor)) await record(manifest, logical, file);
  await record(manifest, 'licences.txt', await writeLicences(ROOT, OUT));
  await buildWorker(precacheList(outputs, manifest));
  const keep = new Set([
    ...Object.keys(outputs).map(inDist).map((file) => file.replace(/\.map$/, '')),
    ...Object.values(manifest).map((entry) => entry.file),
    'sw.js',
    'manifest.json',
  ]);
  await sweep(keep);
  await compress(OUT);
  for (const entry of Object.values(manifest)) Object.assign(entry, await sizes(join(OUT, entry.file)));
  await writeFile(join(OUT, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
  return manifest;
}

/** @param {Manifest} manifest */
function report(manifest) {
  for (const [name, { gzip, imports = [] }] of Object.entries(manifest)) {
    if (name.startsWith('vendor/') || !/\.(js|css|svg)$/.test(name)) continue;
    console.log(`${name.padEnd(16)} ${(gzip / 1000).toFixed(1).padStart(7)} kB gzip${imports.length ? ` + ${imports.length} chunks` : ''}`);
  }
}

const started = performance.now();
report(await build());
console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
if (process.argv.includes('--watch')) {
  let timer = /** @type {NodeJS.Timeout | undefined} */ (undefined);
  watch(SRC, { recursive: true }, (_, name) => {
    if (!name || name.startsWith('dist')) return;
    clearTimeout(timer);
    timer = setTimeout(() => build().then(report, (error) => console.error(error.message)), 120);
  });
}
