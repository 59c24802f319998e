from __future__ import annotations

from playwright.async_api import Browser, BrowserContext, Request, Route, expect

from tests.browser.people import STORY, Person, a_citizen
from tests.browser.product import Product


async def bubbles(person: Person, words: str) -> None:
    """Exactly one bubble holds these words."""
    await expect(person.page.get_by_role("log").get_by_text(words)).to_have_count(1)


async def test_what_is_written_while_the_server_is_dead_arrives_once(
    own_product: Product, browser_context: BrowserContext
) -> None:
    citizen = await a_citizen(browser_context, own_product.address)
    await citizen.say(STORY)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    own_product.kill()
    await citizen.press("Даю согласие")
    await citizen.say("И ещё там не горит фонарь, очень темно.")
    await expect(citizen.page.locator("#state")).to_have_attribute("data-state", "offline")
    own_product.start()
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


async def test_eight_tabs_show_the_same_by_one_stream_and_closing_the_first_hands_it_over(
    product: Product, browser_context: BrowserContext
) -> None:
    streams = list[Request]()
    browser_context.on("request", lambda request: streams.append(request) if "/stream" in request.url else None)
    tabs = [await a_citizen(browser_context, product.address) for _ in range(8)]
    await tabs[2].say(STORY)
    for tab in tabs:
        await expect(tab.button("Даю согласие")).to_be_visible()
    await tabs[1].press("Даю согласие")
    for tab in tabs:
        await tab.sees("О чём сообщение?")
        await bubbles(tab, STORY)
    locks = await tabs[0].page.evaluate("navigator.locks.query().then((all) => [all.held.length, all.pending.length])")
    assert (locks, len(streams)) == ([1, 7], 1)  # who holds the lock holds the stream
    leader = streams[0].frame.page
    await leader.close()
    tabs = [tab for tab in tabs if tab.page is not leader]
    await tabs[0].press("Дороги")
    for tab in tabs:
        await tab.sees("Где это?")
    assert len(streams) == 2


async def test_a_double_click_is_one_press(product: Product, browser_context: BrowserContext) -> None:
    citizen = await a_citizen(browser_context, product.address)
    await citizen.say(STORY)
    await citizen.button("Даю согласие").dblclick()
    await citizen.button("Дороги").evaluate("button => (button.click(), button.click())")  # within a millisecond
    await citizen.sees("Где это?")
    await expect(citizen.page.get_by_role("log").get_by_text("более раннего экрана")).to_have_count(0)


async def test_a_used_link_says_what_to_do(product: Product, browser: Browser) -> None:
    entry = product.entry("kim")
    page = await (await browser.new_context(locale="ru-RU")).new_page()
    await page.goto(entry)
    await page.get_by_role("button", name="Войти").click()
    await page.wait_for_url("**/desk")
    response = await page.goto(entry)
    assert response is not None
    assert response.status == 410
    await expect(page.get_by_text("Попросите")).to_be_visible()


async def test_what_is_too_much_at_once_is_sent_again_when_the_time_has_passed(
    product: Product, browser_context: BrowserContext
) -> None:
    citizen, refused = await a_citizen(browser_context, product.address), 0

    async def wait_first(route: Route) -> None:
        nonlocal refused
        if refused < 2:
            refused += 1
            await route.fulfill(status=429, headers={"Retry-After": "1"}, json={"error": "Слишком много"})
        else:
            await route.continue_()

    await citizen.page.route("**/api/chat/messages", wait_first)
    await citizen.say(STORY)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    await bubbles(citizen, STORY)
    await expect(citizen.page.get_by_text("Слишком много")).to_have_count(0)
    assert refused == 2


async def test_who_is_told_the_same_second_does_not_come_back_in_it_with_all_the_others(
    product: Product, browser_context: BrowserContext
) -> None:
    citizen = await a_citizen(browser_context, product.address)
    waits: list[float] = await citizen.page.evaluate(
        """async () => {
            const chat = document.querySelector("script[type=module]").src;
            const { pause } = await import(chat.replace("chat.js", "net.js"));
            const waits = [], real = window.setTimeout;
            window.setTimeout = (then, ms) => waits.push(ms);
            for (let n = 0; n < 300; n++) pause(n < 200 ? 0 : 2, 5);
            window.setTimeout = real;
            return waits;
        }"""
    )
    first, third = waits[:200], waits[200:]
    assert min(waits) >= 5000  # never before the server has said
    assert max(first) <= 6000 < max(third)  # the oftener in vain, the wider spread
    assert len({round(wait, -2) for wait in first}) > 5  # in different tenths of a second
