"""Nothing a person reads is untranslated, in either language."""

import json
import re

from tests.contract.sources import files, name_of, on_every
from tests.contract.words import (
    CHINESE,
    bare_text,
    blanks,
    catalogue,
    messages,
    plurals,
    script_calls,
    without_comments,
)

TEMPLATES = files(".html", below="templates")
SCRIPTS = files(".js", below="static")
#: written in both languages at once, because nobody knows yet who reads
BILINGUAL = {"templates/offline.html", "templates/evidence/cover.html"}
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;?!](?=[\u4e00-\u9fff]|$)")


def test_every_message_has_its_chinese():
    missing = [f"{where}: {text!r}" for where, text in messages() if not any(catalogue().get(text, ()))]
    assert not missing, f"{len(missing)} without Chinese:\n" + "\n".join(missing)


def test_a_translation_keeps_every_blank():
    wrong = [
        f"{source!r} -> {said!r}"
        for source, translations in catalogue().items()
        for said in translations
        if said and blanks(said) not in (blanks(source), blanks(plurals().get(source, source)))
    ]
    assert not wrong, "\n".join(wrong)


def test_chinese_is_written_with_full_width_punctuation():
    spoken = [
        said for translations in [*catalogue().values(), script_words().values()] for said in translations
    ]
    wrong = [said for said in spoken if HALF_WIDTH.search(said)]
    assert not wrong, "\n".join(wrong)


def script_words():
    """Return the Chinese of the front end, of all rooms together."""
    words = {}
    for path in files("zh.json", below="static/js"):
        words.update(json.loads(path.read_text("utf-8")))
    return words


def test_every_text_of_the_front_end_has_its_chinese():
    known = script_words()
    missing = [f"{where}: {text!r}" for where, text in script_calls() if not known.get(text)]
    assert not missing, f"{len(missing)} without Chinese:\n" + "\n".join(missing)


def test_a_translation_of_the_front_end_keeps_every_blank():
    wrong = [
        f"{source!r} -> {said!r}" for source, said in script_words().items() if blanks(source) != blanks(said)
    ]
    assert not wrong, "\n".join(wrong)


@on_every(SCRIPTS)
def test_scripts_speak_only_through_the_dictionary(path):
    lines = without_comments(path.read_text("utf-8")).splitlines()
    wrong = [f"line {number}: {line.strip()}" for number, line in enumerate(lines, 1) if CHINESE.search(line)]
    assert not wrong, "\n".join(wrong)


@on_every(TEMPLATES)
def test_templates_speak_only_through_gettext(path):
    if name_of(path) not in BILINGUAL and not path.name.startswith("_styleguide"):
        assert bare_text(path.read_text("utf-8")) == []


def test_english_sources_hold_no_chinese_message_ids():
    found = [
        f"{where}: {text}"
        for where, text in messages()
        if CHINESE.search(text) and "_styleguide" not in where
    ]
    assert found == []


def test_there_is_one_translation_for_one_text():
    torn = {source: set(said) for source, said in catalogue().items() if len(set(said)) > 1}
    assert not torn, f"different rooms translate the same text differently: {torn}"
