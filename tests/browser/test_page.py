"""What the page itself owes to people: an emptied field, the newest screen in view, words that stay in one piece."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.browser.people import PHONE, STORY, a_citizen, an_official
from tests.browser.product import Product


async def test_what_an_official_has_sent_does_not_stay_in_the_field(product: Product, browser: Browser) -> None:
    official = await an_official(browser, product)
    await expect(official.button("Новые: …")).to_be_visible()
    await official.say("Первая строка\n\nТретья строка\nЧетвёртая строка")
    await official.sees("Третья строка")
    field = official.page.locator("#words")
    await expect(field).to_have_value("")
    box = await field.bounding_box()
    assert box is not None and box["height"] < 80, "the field has not shrunk back"
    await official.page.reload()
    await expect(official.button("Новые: …")).to_be_visible()
    await expect(field).to_have_value("")


async def test_after_a_reload_the_newest_screen_is_in_view(product: Product, browser: Browser) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU", viewport=PHONE), product.address)
    await citizen.say(STORY)
    await citizen.press("Даю согласие")
    await expect(citizen.button("Все темы…")).to_be_in_viewport()
    await citizen.page.reload()
    await expect(citizen.button("Все темы…")).to_be_in_viewport()


async def test_a_link_with_a_language_changes_the_conversation_too(product: Product, browser: Browser) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU", viewport=PHONE), product.address)
    await citizen.say(STORY)
    await citizen.sees("Сообщение у нас")
    await citizen.page.goto(f"{product.address}/?lang=en")
    await citizen.sees("We have your message")
    await citizen.page.get_by_role("button", name="Русский").click()
    await citizen.sees("Сообщение у нас")
    await citizen.page.reload()
    await expect(citizen.page.locator("html")).to_have_attribute("lang", "ru")


async def test_a_law_and_a_number_are_not_torn_apart_at_the_end_of_a_line(product: Product, browser: Browser) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU", viewport=PHONE), product.address)
    await citizen.say(STORY)
    law = citizen.page.get_by_role("log").get_by_text(re.compile("^59-ФЗ$")).last
    await expect(law).to_be_visible()
    assert len(await law.evaluate("element => [...element.getClientRects()]")) == 1
