"""What people do in a browser, in the words that they see."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

PHONE: ViewportSize = {"width": 360, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
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


async def an_official(browser: Browser, entry: str) -> Person:
    page = await (await browser.new_context(locale="ru-RU", viewport=DESKTOP)).new_page()
    await page.goto(entry)
    await page.get_by_role("button", name="Войти").click()
    return Person(page)


def a_photo(folder: Path, name: str = "яма.png") -> Path:
    """A real picture of 64 by 48 pixels, grey and orange."""
    rows = b"".join(b"\0" + (b"\x60\x60\x60" * 40 + b"\xf0\x90\x30" * 24) for _ in range(48))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    path = folder / name
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path
