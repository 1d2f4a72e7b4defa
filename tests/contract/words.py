"""Finds what the interface says: message ids in Python and templates, ``t(…)`` and bare text elsewhere."""

import re
from functools import cache
from html.parser import HTMLParser

from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po

from tests.contract.sources import PACKAGE, files, name_of

KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "_n": (1, 2)}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
#: printf and format placeholders, both kinds
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w+)[^{}]*\}(?!\})")
#: the product's own name, and what is not language
NAMES = re.compile(
    r"Patrol|网格巡查|中文|English|WGS-84|GCJ-02|BD-09|GPX|CSV|XLSX|GeoJSON|PDF|km|m²|Ctrl|OpenStreetMap"
)
T_CALL = re.compile(r"""(?<![\w.$])t\(\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(`[^`]*`))""")
JINJA = re.compile(r"\{#.*?#\}|\{%-?\s*raw.*?endraw\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
TRANSLATED_BLOCK = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.S)
#: an attribute whose element is opened by one branch of a condition, or which a macro hands on
LOOSE_ATTRIBUTE = re.compile(r"(?!title|alt|placeholder|aria-label)[a-z-]+=\"[^\"]*\"")
#: what a macro hands out to be part of a class attribute
CLASS_FRAGMENT = re.compile(r"[a-z -]+-")
SPOKEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label", "aria-description", "label"}


def blanks(text):
    """Return the names of the placeholders of ``text``."""
    return {printf or brace for printf, brace in PLACEHOLDER.findall(text)}


def messages():
    """Yield (file:line, message id) of everything Python and templates hand to gettext."""
    for path in files(".py", below="patrol"):
        yield from _extracted(path, "python")
    for path in files(".html", ".txt", ".xml", below="templates"):
        yield from _extracted(path, "jinja2")


def _extracted(path, method):
    with path.open("rb") as source:
        for line, found, _comments, _context in extract(
            method, source, keywords=KEYWORDS, options={"silent": "false"}
        ):
            for each in found if isinstance(found, tuple) else (found,):
                if each:
                    yield f"{name_of(path)}:{line}", each


@cache
def catalogue():
    """Return every message of every room's Chinese catalogue: id -> list of translations."""
    known = {}
    for po in sorted(PACKAGE.glob("*/translations/zh/LC_MESSAGES/messages.po")):
        with po.open("rb") as source:
            for message in read_po(source, locale="zh", abort_invalid=True):
                if message.id and not message.fuzzy:
                    _remember(known, message)
    return known


@cache
def plurals():
    """Return the plural English of every message that has one: Chinese says both in one sentence."""
    found = {}
    for po in sorted(PACKAGE.glob("*/translations/zh/LC_MESSAGES/messages.po")):
        with po.open("rb") as source:
            found.update(
                message.id for message in read_po(source, locale="zh") if isinstance(message.id, tuple)
            )
    return found


def _remember(known, message):
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    for each in ids:
        known.setdefault(each, []).extend(said)


def script_calls():
    """Yield (file:line, text) of every ``t(…)`` in the front end; template literals keep their ticks."""
    for path in files(".js", below="static"):
        text = path.read_text("utf-8")
        for found in T_CALL.finditer(text):
            single, double, ticks = found.groups()
            line = text.count("\n", 0, found.start()) + 1
            said = single if single is not None else double if double is not None else ticks
            yield f"{name_of(path)}:{line}", re.sub(r"\\(.)", r"\1", said)


def without_comments(script):
    """Blank the comments of JavaScript or CSS, keeping strings and the line numbers."""
    pattern = r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`|/\*.*?\*/|(?<![:\\])//[^\n]*"

    def keep(found):
        text = found[0]
        return "\n" * text.count("\n") if text.startswith("/") else text

    return re.sub(pattern, keep, script, flags=re.S)


class BareText(HTMLParser):
    """Collects text and spoken attributes that no gettext call produced."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        """Look at what is read aloud; code and style are not language."""
        self.silent += tag in {"script", "style", "code", "svg"}
        self.found += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag):
        """Leave the silent element."""
        self.silent -= tag in {"script", "style", "code", "svg"}

    def handle_data(self, data):
        """Keep what a person would see."""
        if not self.silent:
            self.found.append(data)


def bare_text(template):
    """Return what a template says without gettext."""
    parser = BareText()
    template = re.sub(r"(</?)\{\{.*?\}\}", r"\1x", TRANSLATED_BLOCK.sub(" ", template))
    parser.feed(JINJA.sub(" ", template))
    said = (NAMES.sub("", LOOSE_ATTRIBUTE.sub("", " ".join(each.split()))) for each in parser.found)
    return [each for each in said if LETTERS.search(each) and not CLASS_FRAGMENT.fullmatch(each)]
