from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.people import DESKTOP, PHONE, STORY, Person, a_citizen
from tests.browser.product import Product

Scheme = Literal["light", "dark"]


async def violations(page: Page) -> list[str]:
    """What axe-core finds; it is run as a script of the test, so that the page keeps its policy."""
    found: Any = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
async def test_no_screen_violates_the_rules_of_accessibility(
    product: Product, browser: Browser, scheme: Scheme, size: str
) -> None:
    context = await browser.new_context(
        locale="ru-RU", color_scheme=scheme, viewport=PHONE if size == "phone" else DESKTOP, reduced_motion="reduce"
    )
    citizen = await a_citizen(context, product.address)
    assert await violations(citizen.page) == []
    await citizen.say(STORY)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    assert await violations(citizen.page) == []
    await citizen.press("Даю согласие")
    await citizen.say("нет такой кнопки")
    await citizen.sees("Выберите, пожалуйста")
    assert await violations(citizen.page) == []
    desk = await context.new_page()
    await desk.goto(product.entries["Петров Сергей Андреевич"])
    assert await violations(desk) == []
    await desk.get_by_role("button", name="Войти").click()
    await Person(desk).press("Новые: …")
    await Person(desk).sees("Сначала те, чей срок ближе")
    assert await violations(desk) == []
    await desk.goto(f"{product.address}/nowhere")
    assert await violations(desk) == []


async def test_at_200_percent_nothing_has_to_be_scrolled_sideways(product: Product, browser: Browser) -> None:
    """WCAG 1.4.10: 320 CSS pixels are 1280 at 400 %, and a phone of 360 at 200 % has 180."""
    context = await browser.new_context(locale="ru-RU", viewport={"width": 320, "height": 480})
    citizen = await a_citizen(context, product.address)
    await citizen.say("Я" * 500 + " яма на дороге")
    await expect(citizen.button("Даю согласие")).to_be_visible()
    wide = await citizen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
