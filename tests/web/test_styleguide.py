"""The style guide renders every component, in both languages, with the real macros and the real build."""

import pytest

from patrol.infra.resources import resource


@pytest.mark.parametrize(("language", "title"), [("zh", "界面规范"), ("en", "Style guide")])
def test_style_guide_shows_every_component_and_icon(client, language, title):
    page = client.get(f"/styleguide?lang={language}")
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    assert f"<h1>{title}</h1>" in html
    for part in (
        "data-hold",
        "data-job",
        "data-sortable",
        "data-map",
        "<dialog",
        "fault-list",
        "timeline",
        "kanban",
    ):
        assert part in html
    for icon in resource("static", "icons").glob("*.svg"):
        assert f'#{icon.stem}"' in html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_style_guide_has_no_inline_style_or_script(client, language):
    html = client.get(f"/styleguide?lang={language}").get_data(as_text=True)
    assert " style=" not in html
    assert "<script>" not in html
    assert " onclick=" not in html
