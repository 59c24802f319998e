"""A page of somebody else frames nothing of ours, and no words of people run in the browser of an official."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, FilePayload, expect

from tests.browser.people import a_citizen, a_document, an_official, file
from tests.browser.product import Product

PAYLOADS = (
    "<script>window.ran = 1</script>",
    '<img src=x onerror="window.ran = 2"><svg onload="window.ran = 3">',
    '"\'><iframe srcdoc="<script>parent.ran = 4</script>"></iframe>',
    '<a href="javascript:window.ran = 5">here</a> javascript:window.ran=6 data:text/html,<script>alert(7)</script>',
    '</textarea></title></style><details open ontoggle="window.ran = 8"><math><mi xlink:href="javascript:alert(9)">',
    "{{constructor.constructor('window.ran = 10')()}} ${window.ran = 11} <template><b></b></template>",
)
NAME = 'Смета"><img src=x onerror="window.ran = 12"><!--\u202efdp.pdf'
KEPT = "Смета img src=x onerror= window.ran = 12 !--fdp.pdf"
MADE = "script,img[src=x],svg[onload],iframe,math,details,a[href^=javascript]"
FOUND = f"""() => ({{
    ran: window.ran ?? null,
    made: document.querySelector("[role=log]").querySelectorAll("{MADE}").length,
}})"""


async def test_nothing_that_is_typed_runs_or_becomes_markup_on_any_page(
    product: Product, browser: Browser, browser_context: BrowserContext, tmp_path: Path
) -> None:
    """Neither of what the citizen writes, nor of what the official does, nor of the name of a file."""
    citizen = await a_citizen(browser_context, product.address)
    asked: list[Dialog] = []
    citizen.page.on("dialog", lambda dialog: asked.append(dialog))  # noqa: PLW0108 - it wants a function of its own
    await citizen.page.locator("#files").set_input_files([called(tmp_path, NAME)])
    await expect(citizen.page.locator("#thumbs .ready")).to_have_count(1)
    await citizen.say(hostile("Яма"))
    await file(citizen)
    official = await an_official(browser, product)
    official.page.on("dialog", lambda dialog: asked.append(dialog))  # noqa: PLW0108 - it wants a function of its own
    said = await citizen.page.get_by_role("log").get_by_text("Готово!").last.text_content()
    number = re.search(r"\d{3}-\d{3}-\d{3}", said or "")
    assert number
    await official.say(number[0])
    await official.sees(begun("Яма"))
    await official.sees(KEPT)
    await official.press("Добавить заметку")
    await official.say(hostile("Заметка"))
    await official.press("Открыть сообщение")
    await official.sees(begun("Заметка"))
    await official.press("Спросить автора")
    await official.say(hostile("Вопрос"))
    await official.press("Отправить")
    await citizen.sees(begun("Вопрос"))
    await citizen.press("Ответить")
    await citizen.say(hostile("Реплика"))
    await citizen.press("Отправить ответ")
    await citizen.sees("передан тем, кто спрашивал")
    await official.press("Открыть сообщение")  # by night nobody tells an official of it
    await official.sees(begun("Реплика"))
    await official.press("Ответить")
    await official.say(hostile("Ответ"))
    await official.press("Отправить")
    await citizen.sees(begun("Ответ"))
    for person in (citizen, official):
        assert await person.page.evaluate(FOUND) == {"ran": None, "made": 0}
        await person.page.reload()  # all of it is shown anew
        await person.sees(begun("Ответ"))
        assert await person.page.evaluate(FOUND) == {"ran": None, "made": 0}
    assert not asked


def begun(what: str) -> str:
    return f"{what} на Садовой улице у школы. {PAYLOADS[0]}"


def hostile(what: str) -> str:
    return "\n".join((begun(what), *PAYLOADS[1:]))


def called(folder: Path, name: str) -> FilePayload:
    """As no disk would have it."""
    return {"name": name, "mimeType": "application/pdf", "buffer": a_document(folder).read_bytes()}


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
