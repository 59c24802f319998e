"""Photos and documents, as people attach them: too many, too large, odd, or with a place in them."""

from __future__ import annotations

import io
import random
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Request, expect

from tests.browser.people import PHONE, a_citizen, a_document, a_photo
from tests.browser.product import Product

READ = """async (photos) => {
  const path = document.querySelector('link[href$="exif.js"]').href;
  const { placeOf } = await import(path);
  const blob = (text) => new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))]);
  return Promise.all(photos.map((text) => placeOf(blob(text))));
}"""


def taken_at(lat: tuple[Any, ...], lon: tuple[Any, ...], sides: str) -> bytes:
    """A JPEG whose camera knew where it was."""
    picture, exif = Image.new("RGB", (64, 48), (90, 120, 60)), Image.Exif()
    exif.get_ifd(0x8825).update({1: sides[0], 2: lat, 3: sides[1], 4: lon})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def b64(*photos: bytes) -> list[str]:
    return [b64encode(photo).decode() for photo in photos]


MOSCOW = taken_at((55.0, 45.0, 7.2), (37.0, 37.0, 3.0), "NE")


async def test_the_place_of_a_photo_is_read_and_rubbish_does_no_harm(product: Product, browser: Browser) -> None:
    page = (await a_citizen(await browser.new_context(), product.address)).page
    south = taken_at((33.0, 52.0, 0.0), (151.0, 12.0, 30.0), "SE")
    nowhere = taken_at((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), "NE")
    places = await page.evaluate(READ, b64(MOSCOW, south, nowhere, b"", b"\xff\xd8", b"\xff" * 1000, b"GIF89a"))
    assert places == ["55.752000,37.617500", "-33.866667,151.208333", "", "", "", "", ""]
    dice, spoilt = random.Random(7), list[bytes]()
    for _ in range(300):
        raw = bytearray(MOSCOW)
        for _ in range(dice.randint(1, 12)):
            raw[dice.randrange(min(len(raw), 200))] = dice.randrange(256)
        spoilt.append(bytes(raw[: dice.choice((len(raw), dice.randrange(len(raw))))]))
    for place in await page.evaluate(READ, b64(*spoilt)):
        lat, lon = map(float, place.split(",")) if place else (0.0, 0.0)
        assert -90 <= lat <= 90 and -180 <= lon <= 180


async def test_the_place_goes_along_with_its_own_photo_only_and_the_photo_goes_without_it(
    product: Product, browser_context: BrowserContext, tmp_path: Path
) -> None:
    await browser_context.add_init_script(
        """window.sent = [];
        const { send } = XMLHttpRequest.prototype;
        XMLHttpRequest.prototype.send = function (body) {
          body.text().then((text) => sent.push(text));
          send.call(this, body);
        };"""
    )
    citizen, places = await a_citizen(browser_context, product.address), list[str | None]()

    def note(request: Request) -> None:
        if request.url.endswith("/photos"):
            places.append(request.headers.get("x-photo-place"))

    citizen.page.on("request", note)
    there = tmp_path / "там.jpg"
    there.write_bytes(MOSCOW)
    await citizen.page.locator("#files").set_input_files([there, a_photo(tmp_path)])
    await expect(citizen.page.locator("#thumbs .ready")).to_have_count(2)
    assert places == ["55.752000,37.617500", None]
    assert ["Exif" in content for content in await citizen.page.evaluate("sent")] == [False, False]


async def test_of_thirty_photos_ten_are_taken_and_the_rest_is_said(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU", viewport=PHONE), product.address)
    page = citizen.page
    await page.locator("#files").set_input_files([a_photo(tmp_path, f"{i}.png") for i in range(30)])
    await expect(page.locator("#thumbs .ready")).to_have_count(10)
    await expect(page.locator("#notice")).to_contain_text("до 10 фото")
    await page.get_by_role("button", name="Убрать фото 10").click()
    await expect(page.locator("#thumbs li")).to_have_count(9)
    await citizen.say("Тридцать фотографий двора")
    await expect(page.locator(".msg.me .photo")).to_have_count(9)


async def test_documents_go_and_come_back_by_keyboard(
    product: Product, browser_context: BrowserContext, tmp_path: Path
) -> None:
    citizen = await a_citizen(browser_context, product.address)
    page = citizen.page
    large = a_document(tmp_path, "Огромный.pdf", 25_000_000)
    await page.locator("#files").set_input_files([a_document(tmp_path), large])
    await expect(page.locator("#thumbs .ready")).to_have_count(1)
    await expect(page.locator("#thumbs .document")).to_contain_text("Смета.pdf")
    await expect(page.locator("#notice")).to_have_text(
        "Огромный.pdf — слишком большой файл: документ может быть до 20 МБ."
    )
    await page.reload()  # what was attached to a draft is still there
    await expect(page.locator("#thumbs .document")).to_contain_text("Смета.pdf")
    await citizen.say("Смета на ремонт двора")
    row = page.get_by_role("log").get_by_role("button", name="Скачать: Смета.pdf")
    await expect(row).to_be_visible()
    await expect(page.locator(".msg.me.accepted")).to_be_visible()
    await row.focus()
    async with page.expect_download() as coming:
        await page.keyboard.press("Enter")
    got = await coming.value
    assert got.suggested_filename == "Смета.pdf"
    assert (await got.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("name", ["фото.heic", "рисунок.svg", "программа.exe", "пусто.jpg"])
async def test_a_file_that_will_not_do_is_refused_in_words_and_leaves_the_draft(
    product: Product, browser: Browser, tmp_path: Path, name: str
) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU"), product.address)
    bad = tmp_path / name
    bad.write_bytes(
        {"svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "exe": b"MZ" * 500}.get(
            name[-3:], b""
        )
    )
    await citizen.page.locator("#words").fill("Черновик")
    await citizen.page.locator("#files").set_input_files([bad])
    await expect(citizen.page.locator("#notice")).not_to_be_empty()
    await expect(citizen.page.locator("#thumbs li")).to_have_count(0)
    await expect(citizen.page.locator("#words")).to_have_value("Черновик")
