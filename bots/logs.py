"""Logs are events with fields, one line each, as text or as JSON. Whatever is written, by whatever library, passes one
filter. Of an exception they tell what it was and where, never its words: those may hold what a person has written."""

from __future__ import annotations

import errno
import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import structlog

HIDDEN = "[hidden]"
_PATTERNS = (
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),  # a password in an address
    re.compile(r"(?i)(?<=bearer )[\w.~+/=-]+"),
    re.compile(r"(?<=/enter/)[\w-]+"),
    re.compile(r"(?<=ticket=)[\w-]+"),
    re.compile(r"(?<=otklik_desk=)[\w-]+"),
    re.compile(r"\d{5,}(:|%3A)[\w-]{30,}"),  # core.telegram.org/bots/api#authorizing-your-bot
    re.compile(r"(?<=enter_)[\w-]{20,}"),  # the same token as /enter/, in a link to a bot
    re.compile(r"(?<=access_token=)[\w.-]+"),
    re.compile(r"(?<=[?&]key=)[\w.-]+"),  # of VK's Long Poll: it reads what people write
    re.compile(r"vk1\.\w\.[\w.-]+"),
    re.compile(r"(?<=exception=)[A-Za-z_][\w.]*\(.*\)(?=>)"),  # asyncio names a task with the words of its exception
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""One event is one line, whatever it holds."""


PARSER = "aiohttp.http_exceptions"
"""Where its faults are named: by name, since not every command needs a server."""
OURS = ("bots", "core", "dialogs")
_AT_LEAST = {
    "aiohttp.access": logging.WARNING,  # it would name what people open
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,  # with less, every row is written down
    "aiogram": logging.INFO,
    "vkbottle": logging.INFO,
    "psycopg": logging.INFO,
    "asyncio": logging.INFO,
}
_ORDER = ["timestamp", "level", "logger", "event"]
_RENDERED: dict[str, list[Any]] = {
    "text": [structlog.processors.LogfmtRenderer(key_order=_ORDER, drop_missing=True, bool_as_flag=False)],
    "json": [
        lambda logger, name, fields: {key: fields[key] for key in (*_ORDER, *fields) if key in fields},
        structlog.processors.JSONRenderer(),  # in ASCII, so that nothing in it ends a line
    ],
}


class Filter(logging.Formatter):
    """Formats, tracebacks included, and then hides what looks like a secret or is one that we were given."""

    def __init__(self, inner: logging.Formatter, secrets: Sequence[str]) -> None:
        super().__init__()
        self._inner = inner
        written = {form for secret in secrets if len(secret) > 3 for form in _forms(secret)}
        self._secrets = sorted(written, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], self.hide(self._inner.format(record)))

    def hide(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern in _PATTERNS:
            text = pattern.sub(HIDDEN, text)
        return text


def _no_fault_of_ours(record: logging.LogRecord) -> bool:
    """What is no HTTP comes from scanners, many times a day: a line that nobody has to look at."""
    if record.exc_info and type(record.exc_info[1]).__module__ == PARSER:
        record.levelno, record.levelname, record.exc_info = logging.INFO, "INFO", None
    return True


def _forms(secret: str) -> Iterator[str]:
    """As it stands alone, in a repr, in JSON, and within quotes."""
    for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1]):
        yield form
        yield form.replace("\\", "\\\\").replace('"', '\\"')


def told(error: BaseException | None, known: tuple[BaseException, ...] = ()) -> str:
    """What was raised and where, with all that led to it."""
    if error is None or error in known:
        return ""
    orig = getattr(error, "orig", None) or error
    code = getattr(orig, "sqlstate", None) or errno.errorcode.get(getattr(orig, "errno", None) or 0, "")
    name = f"{type(error).__qualname__} ({code})" if code else type(error).__qualname__
    here = "".join((name, "\n", *traceback.format_tb(error.__traceback__)))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    within = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "".join(told(one, (*known, error)) for one in (before, *within)) + here


def set_up(secrets: Sequence[str], stream: Any = None, *, form: str = "text", level: str = "info") -> None:
    """For the whole process: our events, those of libraries, and exceptions that nobody has caught. `level` is for our
    own: what libraries say when they are talkative holds what people have written."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(lambda exc_info: told(exc_info[1])),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    rendered = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_RENDERED[form],
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Filter(rendered, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, least in _AT_LEAST.items():
        logging.getLogger(name).setLevel(least)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.getLogger("aiohttp.server").addFilter(_no_fault_of_ours)
    sys.excepthook = lambda kind, error, trace: root.critical("crashed", exc_info=(kind, error, trace))
    threading.excepthook = lambda args: root.critical("crashed", exc_info=args.exc_value)
