"""A bad line: 400 ms there and back, 400 kbit/s."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, expect

from tests.browser.people import PHONE, STORY, Person
from tests.browser.product import Product

SLOW_3G = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PATIENCE = 20_000


async def test_on_slow_3g_the_page_comes_a_photo_shows_how_far_it_is_and_the_answer_comes(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    context = await browser.new_context(locale="ru-RU", viewport=PHONE)
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", SLOW_3G)
    await page.goto(product.address)
    await expect(page.locator("#report")).to_be_visible(timeout=PATIENCE)
    painted = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < PATIENCE
    Image.effect_noise((900, 700), 90).convert("RGB").save(tmp_path / "шум.jpg", quality=80)
    await page.locator("#files").set_input_files([tmp_path / "шум.jpg"])
    await page.wait_for_function(  # neither nothing nor all
        "() => { const done = parseInt(document.querySelector('#thumbs li')?.style.getPropertyValue('--done'));"
        " return done > 5 && done < 95 }"
    )
    citizen = Person(page)
    await citizen.say(STORY)
    await expect(page.locator("#notice")).to_contain_text("Файлы ещё загружаются")
    await expect(citizen.button("Даю согласие")).to_be_visible(timeout=PATIENCE)
    await expect(page.locator(".msg.me .photo")).to_have_count(1)
