"""`make pictures`: walks through the product in every size, colour scheme and language, takes a picture of every main
screen into var/pictures, and puts those of the README together. A screen that cannot be reached is named at the end."""

from __future__ import annotations

import asyncio
import base64
import io
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import product as every
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageFilter
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect
from playwright.async_api import Error as BrowserError

from bots.config import ROOT
from core.lines import line
from core.speech import Speech, load_speeches
from tests.browser.product import Product
from tests.chromium import chromium

Size = Literal["phone", "desktop"]
Scheme = Literal["light", "dark"]
SIZES: dict[Size, ViewportSize] = {
    "phone": {"width": 360, "height": 760},
    "desktop": {"width": 1100, "height": 780},
}
FOLDER = ROOT / "var" / "pictures"
WORDS = {
    "ru": {
        "story": "На Садовой у дома 7 глубокая яма на дороге, вчера там пробили колесо.",
        "danger": "В подъезде сильно пахнет газом, кружится голова.",
        "roads": "Дороги",
        "town": "Город Заречный",
        "note": "Бригада свободна в четверг, асфальт есть.",
        "answer": "Яму засыпали сегодня утром, асфальт положим до конца недели.",
    },
    "en": {
        "story": "There is a deep pothole on Sadovaya street near house 7: a wheel was broken there yesterday.",
        "danger": "There is a strong smell of gas in our hallway, I feel dizzy.",
        "roads": "Roads",
        "town": "Zarechny city",
        "note": "The crew is free on Thursday, there is asphalt.",
        "answer": "The pothole was filled this morning; the asphalt comes by the end of the week.",
    },
}


