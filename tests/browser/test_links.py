"""Personal links, entries that end, what was erased, and pages that come back from the past."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from playwright.async_api import Browser, BrowserContext, Page, Request, expect

from bots import desk
from bots.web.tables import web_boxes, web_items
from core.conversations.tables import conversations
from tests.browser.people import STORY, Person, a_citizen, an_official, file
from tests.browser.product import Product


def commands(page: Page) -> list[dict[str, Any]]:
    """What the page sends from now on that was neither typed nor pressed. Once: a page that is left before it has
    heard that it was taken sends it again under the same id."""
    sent, known = list[dict[str, Any]](), set[str]()

    def note(request: Request) -> None:
        body = json.loads(request.post_data or "{}") if request.url.endswith("/messages") else {}
        if body.get("kind") == "command" and body["id"] not in known:
            known.add(body["id"])
            sent.append({name: body[name] for name in ("name", "args")})

    page.on("request", note)
    return sent


async def test_a_personal_link_opens_its_message_once_and_does_not_stay_in_the_address(
    product: Product, browser: Browser
) -> None:
    page = await (await browser.new_context(locale="ru-RU")).new_page()
    sent = commands(page)
    await page.goto(f"{product.address}/#a=482-135-790.k7mp-4qxa")
    await expect(page.get_by_role("log").get_by_role("article").last).to_be_visible()
    assert page.url == f"{product.address}/"
    await page.evaluate("location.hash = '#a=482135790.K7MP4QXA'")  # the same link in the chat that is open
    await page.wait_for_function("!location.hash")
    await page.evaluate("location.hash = '#elsewhere'")

    await page.go_back()
    await page.reload()
    await expect(page.get_by_role("log").get_by_role("article").last).to_be_visible()
    assert [one["args"] for one in sent if one["name"] == "open"] == ["482-135-790.k7mp-4qxa", "482135790.K7MP4QXA"]


async def test_the_receipt_holds_a_link_that_opens_the_message_elsewhere(product: Product, browser: Browser) -> None:
    here = await browser.new_context(locale="ru-RU", permissions=["clipboard-read", "clipboard-write"])
    citizen = await a_citizen(here, product.address)
    await citizen.say(STORY)
    await file(citizen)
    await citizen.press("Скопировать ссылку")
    await expect(citizen.page.locator("#notice")).to_contain_text("Ссылка скопирована")
    link = str(await citizen.page.evaluate("navigator.clipboard.readText()"))
    assert link.startswith(f"{product.address}/#a=")
    page = await (await browser.new_context(locale="ru-RU")).new_page()
    await page.goto(link)
    await expect(page.get_by_role("log").get_by_role("article").last).to_contain_text("№")


async def test_a_link_with_a_code_joins_two_chats_only_after_a_press(product: Product, browser: Browser) -> None:
    one = await a_citizen(await browser.new_context(locale="ru-RU"), product.address)
    await one.say(STORY)
    await file(one)
    await one.say("/link")
    await one.sees("Напишите нам там")
    said = await one.page.get_by_role("log").get_by_role("article").last.inner_text()
    code = said.partition("код ")[2].partition("»")[0]
    other = Person(await (await browser.new_context(locale="ru-RU")).new_page())
    await other.page.goto(f"{product.address}/#join={code}")
    await other.sees("Соглашайтесь, только если этот код вы получили сами")
    assert other.page.url == f"{product.address}/"
    await other.press("Это я, соединить")
    await other.sees("Готово. Ваши сообщения теперь видны")
    await other.press("Мои сообщения")
    await other.sees("зарегистрировано")
    await one.menu("Мои сообщения")
    await one.sees("зарегистрировано")


async def test_a_desk_whose_entry_was_revoked_forgets_everything_on_the_page(
    product: Product, browser: Browser
) -> None:
    official = await an_official(browser, product, "belov")
    page = official.page
    await expect(page.get_by_role("log").get_by_role("article").last).to_be_visible()
    await page.locator("#words").fill("Черновик ответа")
    with product.opened() as db:
        desk.revoke(db, "belov")
    await expect(page.get_by_role("alert")).to_contain_text("Нужно войти ещё раз")
    await expect(page.get_by_role("log").get_by_role("article")).to_have_count(0)
    await expect(page.locator("#composer")).to_be_hidden()
    kept = await page.evaluate("Object.keys(localStorage).filter((name) => name !== 'otklik.staff.lang')")
    assert kept == []


async def test_a_chat_that_was_erased_is_empty_in_all_tabs_and_begins_anew(
    product: Product, browser_context: BrowserContext
) -> None:
    tabs = [await a_citizen(browser_context, product.address) for _ in range(2)]
    await tabs[0].say(STORY)
    for tab in tabs:
        await expect(tab.button("Даю согласие")).to_be_visible()
    await tabs[1].page.locator("#words").fill("Черновик")
    erase_the_newest(product)
    await tabs[0].comes_back()
    for tab in tabs:
        await expect(tab.page.get_by_role("log").get_by_role("article")).to_have_count(0)
        await expect(tab.page.get_by_role("button", name="Сообщить о проблеме")).to_be_visible()
        await expect(tab.page.locator("#words")).to_have_value("")
    await tabs[1].say("Новая яма у вокзала, большая")
    await tabs[0].sees("Новая яма у вокзала")
    await expect(tabs[0].button("Даю согласие")).to_be_visible()


def erase_the_newest(product: Product) -> None:
    """What an erasure does to a conversation."""

    def erase(tx: sa.Connection) -> None:
        there = tx.execute(sa.select(sa.func.max(conversations.c.id)).where(conversations.c.account == "chat")).scalar()
        for table in (web_items, web_boxes):
            tx.execute(sa.delete(table).where(table.c.conversation_id == there))
        tx.execute(sa.update(conversations).where(conversations.c.id == there).values(peer=f"erased-{there}"))

    with product.opened() as db:
        db.write(erase).result()


OLD = {
    "token": "A" * 43,
    "draft": {"text": "Черновик прошлого месяца", "photos": ["photo-of-last-month"]},
    "out.00mabcdef.0000.an-id-of-last-month": {"id": "an-id-of-last-month", "kind": "text", "text": STORY, "at": 1,
        "key": "out.00mabcdef.0000.an-id-of-last-month", "mood": "from another release"},
    "out.rubbish": "neither an entry nor anything else",
    "unheard-of": {"of": "another release"},
}  # fmt: skip


async def test_a_page_of_last_month_sends_what_it_kept_and_goes_on(
    product: Product, browser_context: BrowserContext
) -> None:
    stored = json.dumps({f"otklik.citizen.{name}": json.dumps(value) for name, value in OLD.items()})
    fill = f"if (!localStorage.length) Object.assign(localStorage, {stored})"
    await browser_context.add_init_script(fill)
    citizen = await a_citizen(browser_context, product.address)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    await expect(citizen.page.get_by_role("log").get_by_text(STORY)).to_have_count(1)
    await expect(citizen.page.locator("#words")).to_have_value("Черновик прошлого месяца")
    await expect(citizen.page.locator("#thumbs li")).to_have_count(0)  # nobody knows that photo any more
    await citizen.press("Даю согласие")
    await citizen.sees("О чём сообщение?")


async def test_the_back_button_of_the_browser_loses_nothing_and_repeats_nothing(
    product: Product, browser_context: BrowserContext
) -> None:
    citizen = await a_citizen(browser_context, product.address)
    await citizen.say(STORY)
    await citizen.press("Даю согласие")
    await citizen.sees("О чём сообщение?")
    await citizen.page.goto(f"{product.address}/nowhere")
    await citizen.page.go_back()
    await citizen.sees("О чём сообщение?")
    await expect(citizen.page.get_by_role("log").get_by_text(STORY)).to_have_count(1)
    await expect(citizen.page.locator("#state")).to_have_attribute("data-state", "online")
    await citizen.press("Дороги")
    await citizen.sees("Где это?")
