"""No page, script or style brings anything from another host: an office network may have no way out."""

import re

from tests.contract.sources import ROOT, files, name_of, on_every
from tests.contract.words import without_comments

#: names of vocabularies, never fetched; names that can never exist; and the two notices the map data's licence
#: asks to link to
HARMLESS = re.compile(
    r"https?://[\w.-]+\.(?:invalid|example|test)\b|"
    r"https?://www\.w3\.org/|https://www\.openstreetmap\.org/copyright|https://opendatacommons\.org/licenses/odbl"
)
URL = re.compile(r"(?:https?:|wss?:)?//(?:[a-z0-9-]+\.)+[a-z]{2,}[^\s'\"`)<]*", re.I)
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.S)
#: how a built file would bring something in: a notice in a comment or a link to click does not
LOADS = re.compile(
    r"""url\(\s*['"]?(?:https?:)?//|@import\s+['"](?:https?:)?//|\b(?:src|srcset|action|data-src)\s*=\s*['"](?:https?:)?//"""
    r"""|<link[^>]+href\s*=\s*['"](?:https?:)?//|(?:importScripts|import|fetch|Worker)\(\s*['"](?:https?:)?//"""
    r"""|\bfrom\s*['"](?:https?:)?//""",
    re.I,
)
OWN = [*files(".html", ".xml", ".txt", below="templates"), *files(".js", ".css", ".svg", below="static")]
BUILT = sorted(
    path for path in (ROOT / "static" / "dist").rglob("*") if path.suffix in {".js", ".css", ".html", ".svg"}
)


@on_every(OWN)
def test_our_own_sources_name_no_other_host(path):
    text = JINJA_COMMENT.sub("", path.read_text("utf-8"))
    code = without_comments(text) if path.suffix in {".js", ".css"} else text
    assert [url for url in URL.findall(HARMLESS.sub("", code))] == []


def test_built_files_load_from_no_other_host():
    loading = [
        f"{name_of(path)}: {found[0]}"
        for path in BUILT
        for found in [LOADS.search(path.read_text("utf-8"))]
        if found
    ]
    assert loading == []
