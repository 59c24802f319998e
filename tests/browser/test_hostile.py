"""A page of somebody else frames nothing of ours, and no words of people run in the browser of an official."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog

from tests.browser.people import a_citizen, an_official, file
from tests.browser.product import Product

PAYLOADS = (
    "<script>window.ran = 1</script>",
    '<img src=x onerror="window.ran = 2"><svg onload="window.ran = 3">',
    '"\'><iframe srcdoc="<script>parent.ran = 4</script>"></iframe>',
    '<a href="javascript:window.ran = 5">here</a> javascript:window.ran=6 data:text/html,<script>alert(7)</script>',
    '</textarea></title></style><details open ontoggle="window.ran = 8"><math><mi xlink:href="javascript:alert(9)">',
    "{{constructor.constructor('window.ran = 10')()}} ${window.ran = 11} <template><b></b></template>",
)
MADE = "script,img[src=x],svg[onload],iframe,math,details,a[href^=javascript]"
FOUND = f"""() => ({{
    ran: window.ran ?? null,
    made: document.querySelector("[role=log]").querySelectorAll("{MADE}").length,
}})"""


async def test_nothing_that_is_typed_runs_or_becomes_markup_on_any_page(
    product: Product, browser: Browser, browser_context: BrowserContext
) -> None:
    citizen = await a_citizen(browser_context, product.address)
    asked: list[Dialog] = []
    citizen.page.on("dialog", lambda dialog: asked.append(dialog))  # noqa: PLW0108 - it wants a function of its own
    await citizen.say("Яма на Садовой улице у школы. " + "\n".join(PAYLOADS))
    await file(citizen)
    official = await an_official(browser, product)
    official.page.on("dialog", lambda dialog: asked.append(dialog))  # noqa: PLW0108 - it wants a function of its own
    said = await citizen.page.get_by_role("log").get_by_text("Готово!").last.text_content()
    number = re.search(r"\d{3}-\d{3}-\d{3}", said or "")
    assert number
    await official.say(number[0])
    await official.sees("window.ran = 1")
    for person in (citizen, official):
        assert await person.page.evaluate(FOUND) == {"ran": None, "made": 0}
    assert not asked


def heard(said: list[str], message: ConsoleMessage) -> None:
    said.append(message.text)


@contextmanager
def a_foreign_page(folder: Path, framed: str) -> Iterator[str]:
    """On an origin of its own."""
    (folder / "index.html").write_text(f"<!doctype html><title>x</title><iframe id=f src='{framed}'></iframe>")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()
        serving.join()


async def test_no_foreign_page_frames_the_chat_or_the_desk(
    product: Product, browser_context: BrowserContext, tmp_path: Path
) -> None:
    for path in ("/", "/desk"):
        page = await browser_context.new_page()
        said: list[str] = []
        page.on("console", partial(heard, said))
        with a_foreign_page(tmp_path, product.address + path) as address:
            await page.goto(address, wait_until="load")
            inner = page.frames[1]
            assert inner.url.startswith("chrome-error:"), inner.url
            assert any("frame-ancestors" in words or "X-Frame-Options" in words for words in said), said
        await page.close()
