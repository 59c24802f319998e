"""Logs as JSON: one object a line, whatever is logged; each update leaves a way that can be followed; and nothing in it
is of a person, even where everything is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bots import logs
from tests.messengers.bench import bench
from tests.web.site import Log, logged

NAME, PHONE, STREET, WORD = "Кенар", "000-13-37", "Канарейкина", "канареечно"
SOWN = (NAME, PHONE, STREET, WORD)
WORDS = f"На улице {STREET}, 5 яма, {WORD}. Звоните: +7 912 {PHONE}, {NAME} {STREET[:-1]}"


@pytest.fixture
def talkative() -> Iterator[Log]:
    """Everything is told, as JSON."""
    with logged() as log:
        logs.set_up((), log, form="json", level="debug")
        logging.getLogger().setLevel(logging.DEBUG)
        yield log


def told(log: Log) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@given(words=st.text(), more=st.dictionaries(st.text(min_size=1), st.text() | st.integers() | st.binary()))
def test_whatever_is_logged_is_one_object_on_one_line(words: str, more: dict[str, Any]) -> None:
    with logged(('pa"ss\\wörd',)) as log:
        logs.set_up(('pa"ss\\wörd',), log, form="json")
        structlog.get_logger("bots.test").info("event", words=words, nested=more)
        logging.getLogger("library").warning("%s", words)
        structlog.get_logger("bots.test").info("event", words=f'{words}pa"ss\\wörd')
        ours, theirs, secret = told(log)
    assert list(ours)[:4] == ["timestamp", "level", "logger", "event"]
    assert (ours["logger"], theirs["logger"], theirs["level"]) == ("bots.test", "library", "warning")
    assert "wörd" not in secret["words"] and secret["words"].endswith("[hidden]")


def test_only_who_asks_for_every_line_gets_it() -> None:
    for level, lines in (("info", 1), ("debug", 2)):
        with logged() as log:
            logs.set_up((), log, level=level)
            for logger in ("bots.test", "sqlalchemy.engine.Engine"):
                structlog.get_logger(logger).debug("row", words=WORDS)
            structlog.get_logger("bots.test").info("event")
        assert len(log.getvalue().splitlines()) == lines


@pytest.mark.parametrize("way", ["web", "telegram webhook", "vk callback"])
async def test_a_dialog_leaves_a_way_to_follow_and_nothing_of_the_person(
    way: str, demo_url: str, tmp_path: Path, talkative: Log
) -> None:
    async with bench(demo_url, tmp_path, talkative, way) as there:
        phone = there.person()
        await phone.start()
        await phone.say(WORDS)
        await phone.until(lambda phone: any("согласие" in one.text for one in phone.bubbles if not one.mine), 60)
        await there.site.quiet()
    said, known = talkative.getvalue(), told(talkative)
    written = json.dumps(known, ensure_ascii=False)
    assert not [word for word in SOWN if word in written or word in said]
    peer = getattr(phone, "peer", "") or ""
    assert not peer or str(peer) not in written
    stored = [key for one in known if one["event"] == "stored" for key in one["updates"]]
    heard = {one["update"]: one for one in known if one["event"] == "heard"}
    sent = [one for one in known if one["event"] == "sent"]
    assert stored and set(stored) == set(heard)
    assert any(one["key"].startswith(f"move:{heard[stored[-1]]['inbox']}:") for one in sent)
    assert all("request" in one for one in known if one["event"] == "stored")
