"""What people do in a browser, in the words that they see."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser.product import Product

PHONE: ViewportSize = {"width": 360, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
GAS = "В подъезде на Садовой, 7 сильно пахнет газом, кружится голова."
STORY = "На Садовой у дома 7 глубокая яма на дороге, вчера там пробили колесо."


@dataclass(frozen=True)
class Person:
    page: Page

    def button(self, label: str) -> Locator:
        """The newest one that is called so; «…» stands for anything."""
        name = re.compile("^" + re.escape(label).replace("…", ".*") + "$")
        return self.page.get_by_role("log").get_by_role("button", name=name).last

    async def press(self, label: str) -> None:
        await self.button(label).click()

    async def say(self, words: str) -> None:
        await self.page.locator("#words").fill(words)
        await self.page.locator("#send").click()

    async def sees(self, words: str) -> None:
        await expect(self.page.get_by_role("log").get_by_text(words).last).to_be_visible()

    async def to_desk(self) -> None:
        """From whatever stands there: all desks of an official are one conversation."""
        buttons = self.page.get_by_role("log").get_by_role("button")
        await expect(buttons.first).to_be_visible()
        await buttons.evaluate_all("all => all.forEach((button) => button.setAttribute('data-older', ''))")
        await self.menu("Рабочий стол")
        newer = self.page.get_by_role("log").locator("button:not([data-older])")  # an older desk may stand there too
        await expect(newer.filter(has_text="Найти по номеру").last).to_be_visible()

    async def menu(self, label: str) -> None:
        await self.page.locator("#menu-open").click()
        await self.page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()

    async def comes_back(self) -> None:
        """Away from the network and back, so that the page looks for what is new."""
        await self.page.context.set_offline(True)
        await expect(self.page.locator("#state")).to_have_attribute("data-state", "offline")
        await self.page.context.set_offline(False)

    async def keys_to(self, target: Locator, most: int = 60) -> None:
        """By Tab alone, as somebody does who has no mouse."""
        for _ in range(most):
            if await target.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with {most} tabs")

    async def key_press(self, label: str) -> None:
        await expect(self.button(label)).to_be_visible()
        await self.keys_to(self.button(label))
        await self.page.keyboard.press("Enter")


async def a_citizen(context: BrowserContext, address: str) -> Person:
    page = await context.new_page()
    page.on("filechooser", lambda chooser: None)  # a test that begins to listen with its key press may be too late
    await page.goto(f"{address}/")
    await expect(page.locator("#state")).to_have_attribute("data-state", re.compile("ready|online"))
    return Person(page)


async def an_official(browser: Browser, product: Product, code: str = "petrov") -> Person:
    page = await (await browser.new_context(locale="ru-RU", viewport=DESKTOP)).new_page()
    await page.goto(product.entry(code))
    await page.get_by_role("button", name="Войти").click()
    official = Person(page)
    await official.to_desk()
    return official


def a_photo(folder: Path, name: str = "яма.png") -> Path:
    """A real picture of 64 by 48 pixels, grey and orange."""
    rows = b"".join(b"\0" + (b"\x60\x60\x60" * 40 + b"\xf0\x90\x30" * 24) for _ in range(48))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    path = folder / name
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


def a_document(folder: Path, name: str = "Смета.pdf", size: int = 0) -> Path:
    """A PDF of one empty page, as small as possible or of so many bytes."""
    path = folder / name[-80:]
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )
    body = b"".join(b"%d 0 obj%bendobj\n" % (i, part) for i, part in enumerate(parts, 1))
    path.write_bytes((b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF\n").ljust(size, b"\n"))
    return path


async def file(citizen: Person) -> None:
    """From whatever is asked to the receipt, by the shortest way."""
    ways = ("Даю согласие", "Дороги", "Свет, вода, тепло, газ", "Город Заречный", "Без адреса", "Без фото", "Отправить")
    for _ in range(10):
        receipt = citizen.page.get_by_role("log").get_by_text("Готово!")
        shown = [citizen.button(label) for label in ways]
        now = receipt
        for button in shown:
            now = now.or_(button)
        await expect(now.last).to_be_visible()
        if await receipt.count():
            return
        way = [button for button in shown if await button.count()][0]  # noqa: RUF015
        await way.click()
        await expect(way).to_have_count(0)
    raise AssertionError("no receipt")


async def no_motion(page: Page) -> bool:
    """Nothing moves by itself for those who have asked for that."""
    moving: int = await page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
    return moving == 0