@dataclass
class Walk:
    """One walk through the product in one size, scheme and language."""

    browser: Browser
    product: Product
    speech: Speech
    size: Size
    scheme: Scheme
    photo: Path
    shots: dict[str, bytes] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.size}-{self.scheme}-{self.speech.lang}"

    def say(self, msgid: str) -> str:
        """Up to the first word that is filled in."""
        whole = self.speech.say(line(msgid, **dict.fromkeys(re.findall(r"{(\w+)}", msgid), "\0")))
        return whole.partition("\0")[0]

    def own(self, word: str) -> str:
        return WORDS[self.speech.lang][word]

    async def page(self) -> Page:
        context = await self.browser.new_context(
            viewport=SIZES[self.size], device_scale_factor=2 if self.size == "phone" else 1, color_scheme=self.scheme,
            locale={"ru": "ru-RU", "en": "en-GB"}[self.speech.lang], timezone_id="Europe/Moscow",
            has_touch=self.size == "phone", is_mobile=self.size == "phone", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(10_000)
        return await context.new_page()

    async def take(self, page: Page, name: str) -> None:
        await page.wait_for_timeout(500)  # pictures only: what slides in has come to rest
        self.shots[name] = await page.screenshot()
        (FOLDER / f"{self.name}-{name}.png").write_bytes(self.shots[name])

    @asynccontextmanager
    async def part(self, name: str) -> AsyncIterator[None]:
        try:
            yield
        except (BrowserError, AssertionError) as error:
            self.missing.append(f"{self.name}: {name}: {str(error).splitlines()[0]}")

    def button(self, page: Page, label: str) -> Locator:
        """The newest one whose label begins so."""
        pattern = re.compile("^" + re.escape(label))
        return page.get_by_role("log").get_by_role("button", name=pattern).last

    async def press(self, page: Page, *labels: str) -> None:
        for label in labels:
            await self.button(page, label).click()

    async def write(self, page: Page, words: str) -> None:
        await page.locator("#words").fill(words)
        await page.locator("#send").click()

    async def menu(self, page: Page, msgid: str) -> None:
        await page.locator("#menu-open").click()
        await page.get_by_role("dialog").get_by_role("button", name=self.say(msgid), exact=True).click()

    async def all(self) -> None:
        async with self.part("danger"):
            await self.danger()
        citizen = await self.page()
        async with self.part("filing"):
            await self.filing(citizen)
        official = await self.page()
        async with self.part("desk"):
            await self.desk(official)
        async with self.part("afterwards"):
            await self.afterwards(citizen)
        for context in self.browser.contexts:
            await context.close()

    async def danger(self) -> None:
        page = await self.page()
        await page.goto(self.product.address)
        await self.write(page, self.own("danger"))
        await expect(page.get_by_role("alert")).to_be_visible(timeout=10_000)
        await expect(self.button(page, self.say("I agree"))).to_be_visible()
        await self.take(page, "alarm")

    async def filing(self, page: Page) -> None:
        await page.goto(self.product.address)
        await self.take(page, "greeting")
        await page.locator("#files").set_input_files(self.photo)
        await expect(page.locator("#thumbs .ready")).to_have_count(1)
        await page.locator("#words").fill(self.own("story"))
        await self.take(page, "writing")
        await page.locator("#send").click()
        await expect(self.button(page, self.say("I agree"))).to_be_visible()
        await self.take(page, "consent")
        await self.press(page, self.say("I agree"))
        await expect(self.button(page, self.own("roads"))).to_be_visible()
        await self.take(page, "category")
        await self.press(page, self.own("roads"), self.own("town"), self.say("Without an address"))
        await expect(self.button(page, self.say("Send"))).to_be_visible()
        await self.take(page, "check")
        await self.press(page, self.say("Send"))
        await expect(self.button(page, self.say("Copy the link"))).to_be_visible()
        await self.button(page, self.say("New message")).scroll_into_view_if_needed()
        await self.take(page, "receipt")

    async def desk(self, page: Page) -> None:
        await page.goto(f"{self.product.entry('petrov')}?lang={self.speech.lang}")
        await self.take(page, "enter")
        await page.get_by_role("button", name=self.say("Enter")).click()
        await page.wait_for_url("**/desk")
        await expect(page.get_by_role("log").get_by_role("button").first).to_be_visible()
        await self.menu(page, "My desk")
        await expect(self.button(page, self.say("New: {n}"))).to_be_visible()
        await self.take(page, "desk")
        await self.press(page, self.say("New: {n}"))
        story = page.get_by_role("log").get_by_role("button").filter(has_text=self.own("story")[:12]).last
        await expect(story).to_be_visible()
        await self.take(page, "queue")
        await story.click()
        await self.press(page, self.say("Add a note"))
        await self.write(page, self.own("note"))
        await self.press(page, self.say("Open the message"))
        await expect(page.get_by_role("log").get_by_text(self.own("note")).last).to_be_visible()
        await self.take(page, "card")
        await self.press(page, self.say("Answer it"))
        await expect(page.get_by_role("log").get_by_text(self.own("story")).last).to_be_visible()
        await self.take(page, "answer")
        await self.write(page, self.own("answer"))
        await self.press(page, self.say("Send"))

    async def afterwards(self, page: Page) -> None:
        await expect(page.get_by_role("log").get_by_text(self.own("answer")).last).to_be_visible()
        await self.take(page, "pushes")
        await self.press(page, "5")
        await self.menu(page, "My messages")
        mine = page.get_by_role("log").get_by_role("button").filter(has_text=self.own("story")[:12]).last
        await expect(mine).to_be_visible()
        await self.take(page, "my")
        await mine.click()
        await self.take(page, "my-card")
        await self.menu(page, "Settings")
        await self.take(page, "settings")
        await page.locator("#menu-open").click()
        await self.take(page, "menu")


def a_road(folder: Path) -> Path:
    """A pothole in wet asphalt, as well as one can paint it in a few lines."""
    road = Image.effect_noise((960, 720), 40).convert("RGB").point(lambda v: v * 0.62)
    pen = ImageDraw.Draw(road)
    pen.polygon([(430, 720), (520, 720), (498, 0), (480, 0)], fill=(196, 196, 188))
    pen.ellipse((180, 330, 640, 590), fill=(44, 42, 40))
    pen.ellipse((230, 380, 590, 560), fill=(92, 108, 122))
    pen.ellipse((300, 400, 470, 450), fill=(150, 168, 182))
    path = folder / "road.jpg"
    road.filter(ImageFilter.GaussianBlur(2.2)).save(path, quality=90)
    return path


ROW = '<img src="{}" style="width:{}px;border-radius:16px;box-shadow:0 6px 24px #0003">'
FRAME = """<!doctype html><style>
body { margin: 0; padding: 28px; display: flex; gap: 24px; align-items: center; width: max-content;
  background: #dfe7e2 }
</style>"""


async def compose(browser: Browser, name: str, *pictures: tuple[bytes, int]) -> None:
    """Side by side, in few colours: a picture of the README is small."""
    page = await browser.new_page(viewport={"width": 1300, "height": 900})
    urls = ((f"data:image/png;base64,{base64.b64encode(png).decode()}", width) for png, width in pictures)
    await page.set_content(FRAME + "".join(ROW.format(url, width) for url, width in urls))
    whole = await page.locator("body").screenshot()
    await page.close()
    few = Image.open(io.BytesIO(whole)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(ROOT / "docs" / name, optimize=True)


async def main(only: str = "") -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    speeches, missing, shots = (
        load_speeches(ROOT / "locales", ZoneInfo("Europe/Moscow")),
        list[str](),
        dict[str, dict[str, bytes]](),
    )
    schemes: tuple[Scheme, ...] = ("light", "dark")
    async with chromium() as browser:
        for size, scheme, lang in every(SIZES, schemes, WORDS):
            if only not in f"{size}-{scheme}-{lang}":
                continue
            with TemporaryDirectory() as folder:
                running = Product(Path(folder))
                running.start()
                walk = Walk(browser, running, speeches[lang], size, scheme, a_road(Path(folder)))
                try:
                    await walk.all()
                finally:
                    running.stop()
            missing += [*walk.missing, *running.problems()]
            shots[walk.name] = walk.shots
        await readme(browser, shots)
    print("\n".join(missing) or f"All pictures are in {FOLDER}.")


async def readme(browser: Browser, shots: dict[str, dict[str, bytes]]) -> None:
    wanted = {
        "chat.png": [("phone-light-ru", "receipt", 300), ("desktop-light-ru", "card", 760)],
        "citizen.png": [("phone-light-ru", each, 290) for each in ("greeting", "category", "check", "pushes")],
        "desk.png": [("desktop-light-ru", each, 580) for each in ("queue", "answer")],
        "dark.png": [("phone-dark-ru", each, 290) for each in ("alarm", "my-card", "settings", "menu")],
    }
    for name, parts in wanted.items():
        if all(shot in shots.get(walk, {}) for walk, shot, _ in parts):
            await compose(browser, name, *((shots[walk][shot], width) for walk, shot, width in parts))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:2]))
