"""What every actor of the story is handed: the city's address, the words of one language, the camera."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from PIL import Image
from playwright.sync_api import BrowserType, Page

PASSWORD = "patrol-demo-2026"
ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[3]


@cache
def chinese() -> dict[str, str]:
    """Return the whole interface's Chinese by its English, as the program itself ships it."""
    words: dict[str, str] = {}
    for file in sorted((ROOT / "patrol").glob("*/translations/zh/LC_MESSAGES/messages.po")):
        with file.open("rb") as opened:
            words |= {m.id: m.string for m in read_po(opened) if isinstance(m.id, str) and m.id}
    for file in sorted((ROOT / "static" / "js").glob("*/zh.json")):
        words |= json.loads(file.read_text("utf-8"))
    return words


@dataclass
class Stage:
    """One performance: on one database, in one language. Console errors of every page are collected."""

    url: str
    language: str
    kind: BrowserType
    executable: str
    folder: Path
    pictures: Path | None = None
    days_later: int = 0
    said: list[str] = field(default_factory=list)

    def word(self, zh: str, en: str) -> str:
        """Return what the interface must say, in the language of this performance."""
        return zh if self.language == "zh" else en

    def say(self, english: str) -> str:
        """Return a text of the interface in the language of this performance; an unknown one is a mistake here."""
        return chinese()[english] if self.language == "zh" else english

    def context_options(self, width: int, height: int, **more) -> dict:
        """Return how a browser of this performance is opened."""
        return {
            "viewport": {"width": width, "height": height}, "base_url": self.url, "timezone_id": "Asia/Shanghai",
            "locale": "zh-CN" if self.language == "zh" else "en-GB", **more,
        }  # fmt: skip

    def listen(self, page: Page) -> Page:
        """Collect what a page complains about; being offline is no complaint."""
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                self.said.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        return page

    def sign_in(self, page: Page, username: str, next_page: str = "", *, stay: bool = False) -> Page:
        """Sign in with a demo account, on one's own phone for longer, and speak the language of this performance."""
        page.goto(f"/login?lang={self.language}" + (f"&next={next_page}" if next_page else ""))
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        if stay:
            page.locator("[name=remember]").check()
        page.click("form button.btn-primary")
        page.wait_for_url(lambda url: "/login" not in url)
        page.request.post(
            "/account/language", form={"language": self.language}, headers={"X-Patrol": "1"}, max_redirects=0
        )
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture for the README when asked to (``make screenshots``): small, and the same every time."""
        if self.pictures is None:
            return
        page.evaluate("() => document.fonts.ready.then(() => undefined)")
        page.evaluate("() => { for (const toast of document.querySelectorAll('.toast')) toast.remove(); }")
        self.still(page, name)

    def still(self, page: Page, name: str) -> None:
        """Keep a picture of a page that runs no script."""
        if self.pictures is None:
            return
        target = self.pictures / f"{name}.{self.language}.png"
        page.screenshot(path=target, animations="disabled", caret="hide")
        with Image.open(target) as image:
            image.convert("RGB").quantize(192, dither=Image.Dither.NONE).save(target, optimize=True)
