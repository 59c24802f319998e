"""The operators' page in a real browser: without JavaScript, by keyboard alone, and for everybody."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from core.outbox.types import State
from tests.browser.people import DESKTOP, PHONE
from tests.browser.test_access import SIDEWAYS, well
from tests.ops.desk import TELEGRAM, opened, ops
from tests.ops.troubles import a_late_file, ended, quarantined
from tests.pipe.conftest import a_pipe


async def test_everybody_can_read_the_page_and_act_by_keyboard_without_javascript(
    sqlite_url: str, browser: Browser
) -> None:
    with a_pipe(sqlite_url) as pipe:
        chat = pipe.a_citizen()
        quarantined(pipe, chat), a_late_file(pipe, chat), ended(pipe, chat, State.REFUSED, "Bad Request: too long")
        async with opened(ops(pipe, **TELEGRAM)) as served:
            address = str(served.make_url("/"))
            for size, scheme in ((PHONE, "dark"), (DESKTOP, "light")):
                context = await browser.new_context(viewport=size, color_scheme=scheme, locale="ru-RU")  # type: ignore[arg-type]
                page = await context.new_page()
                for path in ("", "release/update/1"):
                    await page.goto(address + path)
                    await well(page)
                    assert not await page.evaluate(SIDEWAYS)
            context = await browser.new_context(java_script_enabled=False, locale="en-US")
            page = await context.new_page()
            await page.goto(address)
            await page.get_by_role("link", name="Serve again: Update № 1").press("Enter")
            await page.get_by_role("button", name="Serve again").press("Enter")
            await expect(page.get_by_role("status")).to_have_text("Done. It is on record.")
        assert pipe.rows("inbox", "state") == ["new"]
