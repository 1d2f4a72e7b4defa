/** Copies what folium's pages load into static/dist/vendor, so that no map ever asks another host. */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Package → files or folders of it that are served; the logical name is `vendor/<label>/<file>`. */
const PARTS = [
  ['leaflet', 'leaflet', ['dist/leaflet.js', 'dist/leaflet.css', 'dist/images']],
  ['leaflet.heat', 'leaflet-heat', ['dist/leaflet-heat.js']],
  [
    'leaflet.markercluster',
    'markercluster',
    ['dist/leaflet.markercluster.js', 'dist/MarkerCluster.css', 'dist/MarkerCluster.Default.css'],
  ],
  ['leaflet-draw', 'leaflet-draw', ['dist/leaflet.draw.js', 'dist/leaflet.draw.css', 'dist/images']],
  [
    'leaflet-timedimension',
    'timedimension',
    ['dist/leaflet.timedimension.min.js', 'dist/leaflet.timedimension.control.css'],
  ],
  ['iso8601-js-period', 'iso8601', ['iso8601.js']],
  [
    'leaflet.fullscreen',
    'fullscreen',
    ['Control.FullScreen.js', 'Control.FullScreen.css', 'icon-fullscreen.svg'],
  ],
  [
    'leaflet.awesome-markers',
    'awesome-markers',
    ['dist/leaflet.awesome-markers.js', 'dist/leaflet.awesome-markers.css', 'dist/images'],
  ],
  ['jquery', 'jquery', ['dist/jquery.min.js']],
  ['jquery-ui-dist', 'jquery-ui', ['jquery-ui.min.js']],
  ['moment', 'moment', ['min/moment.min.js']],
  ['bootstrap', 'bootstrap', ['dist/js/bootstrap.bundle.min.js', 'dist/css/bootstrap.min.css']],
  [
    '@fortawesome/fontawesome-free',
    'fontawesome',
    ['css/all.min.css', 'webfonts/fa-solid-900.woff2', 'webfonts/fa-regular-400.woff2', 'webfonts/fa-brands-400.woff2'],
  ],
];
/** Kept in its own folder because the style sheet reaches it by `../webfonts`. */
const KEEP_FOLDER = /^(css|webfonts)\//;

/** Signs of the time control, whose own style fetches an icon font from four hosts. */
const TIME_ICONS = {
  play: 'M8 5v14l11-7z',
  'play.pause': 'M7 5h4v14H7zM13 5h4v14h-4z',
  'play.loading': 'M11 3h2v5h-2zM11 16h2v5h-2zM3 11h5v2H3zM16 11h5v2h-5z',
  stop: 'M6 6h12v12H6z',
  loop: 'M4 12a8 8 0 0 1 13.7-5.6L20 4v6h-6l2.3-2.3A6 6 0 1 0 18 12h2a8 8 0 0 1-16 0z',
  backward: 'M19 5v14l-9-7zM6 5h3v14H6z',
  forward: 'M5 5v14l9-7zM15 5h3v14h-3z',
};

function timeIconRules() {
  return Object.entries(TIME_ICONS)
    .map(([name, path]) => {
      const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path d='${path}'/></svg>`;
      const image = `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
      return `.timecontrol-${name}:before{content:"";display:inline-block;width:16px;height:16px;margin-top:5px;background:${image} center/contain no-repeat}`;
    })
    .join('\n');
}

/** Removes every reference to another host: source maps, comments, and fonts fetched from elsewhere.
 *  @param {string} label @param {string} name @param {string} text */
