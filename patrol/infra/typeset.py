"""Pages as PDF by WeasyPrint: nothing is fetched, and what was typeset before is not typeset again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import current_app

#: kept for one installation; a label is about 30 KB, a poster 300 KB
KEPT = 400


def pdf(page: str, style: str, *, keep: bool = True) -> bytes:
    """Return the PDF of an HTML page; the same page with the same style is answered from what is kept on disk.

    ``keep`` is for what depends on records alone: a page that tells when it was printed is never asked for twice.
    """
    name = hashlib.sha256("\0".join((version("weasyprint"), style, page)).encode()).hexdigest()
    kept: Path = current_app.config["SETTINGS"].DATA_DIR / "cache" / "printed" / f"{name}.pdf"
    if keep and kept.exists():
        return kept.read_bytes()
    from weasyprint import CSS, HTML  # takes 0.4 s, which no start should wait for

    made: bytes = HTML(string=page, url_fetcher=fetch_nothing).write_pdf(stylesheets=[CSS(string=style)])
    if keep:
        _keep(kept, made)
    return made


def joined_pdf(pages: Sequence[str], style: str, told: Callable[[int], None]) -> bytes:
    """Return one PDF of several HTML pages, each numbered by itself; ``told`` hears how many are set."""
    from weasyprint import CSS, HTML

    sheets, documents = [CSS(string=style)], []
    for number, page in enumerate(pages):
        told(number)
        documents.append(HTML(string=page, url_fetcher=fetch_nothing).render(stylesheets=sheets))
    told(len(pages))
    every = [page for document in documents for page in document.pages]
    made: bytes = documents[0].copy(every).write_pdf()
    return made


#: what a child process does: it reads a page and writes a PDF; pictures stand in the page itself
_APART = """import sys
from weasyprint import HTML
from weasyprint.urls import URLFetcher
page = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=URLFetcher(allowed_protocols={"data"}))
sys.stdout.buffer.write(page.write_pdf())
"""


def pdf_apart(page: str) -> bytes:
    """Return the PDF of a page with its pictures in it, typeset by a child process.

    WeasyPrint takes 80 MB and more for a page with a large picture; a server that serves maps gives them back so.
    """
    command = [sys.executable, "-I", "-c", _APART]
    done = subprocess.run(command, input=page.encode(), capture_output=True, check=False, timeout=120)
    if done.returncode != 0:
        raise RuntimeError(f"typesetting failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def fetch_nothing(url: str, *args: Any, **kwargs: Any) -> Any:
    """Refuse every address: a page that is typeset carries all it needs."""
    from weasyprint.urls import URLFetchingError

    raise URLFetchingError(f"a printed page needs no other file: {url}")


def _keep(target: Path, content: bytes) -> None:
    """Write aside and rename, so that nobody reads half a page; the oldest make room."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(f".{uuid.uuid4().hex}")
    aside.write_bytes(content)
    os.replace(aside, target)
    files = sorted(target.parent.glob("*.pdf"), key=lambda path: path.stat().st_mtime)
    for old in files[:-KEPT]:
        old.unlink(missing_ok=True)
