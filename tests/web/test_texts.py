"""Whatever is typed: an answer comes, the step stays, and what was typed stands in the chat as it was typed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.appeals.tables import appeals
from core.inbox import service as inbox
from core.text import clean_text
from tests.web.site import WORDS, Person, Site, message_id

RUSSIAN = re.compile("[а-яё]")
UNUSABLE = {
    "nothing": "",
    "spaces": "  \n\t  ",
    "NUL": "\x00",
    "controls": "\x00\x01\x08\x0b\x1b[31m\x7f\x85\x9f",
    "bidi marks alone": "\u202e\u2066\u2069\u202d",
    "byte order mark": "\ufeff",
    "a line separator": "\u2028",
    "one letter": "я",
    "a word too few": "\x00яма\u202e\ufeff",
    "4,001 characters": "я" * 4001,
    "50,000 characters": "Яма на дороге. " * 3334,
    "as much as is let in": "x" * 100_000,
    "4,001 of four bytes": "🕳" * 4001,
}
LITERAL = {
    "markup": "</script><script>alert(document.cookie)</script> <b>Яма</b> &amp; <a href='javascript:alert(1)'>тут</a>",
    "templates": "{{7*7}} ${jndi:ldap://x} {operator} %(operator)s {0} %s%n **яма** [яма](tg://user?id=1) @club1 =1+1",
    "SQL and paths": "'); DROP TABLE appeals; -- яма =cmd|' /C calc'!A0 @SUM(1+1) ../../../../etc/passwd",
    "lines and scripts": 'яма "там"\nlevel=error event=forged\n👨‍👩‍👧‍👦🏳️‍🌈🇷🇺1️⃣ Ә ө ү җ ң һ; ქართული; عربى; 漢字; ё й',
}


@pytest.fixture(params=["ru", "en"])
async def writing(request: pytest.FixtureRequest, site: Site) -> Person:
    """Somebody who is asked for the words of an appeal."""
    person = site.citizen(request.param)
    await person.begin()
    return person


async def test_a_text_that_will_not_do_is_answered_and_the_step_stays(writing: Person) -> None:
    asked, russian = await writing.step(), writing.headers["X-Lang"] == "ru"
    for name, text in UNUSABLE.items():
        sent = message_id()
        body = {"kind": "text", "id": sent, "text": text, "photos": []}
        assert (await writing.post(body)).status == 202, name
        await writing.site.quiet()
        screen = await writing.screen()
        assert await writing.step() == asked, name
        assert screen["note"], name
        assert len(screen["note"]) < 200, name
        assert russian == bool(RUSSIAN.search(screen["note"])), (name, screen["note"])
        if clean_text(text):
            mine = [item["text"] for item in await writing.items() if item["id"] == sent]
            assert mine == [clean_text(text)], name


@pytest.mark.parametrize("text", ["x" * 100_001, "я" * 99_999], ids=["in characters", "in bytes"])
async def test_more_than_is_let_in_at_all_is_refused_and_the_step_stays(writing: Person, text: str) -> None:
    asked, items = await writing.step(), await writing.items()
    answer = await writing.say(text)
    assert answer.status == 413
    assert answer.error
    assert (await writing.step(), await writing.items()) == (asked, items)


async def test_what_looks_like_code_is_kept_and_shown_as_it_is(site: Site) -> None:
    person, officials = site.citizen(), dict[str, Person]()
    for name, text in LITERAL.items():
        number = await person.file(text)
        stored = site.rows(sa.select(appeals.c.text).where(appeals.c.number == number))[0].text
        assert stored == text, name
        await person.command("card", number)
        assert " ".join(text.split()) in (await person.screen())["text"], name  # in brief
        code = site.office(number)
        official = officials.setdefault(code, officials.get(code) or await site.official(code))
        await official.command("card", number)
        assert text.replace("\n", "\n> ") in (await official.screen())["text"], name  # as a quotation


async def test_lone_surrogates_are_left_out_and_the_rest_is_kept(site: Site) -> None:
    person = site.citizen()
    body = '{"kind":"text","id":"%s","text":"Яма на дороге \\ud83d у школы \\udc00, \\ud83d\\udd73!"}' % message_id()  # noqa: UP031
    assert (await person.post(body.encode())).status == 202
    await site.quiet()
    mine = [item["text"] for item in await person.items() if item["side"] == "me"]
    assert mine == ["Яма на дороге  у школы , 🕳!"]


async def test_nothing_unclean_ever_stands_in_the_answer(site: Site) -> None:
    person = site.citizen()
    dirty = "Яма\x00 на\x1b[2J дороге\u202e у\ufeff школы\u2066, прямо\ufffe у\x9b входа\r\nи\u2028ещё"
    number = await person.file(dirty)
    stored = site.rows(sa.select(appeals.c.text).where(appeals.c.number == number))[0].text
    assert stored == clean_text(dirty) == "Яма на[2J дороге у школы, прямо у входа\nи\nещё"


async def test_the_first_words_of_a_stranger_survive_the_consent_whatever_they_are(site: Site) -> None:
    person = site.citizen()
    words = "<i>Яма</i> {name} %s на дороге у школы №5"
    await person.say(words)
    await person.choose("yes")
    number = await person.file("/appeal")  # goes on with what has been begun
    stored = site.rows(sa.select(appeals.c.text).where(appeals.c.number == number))[0].text
    assert stored == words


async def test_a_command_in_words_with_odd_arguments_is_only_a_command(site: Site) -> None:
    person = site.citizen("ru")
    hostile = ("/card ../../etc", "/card 1'--", "/nothing", "/rate 1.5.6", "/rate -1", "/my 99999999", "/resume x")
    links = ("/open", "/open 1", "/open ../../etc.passwd", "/open 482135790.K7MP4QXA", "/open '.'--", "/find x")
    for words in (*hostile, *links):
        answer = await person.say(words)
        assert answer.status == 202, words
        assert (await person.screen())["text"], words
    assert json.dumps(await person.items(), ensure_ascii=False)


async def test_what_a_browser_repeats_after_the_inbox_has_forgotten_it_changes_nothing(site: Site) -> None:
    """A phone that was switched off for a month sends what it still has in its queue."""
    citizen = site.citizen()
    body = {"id": message_id(), "kind": "text", "text": WORDS}
    assert (await citizen.post(body)).status == 202
    await site.quiet()
    before = await citizen.items()
    site.db.write(lambda tx: inbox.prune(tx, site.clock() + timedelta(days=30))).result()
    assert (await citizen.post(body)).status == 202
    await site.quiet()
    assert await citizen.items() == before
