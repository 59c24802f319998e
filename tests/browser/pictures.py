"""`make pictures`: walks through the product and takes the picture of the README."""

from __future__ import annotations

import asyncio
import base64
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright, expect

from tests.browser.people import PHONE, STORY, a_citizen, an_official
from tests.browser.product import ROOT, Product
from tests.chromium import NAMES

FRAME = """<body style="margin:0;padding:28px;display:flex;gap:28px;background:#dfe7e2">
<img src="{phone}" style="width:330px;border-radius:18px;box-shadow:0 6px 24px #0003">
<img src="{desk}" style="width:760px;border-radius:12px;box-shadow:0 6px 24px #0003;align-self:center">"""


async def walk(browser: Browser, product: Product) -> tuple[bytes, bytes]:
    phone = await browser.new_context(
        viewport={"width": PHONE["width"], "height": 760}, device_scale_factor=2, locale="ru-RU",
        timezone_id="Europe/Moscow", is_mobile=True, has_touch=True,
    )  # fmt: skip
    citizen = await a_citizen(phone, product.address)
    await citizen.say(STORY)
    for label in ("Даю согласие", "Дороги", "Город Заречный", "Без адреса", "Без фото", "Отправить"):
        await citizen.press(label)
    await citizen.sees("Готово!")
    official = await an_official(browser, product.entries["Петров Сергей Андреевич"])
    for label in ("Новые: …", "…На Садовой…"):
        await official.press(label)
    await official.sees(STORY)
    await expect(citizen.button("Новое сообщение")).to_be_visible()
    return await citizen.page.screenshot(), await official.page.screenshot()


async def main() -> None:
    async with async_playwright() as playwright:
        program = next(filter(None, map(shutil.which, NAMES)))
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        with TemporaryDirectory() as folder:
            product = Product(Path(folder))
            await product.start()
            phone, desk = await walk(browser, product)
            await product.stop()
        page = await browser.new_page(viewport={"width": 1174, "height": 753})
        await page.set_content(FRAME.format(phone=_url(phone), desk=_url(desk)))
        await page.screenshot(path=ROOT / "docs" / "chat.png")
        await browser.close()


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


if __name__ == "__main__":
    asyncio.run(main())
