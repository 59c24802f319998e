"""The operators' page: how much is open, what is stuck, and what may be done about it. It works without JavaScript,
asks before it does anything, and shows nothing of what people have written or who they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy.exc
import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bots.ops.accounts import accounts_of
from bots.ops.context import Ops
from bots.ops.standing import standings
from bots.ops.texts import ACTS, ASKED, TROUBLES, help_for, moment, name, page_texts, seconds
from bots.web.pages import STATIC
from bots.web.visitors import language
from core.lines import LANGUAGES
from core.operations.figures import Figures, figures
from core.operations.service import act
from core.operations.stuck import MOST, stuck
from core.operations.types import Act, Kind, Stuck, Trouble
from core.speech import Speech

HERE = Path(__file__).parent
FILES = {"chat.css": STATIC, "logo.svg": STATIC, "ops.css": HERE / "static"}
TYPES = {".css": "text/css", ".svg": "image/svg+xml"}
WAKES = ("inbox", "outbox", "clock", "jobs")
"""Who may have something to do after an act."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody wants to be done to which row."""

    act: Act
    kind: Kind
    id: int


class Page:
    def __init__(self, ops: Ops) -> None:
        self._ops, self._accounts = ops, accounts_of(ops.settings)
        self._templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape())
        said = {lang: ops.speeches[lang] for lang in LANGUAGES}
        self._texts = {lang: {key: said[lang].say(text) for key, text in page_texts().items()} for lang in said}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.show),
            web.get("/{act}/{kind}/{id}", self.ask),
            web.post("/{act}/{kind}/{id}", self.do),
            web.get("/static/{name}", self.static),
        ]

    async def show(self, request: web.Request) -> web.Response:
        ops, now = self._ops, self._ops.clock()
        try:
            found = await ops.look(lambda conn: (figures(conn, now), stuck(conn, now, self._accounts)))
        except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
            log.warning("no_figures", problem=type(error).__name__)
            return self._page(request, "list.html", 503, state="away")
        known, rows = found
        speech = self._speech(request)
        return self._page(
            request,
            "list.html",
            200,
            state="stopping" if ops.draining.is_set() else "ready",
            figures=_tiles(known, speech),
            accounts=standings(ops, self._accounts, known),
            rows=[self._row(speech, one) for one in rows],
            more=len(rows) >= MOST,
            said=request.query.get("said") if request.query.get("said") in ("done", "late") else None,
        )

    def _row(self, speech: Speech, one: Stuck) -> dict[str, Any]:
        return {
            "name": speech.say(name(one.kind, one.id)),
            "about": one.about,
            "trouble": speech.say(TROUBLES[one.trouble]),
            "help": speech.say(help_for(one)),
            "since": speech.say(moment(one.since)) if one.since else "",
            "from": "until" if one.trouble is Trouble.PAUSED else "since",
            "problem": one.problem,
            "acts": [(f"/{each.value}/{one.kind.value}/{one.id}", speech.say(ACTS[each])) for each in one.acts],
        }

    async def ask(self, request: web.Request) -> web.Response:
        """Changes nothing: a browser may open it by itself."""
        asked, speech = _asked(request), self._speech(request)
        return self._page(
            request,
            "sure.html",
            200,
            name=speech.say(name(asked.kind, str(asked.id))),
            what=speech.say(ASKED[asked.act, asked.kind]),
            label=speech.say(ACTS[asked.act]),
            action=request.path,
        )

    async def do(self, request: web.Request) -> web.Response:
        asked, now = _asked(request), self._ops.clock()
        done = await self._ops.write(lambda tx: act(tx, asked.act, asked.kind, asked.id, "page", now))
        log.info("operator", act=asked.act.value, kind=asked.kind.value, id=asked.id, done=done)
        for wanted in WAKES:
            self._ops.signals.ring(wanted)
        said = "done" if done else "late"
        return web.Response(status=303, headers={"Location": f"/?said={said}"})

    async def static(self, request: web.Request) -> web.Response:
        file = request.match_info["name"]
        if file not in FILES:
            raise web.HTTPNotFound
        path = FILES[file] / file
        headers = {"Content-Type": f"{TYPES[path.suffix]}; charset=utf-8", "Cache-Control": "no-cache"}
        return web.Response(body=path.read_bytes(), headers=headers)

    def _speech(self, request: web.Request) -> Speech:
        return self._ops.speeches[language(request)]

    def _page(self, request: web.Request, template: str, status: int, **values: object) -> web.Response:
        lang = self._speech(request).lang
        html = self._templates.get_template(template).render(lang=lang, t=self._texts[lang], **values)
        return web.Response(text=html, content_type="text/html", status=status)


def _tiles(known: Figures, speech: Speech) -> list[tuple[str, int, str]]:
    """Which figure, how much, and how old."""
    leaving = [queue for queue in known.outbox if queue.state != "handed"]
    lanes = sorted({queue.lane for queue in leaving})
    by_lane = ", ".join(f"{lane} {sum(q.rows for q in leaving if q.lane == lane)}" for lane in lanes)
    return [
        ("waiting", known.inbox, speech.say(seconds(known.oldest)) if known.oldest >= 1 else ""),
        ("quarantine", known.quarantine, ""),
        ("going", sum(queue.rows for queue in leaving), by_lane),
        ("files", known.files, speech.say(seconds(known.oldest_file)) if known.oldest_file >= 1 else ""),
        ("work", known.timers_overdue + known.jobs_overdue, ""),
    ]


def _asked(request: web.Request) -> _Asked:
    info = request.match_info
    try:
        asked = _Asked(Act(info["act"]), Kind(info["kind"]), int(info["id"]))
    except ValueError:
        raise web.HTTPNotFound from None
    if (asked.act, asked.kind) not in ASKED or not (info["id"].isdecimal() and 0 < asked.id < 2**63):
        raise web.HTTPNotFound
    return asked
