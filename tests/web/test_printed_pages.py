"""Pages as PDF: what was typeset before is answered from disk, other content never is, and nothing is fetched."""

import pytest

from patrol.infra import typeset

STYLE = "p { color: #000 }"


def printed(app):
    return sorted((app.config["SETTINGS"].DATA_DIR / "cache" / "printed").glob("*"))


def test_the_same_page_is_typeset_once_and_another_one_anew(app):
    with app.app_context():
        first = typeset.pdf("<p>甲</p>", STYLE)
        assert first.startswith(b"%PDF")
        kept = printed(app)
        kept[0].write_bytes(b"%PDF kept")
        assert typeset.pdf("<p>甲</p>", STYLE) == b"%PDF kept"
        assert typeset.pdf("<p>乙</p>", STYLE) != b"%PDF kept"
        assert typeset.pdf("<p>甲</p>", STYLE + "p { margin: 0 }") != b"%PDF kept"
        assert len(printed(app)) == 3


def test_what_tells_its_hour_is_not_kept(app):
    with app.app_context():
        assert typeset.pdf("<p>10:31</p>", STYLE, keep=False).startswith(b"%PDF")
        assert printed(app) == []


def test_the_oldest_pages_make_room(app, monkeypatch):
    monkeypatch.setattr(typeset, "KEPT", 2)
    with app.app_context():
        for words in "甲乙丙":
            typeset.pdf(f"<p>{words}</p>", STYLE)
        assert len(printed(app)) == 2


def test_a_page_fetches_nothing():
    with pytest.raises(Exception, match="needs no other file"):
        typeset.fetch_nothing("https://example.org/a.css")
