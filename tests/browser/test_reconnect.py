from __future__ import annotations

from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.people import STORY, Person, a_citizen, an_official
from tests.browser.product import Product


async def bubbles(person: Person, words: str) -> None:
    """Exactly one bubble holds these words."""
    await expect(person.page.get_by_role("log").get_by_text(words)).to_have_count(1)


async def test_what_is_written_while_the_server_is_dead_arrives_once(
    product: Product, browser_context: BrowserContext
) -> None:
    citizen = await a_citizen(browser_context, product.address)
    await citizen.say(STORY)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    await product.kill()
    await citizen.press("Даю согласие")
    await citizen.say("И ещё там не горит фонарь, очень темно.")
    await expect(citizen.page.locator("#state")).to_have_attribute("data-state", "offline")
    await product.start()
    await citizen.sees("О чём сообщение?")
    await bubbles(citizen, STORY)
    await bubbles(citizen, "И ещё там не горит фонарь, очень темно.")


async def test_a_page_that_is_closed_before_the_network_is_back_sends_when_it_is_opened_again(
    product: Product, browser_context: BrowserContext
) -> None:
    citizen = await a_citizen(browser_context, product.address)
    await browser_context.set_offline(True)
    await citizen.say(STORY)
    await bubbles(citizen, STORY)
    await citizen.page.close()
    await browser_context.set_offline(False)
    again = await a_citizen(browser_context, product.address)
    await expect(again.button("Даю согласие")).to_be_visible()
    await bubbles(again, STORY)


async def test_all_tabs_show_the_same_and_one_of_them_holds_the_stream(
    product: Product, browser_context: BrowserContext
) -> None:
    tabs = [await a_citizen(browser_context, product.address) for _ in range(4)]
    await tabs[2].say(STORY)
    for tab in tabs:
        await tab.sees(STORY)
        await expect(tab.button("Даю согласие")).to_be_visible()
    await tabs[1].press("Даю согласие")
    for tab in tabs:
        await tab.sees("О чём сообщение?")
        await bubbles(tab, STORY)
    await tabs[0].page.wait_for_function(
        """async () => {
          const { held, pending } = await navigator.locks.query();
          return held.length === 1 && pending.length === 3; // who holds the lock holds the stream
        }"""
    )


async def test_a_double_click_is_one_press(product: Product, browser_context: BrowserContext) -> None:
    citizen = await a_citizen(browser_context, product.address)
    await citizen.say(STORY)
    await citizen.button("Даю согласие").dblclick()
    await citizen.button("Дороги").dblclick()
    await citizen.sees("Где это?")
    await expect(citizen.page.get_by_role("log").get_by_text("более раннего экрана")).to_have_count(0)


async def test_a_used_link_says_what_to_do(product: Product, browser: Browser) -> None:
    entry = product.entries["Ким Вера Николаевна"]
    official = await an_official(browser, entry)
    await expect(official.button("Новые: …")).to_be_visible()
    page = await (await browser.new_context(locale="ru-RU")).new_page()
    response = await page.goto(entry)
    assert response is not None
    assert response.status == 410
    await expect(page.get_by_text("Попросите")).to_be_visible()
