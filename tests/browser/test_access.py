"""WCAG 2.2 AA, as far as machines can tell: rules, sizes, sideways scrolling, what a screen reader hears and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bots.web import mailbox
from bots.web.tables import web_items
from core.clock import utc_now
from core.shown import Pinned, Shown
from tests.browser.people import DESKTOP, GAS, PHONE, STORY, Person, a_citizen, a_document, a_photo, file, no_motion
from tests.browser.product import Product

SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
SMALL = """() => [...document.querySelectorAll("button, a, input, textarea")]
  .filter((el) => el.checkVisibility() && !el.closest(".vh, .skip"))
  .filter((el) => { const box = el.getBoundingClientRect(); return box.width < 24 || box.height < 24 })
  .map((el) => el.outerHTML)"""
CUT = """() => [...document.querySelectorAll("h1, h2, #state, .text, .note, .key, .file-name, figcaption, #hello p")]
  .filter((el) => el.checkVisibility())
  .filter((el) => el.scrollWidth > el.clientWidth + 1 && getComputedStyle(el).display !== "inline")
  .map((el) => el.outerHTML)"""
SIDEWAYS = """() => ["html", "#scroll", "dialog[open]"].map((name) => document.querySelector(name))
  .some((el) => el && el.scrollWidth > el.clientWidth)"""
LISTEN = """
  window.heard = [];
  const live = (el) => {
    for (; el; el = el.parentElement) {
      const own = el.getAttribute("aria-live");
      if (own) return own;
      if (el.getAttribute("role") === "alert") return "assertive";
      if (el.getAttribute("role") === "status") return "polite";
    }
    return "off";
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes)
      for (const node of addedNodes.length ? addedNodes : [target]) {
        const how = live(node.nodeType === 1 ? node : node.parentElement);
        const sudden = node.querySelector?.("[role=alert]");
        if (how !== "off" && node.textContent) heard.push(`${how}: ${node.textContent}`);
        else if (sudden) heard.push(`assertive: ${sudden.textContent}`);
      }
  }).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""What a screen reader is told: text that comes into a live region, by the nearest word about that."""


def bring_up_to_date(product: Product, words: str, now_words: str) -> None:
    """As when an appeal changes while its card is on show."""

    def change(tx: sa.Connection) -> None:
        rows = tx.execute(sa.select(web_items).order_by(web_items.c.at.desc())).mappings()
        item = next(row for row in rows if words in row["body"]["text"])
        seen = Shown(now_words, pin=item["body"]["pin"] and Pinned(**item["body"]["pin"]))
        assert mailbox.edit(tx, item["conversation_id"], item["pos"], 10**9 + item["n"], seen, utc_now())

    with product.opened() as db:
        db.write(change).result()


async def violations(page: Page) -> list[str]:
    """What axe-core finds; it is run as a script of the test, so that the page keeps its policy."""
    found: Any = await Axe().run(page)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


async def well(page: Page) -> None:
    assert await violations(page) == []
    assert await page.evaluate(SMALL) == []


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
async def test_no_screen_violates_the_rules_of_accessibility(
    product: Product, browser: Browser, scheme: Literal["light", "dark"], size: str, tmp_path: Path
) -> None:
    viewport = PHONE if size == "phone" else DESKTOP
    context = await browser.new_context(locale="ru-RU", color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    citizen = await a_citizen(context, product.address)
    page = citizen.page
    await well(page)
    await page.locator("#files").set_input_files([a_photo(tmp_path), a_document(tmp_path)])
    await expect(page.locator("#thumbs .ready")).to_have_count(2)
    await page.locator("#words").fill(GAS)
    await well(page)
    await page.locator("#send").click()
    await expect(citizen.button("Даю согласие")).to_be_visible()
    await expect(page.get_by_role("alert").get_by_role("link", name="104")).to_be_in_viewport()
    await well(page)
    await citizen.say("нет такой кнопки")
    await citizen.sees("Такого варианта здесь нет")
    await well(page)
    await file(citizen)
    await expect(page.get_by_role("img", name="QR-код")).to_be_visible()
    await well(page)
    assert await no_motion(page)
    await page.emulate_media(forced_colors="active")
    assert await violations(page) == []
    await page.emulate_media(forced_colors="none")
    await page.get_by_role("button", name="Меню").first.click()
    await well(page)
    assert await context.cookies() == [], "a citizen has no cookies"
    await page.goto(product.entry("petrov"))
    await well(page)
    await page.get_by_role("button", name="Войти").click()
    official = Person(page)
    await official.to_desk()
    await official.press("Новые: …")
    await official.press("…-…-… …")
    await expect(official.button("Взять в работу")).to_be_visible()
    await well(page)
    await page.goto(f"{product.address}/nowhere")
    await well(page)


async def test_at_200_percent_and_with_wide_letters_nothing_is_cut_or_scrolled_sideways(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    """WCAG 1.4.10 and 1.4.12: 320 CSS pixels are 1280 at 400 %, and a phone of 360 at 200 % has 180."""
    context = await browser.new_context(locale="ru-RU", viewport={"width": 320, "height": 480}, bypass_csp=True)
    citizen = await a_citizen(context, product.address)
    page = citizen.page
    await page.add_style_tag(content=SPACED)
    await page.locator("#files").set_input_files(
        [a_document(tmp_path, "Очень длинное имя " * 8 + "без_пробелов" * 8 + ".pdf")]
    )
    await expect(page.locator("#thumbs .ready")).to_have_count(1)
    assert not await page.evaluate(SIDEWAYS)
    await citizen.say("Я" * 500 + " яма на дороге")
    await expect(citizen.button("Даю согласие")).to_be_visible()
    assert not await page.evaluate(SIDEWAYS)
    assert await page.evaluate(CUT) == []
    await file(citizen)
    assert not await page.evaluate(SIDEWAYS)
    assert await page.evaluate(CUT) == []
    await page.get_by_role("button", name="Меню").first.click()
    assert not await page.evaluate(SIDEWAYS)
    assert await page.evaluate(CUT) == []


async def test_the_focus_is_seen_and_never_behind_the_field(product: Product, browser: Browser) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU", viewport=PHONE), product.address)
    page = citizen.page
    await citizen.say(STORY)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        seen: Any = await page.evaluate(
            """() => {
              const el = document.activeElement, box = el.getBoundingClientRect();
              const middle = [box.x + box.width / 2, Math.max(box.y, 0) + Math.min(box.height, 20) / 2];
              const at = document.elementFromPoint(...middle);
              const style = getComputedStyle(el);
              return { what: el.outerHTML.slice(0, 80), whole: el.matches("body, #scroll") || el.contains(at),
                outline: el.matches("body") || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) };
            }"""
        )
        assert seen["whole"] and seen["outline"], seen


async def test_a_screen_reader_hears_each_answer_once_and_no_card_that_is_only_brought_up_to_date(
    product: Product, browser: Browser
) -> None:
    context = await browser.new_context(locale="ru-RU")
    await context.add_init_script(LISTEN)
    citizen = await a_citizen(context, product.address)

    async def heard(words: str) -> list[str]:
        said: list[str] = await citizen.page.evaluate("window.heard.splice(0)")
        return [one.partition(":")[0] for one in said if words in one]

    await citizen.say(GAS)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    all_heard: list[str] = await citizen.page.evaluate("window.heard")
    assert [one.partition(":")[0] for one in all_heard if "104" in one] == ["assertive"]
    assert await heard("Сообщение у нас") == ["polite"]
    await citizen.press("Даю согласие")
    await citizen.sees("О чём сообщение?")
    assert await heard("О чём сообщение?") == ["polite"]
    await citizen.page.reload()
    await citizen.sees("О чём сообщение?")
    assert await heard("О чём") == []  # what stood there before is read by whoever looks for it
    bring_up_to_date(product, "О чём сообщение?", "Теперь в работе")
    await citizen.comes_back()
    await citizen.sees("Теперь в работе")
    assert await heard("Теперь в работе") == []


async def test_the_conversation_reads_in_order(product: Product, browser: Browser) -> None:
    citizen = await a_citizen(await browser.new_context(locale="ru-RU"), product.address)
    await citizen.say(STORY)
    await expect(citizen.button("Даю согласие")).to_be_visible()
    await expect(citizen.page.locator("body")).to_match_aria_snapshot(
        """
        - link "Перейти к полю сообщения"
        - banner:
          - heading "Заречный край" [level=1]
          - button "English"
          - button "Меню"
        - main:
          - group "Переписка":
            - log "Переписка":
              - article:
                - text: "Вы:"
                - paragraph: /На Садовой/
              - article:
                - paragraph: /Сообщение у нас/
                - group "Варианты ответа":
                  - button "Даю согласие"
          - button "Добавить фото или документы"
          - textbox "Ваше сообщение"
          - button "Отправить"
        """
    )
