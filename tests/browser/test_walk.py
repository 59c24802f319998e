from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.people import a_citizen, a_photo, an_official
from tests.browser.product import Product

STORY = "Яма у вокзала: глубокая, на дороге, вчера там пробили колесо."


async def test_a_message_with_a_photo_goes_by_keyboard_alone_to_an_answer_and_a_rating(
    product: Product, browser: Browser, browser_context: BrowserContext, tmp_path: Path
) -> None:
    """The whole product, as its users meet it; from consent to the receipt it takes at most five actions."""
    citizen = await a_citizen(browser_context, product.address)
    keyboard = citizen.page.keyboard
    await citizen.keys_to(citizen.page.locator("#attach"))
    async with citizen.page.expect_file_chooser() as chosen:
        await keyboard.press("Enter")
    await (await chosen.value).set_files(a_photo(tmp_path))
    await expect(citizen.page.locator("#thumbs img")).to_be_visible()
    await citizen.keys_to(citizen.page.locator("#words"))
    await keyboard.type(STORY)
    await keyboard.press("Enter")
    await citizen.key_press("Даю согласие")
    await citizen.key_press("Дороги")
    await citizen.key_press("Город Заречный")
    await citizen.key_press("Без адреса")
    await citizen.key_press("Отправить")
    await citizen.sees("Готово! Сообщение зарегистрировано")

    official = await an_official(browser, product)
    await official.press("Новые: …")
    await official.press("…Яма у вокзала…")
    await official.sees(STORY)
    await expect(official.page.get_by_role("log").locator("img").last).to_be_visible()
    await official.press("Ответить")
    await official.say("Яму засыпали сегодня утром, асфальт положим до конца недели.")
    await official.press("Отправить")

    await citizen.sees("Яму засыпали сегодня утром")
    await citizen.key_press("5 — отлично")
    await citizen.sees("Спасибо за оценку")