function localised(label, name, text) {
  let out = text.replace(/\/[/*]#\s*sourceMappingURL=\S+(\s*\*\/)?/g, '');
  if (!name.endsWith('.css')) return out;
  out = out.replace(/\/\*[\s\S]*?\*\//g, '');
  if (label === 'timedimension') out = `${withoutRemoteFonts(out)}\n${timeIconRules()}`;
  if (label === 'fontawesome') out = out.replace(/,\s*url\([^)]*\.ttf\)\s*format\([^)]*\)/g, '');
  if (label === 'fontawesome') out = out.replace(/@font-face\{[^}]*fa-v4compatibility[^}]*\}/g, '');
  return out;
}

/** @param {string} css */
function withoutRemoteFonts(css) {
  return css
    .replace(/@font-face\s*\{[^}]*\}/g, '')
    .replace(/@import[^;]*;/g, '')
    .replace(/content:\s*"\\e\w+"/g, 'content: ""');
}

/** @param {string} root @param {string} pkg */
async function versionOf(root, pkg) {
  return JSON.parse(await readFile(join(root, 'node_modules', pkg, 'package.json'), 'utf8')).version;
}

/** @param {string} from @param {string} to @param {string} label */
async function copyOne(from, to, label) {
  await mkdir(dirname(to), { recursive: true });
  if (!/\.(js|css)$/.test(from)) return void (await cp(from, to));
  const text = localised(label, basename(from), await readFile(from, 'utf8'));
  await writeFile(to, text);
}

/** Copies one package's part and returns what each of its files is called. */
async function copyPart(/** @type {string} */ root, /** @type {string} */ out, /** @type {any[]} */ part) {
  const [pkg, label, wanted] = part;
  /** @type {Record<string, string>} */
  const names = {};
  const folder = `vendor/${label}-${await versionOf(root, pkg)}`;
  for (const item of wanted) {
    const from = join(root, 'node_modules', pkg, item);
    const isFile = /\.\w+$/.test(item);
    const files = isFile ? [''] : await readdir(from);
    for (const file of files) {
      const short = KEEP_FOLDER.test(item) ? item : join(basename(item), file);
      names[`vendor/${label}/${short}`] = `${folder}/${short}`;
      await copyOne(join(from, file), join(out, folder, short), label);
    }
  }
  return names;
}

/** Scripts of folium's own that stand only in its Python wheel. @param {string} root @param {string} out */
async function copyFromWheel(root, out) {
  const lib = join(root, '.venv', 'lib');
  /** @type {Record<string, string>} */
  const names = {};
  if (!existsSync(lib)) return names;
  for (const python of await readdir(lib)) {
    const folder = join(lib, python, 'site-packages', 'folium', 'templates');
    if (!existsSync(folder)) continue;
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.js'))) {
      const text = await readFile(join(folder, file), 'utf8');
      const target = `vendor/folium-${createHash('sha256').update(text).digest('hex').slice(0, 8)}/${file}`;
      await copyOne(join(folder, file), join(out, target), 'folium');
      names[`vendor/folium/${file}`] = target;
    }
  }
  return names;
}

/** @param {string} root @param {string} out @returns {Promise<Record<string, string>>} logical name → file */
export async function copyVendor(root, out) {
  /** @type {Record<string, string>} */
  const names = {};
  for (const part of PARTS) {
    if (existsSync(join(root, 'node_modules', String(part[0])))) Object.assign(names, await copyPart(root, out, part));
  }
  return Object.assign(names, await copyFromWheel(root, out));
}

/** Gathers the licences of everything that is shipped to browsers. @param {string} root @param {string} out */
export async function writeLicences(root, out) {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const parts = [];
  for (const pkg of Object.keys(dependencies)) {
    const folder = join(root, 'node_modules', pkg);
    if (!existsSync(folder)) continue;
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((name) => /^(licen[cs]e|copying|mit-licen[cs]e)/i.test(name));
    const text = file ? await readFile(join(folder, file), 'utf8') : '';
    parts.push(`${pkg} ${version} (${license ?? 'see text'})\n\n${text.trim()}\n`);
  }
  const content = parts.join(`\n${'-'.repeat(72)}\n\n`);
  const name = `licences.${createHash('sha256').update(content).digest('hex').slice(0, 10)}.txt`;
  await writeFile(join(out, name), content);
  return name;
}
