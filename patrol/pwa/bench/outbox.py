"""A phone that has not sent for weeks: 500 findings with photos wait in its outbox, and it must not feel it."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from patrol.core.figures import Figure
from patrol.pwa.bench.browser import phone, sign_in, take_the_pack
from patrol.pwa.bench.phone import SLOWER, seconds_to_saved, twelve_megapixels

ENTRIES = 500
OPENINGS = 5
ROOT = Path(__file__).resolve().parents[3]
SYNC = ("drain.js", "flusher.js", "transport.js")

#: fills the store as the app does: sealed with the person's own key, each finding with an original and a display copy
FILL = """async (count) => {
  const db = await new Promise((done, fail) => {
    const asked = indexedDB.open('patrol');
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const got = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const { uid: owner, key } = (await got(db.transaction('keyring').objectStore('keyring').getAll()))[0];
  const hex = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const seal = async (name, bytes) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const how = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) };
    return { iv, data: await crypto.subtle.encrypt(how, key, bytes) };
  };
  const sizes = [300000, 60000];
  const now = Date.now();
  for (let seq = 1; seq <= count; seq += 1) {
    const id = crypto.randomUUID();
    const hashes = sizes.map(hex);
    const text = 'bedding on the floor, lectures behind closed doors';
    const content = {
      kind: 'finding.record', schema: 2, captured_at: new Date(now).toISOString(), sha256: hex(),
      body: { finding_uid: id, text, checklist: { version: '1', answers: {} } }, label: `#${seq}`, blobs: hashes,
    };
    const entry = await seal(`entry/${id}`, new TextEncoder().encode(JSON.stringify(content)));
    const sealed = (sha256, at) => seal(`${owner}/blob/${sha256}`, new Uint8Array(sizes[at]));
    const photos = await Promise.all(hashes.map(sealed));
    const facts = { state: 'waiting', attempts: 0, next_at: 0, created_at: now, problem: null };
    const tx = db.transaction(['outbox', 'blobs', 'holds'], 'readwrite');
    tx.objectStore('outbox').add({ id, owner, seq: seq + 1e6, ...facts, ...entry });
    hashes.forEach((sha256, at) => {
      tx.objectStore('blobs').put({ owner, sha256, size: sizes[at], type: 'image/jpeg', ...photos[at] });
      tx.objectStore('holds').put({ owner, sha256, holder: id });
    });
    await new Promise((done, fail) => { tx.oncomplete = done; tx.onabort = () => fail(tx.error); });
  }
  db.close();
}"""
#: from the tap on the row until the list is drawn with its first entries and says that there are all of them
OPEN = """async (count) => {
  const begun = performance.now();
  document.querySelector("a.item[href='/m/me/unsent']").click();
  const told = () => document.querySelectorAll('.phone-main .list .item').length > 0
    && [...document.querySelectorAll('.phone-main p')].some((line) => line.textContent.includes(String(count)));
  while (!told()) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


def outbox_figures(address: str, folder: Path) -> Iterator[Figure]:
    """Yield how long the list of 500 unsent findings takes to open, and what a capture takes beside them."""
    yield Figure("sync layer, gzip", sync_layer_kb(), "KB", goal="<= 8")
    picture = twelve_megapixels(folder / "beside.jpg")
    with phone(address, folder / "full-phone") as (context, page):
        sign_in(page, "inspector2", "/m/")
        take_the_pack(page)
        context.set_offline(True)
        page.evaluate(FILL, ENTRIES)
        yield Figure(f"list of {ENTRIES} unsent findings opens, median", _opens_ms(page), "ms", goal="< 300")
        devtools = context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        yield Figure(f"the same, CPU x{SLOWER}", _opens_ms(page), "ms")
        page.goto("/m/")
        kept = seconds_to_saved(page, picture)
        name = f"12 MP photo to saved with {ENTRIES} findings waiting, CPU x{SLOWER}"
        yield Figure(name, kept, "s", goal="<= 3")


def _opens_ms(page: Any) -> float:
    taken = []
    for _ in range(OPENINGS):
        page.goto("/m/me")
        page.locator("a.item[href='/m/me/unsent']").wait_for()
        taken.append(page.evaluate(OPEN, ENTRIES))
    return median(taken)


def sync_layer_kb() -> float:
    """Return the size of what sends, alone: bundled, minified and compressed as it is served."""
    entry = "".join(f"export * from './{name}';" for name in SYNC)
    bundler = ROOT / "node_modules" / ".bin" / "esbuild"
    command = [str(bundler), "--bundle", "--minify", "--format=esm", "--target=chrome88", "--loader=js"]
    made = subprocess.run(
        command, input=entry.encode(), cwd=ROOT / "static" / "js" / "sync", check=True, capture_output=True
    )
    return len(gzip.compress(made.stdout, 9)) / 1000
