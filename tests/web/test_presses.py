"""Forged, foreign, stale and doubled presses: an answer comes, and nothing is done that was not asked for."""

from __future__ import annotations

import asyncio
import secrets

import pytest
import sqlalchemy as sa

from core.appeals.tables import appeals
from core.ratings.tables import ratings
from tests.web.site import WORDS, Person, Site, key_of

FORGED = {
    "nothing": "",
    "a run that never was": "~zzzz1~0~yes",
    "a negative screen": "~1~-1~yes",
    "an enormous screen": "~1~99999999999999999999~yes",
    "digits that are none": "~1~²~yes",
    "half a form's button": "~1~0",
    "only tildes": "~~~~~~",
    "an unknown view": "nothing:1",
    "no name": ":",
    "the engine's own keys": "/back",
    "an order to go on with nothing": "resume:",
    "somebody's run to go on with": "resume:1",
    "SQL": "card:1' OR '1'='1",
    "a path": "card:../../etc/passwd",
    "NUL and bidi": "card:\x00\u202e1",
    "64 bytes": "card:" + "1" * 59,
    "65 bytes": "card:" + "1" * 60,
    "65 bytes of letters": "card:" + "ж" * 30,
    "1,000 bytes": "x" * 1000,
    "a page that is far": "my:999999",
    "a page that is none": "my:-1",
    "digits of another script": "my:٣",
    "a staff view": "queue:new",
    "a staff form": "take:123456789",
}


@pytest.fixture
async def choosing(site: Site) -> Person:
    """Somebody in the middle of an appeal, with a choice on the screen."""
    person = site.citizen("ru")
    await person.say(WORDS)
    await person.choose("yes")
    return person


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_press_is_answered_and_nothing_is_lost(choosing: Person, name: str) -> None:
    asked = await choosing.step()
    answer = await choosing.press(FORGED[name])
    assert answer.status == 202
    await choosing.command("appeal")  # goes on where it was, whatever has been shown meanwhile
    assert await choosing.step() == asked


async def test_a_thousand_and_one_bytes_are_refused_and_the_step_stays(choosing: Person) -> None:
    asked, items = await choosing.step(), await choosing.items()
    answer = await choosing.press("x" * 1001)
    assert answer.status in (400, 413)
    assert answer.error
    assert (await choosing.step(), await choosing.items()) == (asked, items)


async def test_random_presses_are_all_answered(choosing: Person) -> None:
    asked, dice = await choosing.step(), secrets.SystemRandom()
    for _ in range(25):
        data = "".join(
            chr(dice.choice((*range(0x20, 0x7F), 0x7E, 0x3A, 0x430, 0x1F600))) for _ in range(dice.randrange(80))
        )
        assert (await choosing.post({"kind": "press", "data": data})).status == 202, data
    await choosing.site.quiet()
    await choosing.command("appeal")
    assert await choosing.step() == asked


async def test_a_button_of_somebody_elses_form_does_nothing(site: Site, choosing: Person) -> None:
    theirs, mine = await choosing.buttons(), site.citizen()
    await mine.command("help")
    for data in theirs:
        if data.startswith("~"):
            assert (await mine.press(data)).status == 202
    before = await choosing.step()
    assert site.rows(sa.select(sa.func.count()).select_from(appeals).where(appeals.c.text == WORDS))[0][0] == 0
    await choosing.command("appeal")
    assert await choosing.step() == before


async def test_a_stale_press_shows_where_we_are_and_why(choosing: Person) -> None:
    old = await choosing.buttons()
    await choosing.choose()  # one of the categories
    asked = await choosing.step()
    for data in old[1:3]:
        await choosing.press(data)
        assert await choosing.step() == asked
        assert (await choosing.screen())["note"]


async def test_two_presses_at_once_do_the_thing_once(site: Site) -> None:
    """Down to the last button, each is pressed twice, and the last one files."""
    person = site.citizen()
    await person.say(WORDS)
    for _ in range(8):
        live = [data for data in await person.buttons() if data.startswith("~")]
        if not live:
            break
        wanted = next((data for data in live if key_of(data).startswith(("yes", "skip", "done"))), live[0])
        both = await asyncio.gather(*(person.post({"kind": "press", "data": wanted}) for _ in range(2)))
        assert [answer.status for answer in both] == [202, 202]
        await site.quiet()
    assert site.rows(sa.select(sa.func.count()).select_from(appeals).where(appeals.c.text == WORDS))[0][0] == 1


async def test_the_same_message_twice_at_once_is_one_message(site: Site) -> None:
    person = site.citizen()
    body = {"kind": "text", "id": "the-same-message-1", "text": WORDS}
    both = await asyncio.gather(*(person.post(body) for _ in range(5)))
    assert {answer.status for answer in both} == {202}
    await site.quiet()
    assert [item["text"] for item in await person.items() if item["side"] == "me"] == [WORDS]


async def test_a_rating_that_is_none_is_refused_and_a_good_one_counts_once(site: Site) -> None:
    person = site.citizen("ru")
    number = await person.file()
    await site.answered(number)
    for wrong in ("0", "6", "-1", "5.0", "٣", "", "99999999999999999999", "5.", "пять", "null"):
        assert (await person.press(f"rate:{number}.{wrong}")).status == 202, wrong
        assert not site.rows(sa.select(ratings)), wrong
    await person.press(f"rate:{number}.0")
    for wrong in ("6", "0", "-1", "5.0", "шесть", "1e1", "<b>5</b>", "5 5"):
        await person.say(wrong)
        assert (await person.screen())["note"], wrong
        assert not site.rows(sa.select(ratings)), wrong
    presses = (person.post({"kind": "press", "data": f"rate:{number}.5"}) for _ in range(3))
    assert {answer.status for answer in await asyncio.gather(*presses)} == {202}
    await site.quiet()
    await person.press(f"rate:{number}.1")
    assert [row.score for row in site.rows(sa.select(ratings.c.score))] == [5]


async def test_another_persons_number_opens_nothing_in_any_view_or_form(site: Site) -> None:
    owner, other = site.citizen(), site.citizen()
    number = await owner.file()
    await site.answered(number)
    for data in (f"card:{number}", f"rate:{number}", f"rate:{number}.5", f"take:{number}", f"answer:{number}"):
        await other.press(data)
        await other.command(*data.split(":"))
    said = " ".join(item["text"] + (item["note"] or "") for item in await other.items() if item["side"] == "them")
    assert WORDS not in said
    assert "The pothole has been filled" not in said
    assert not site.rows(sa.select(ratings).where(ratings.c.score == 5))
    assert site.rows(sa.select(appeals.c.status).where(appeals.c.number == number))[0].status == "answered"


async def test_an_official_of_another_authority_does_nothing_to_an_appeal(site: Site) -> None:
    number = await site.citizen().file()
    code = next(code for code in ("orlova", "petrov") if code != site.office(number))
    stranger = await site.official(code)
    for data in (f"card:{number}", f"take:{number}", f"answer:{number}"):
        await stranger.press(data)
        await stranger.say("This is an answer that must never be sent.")
    assert WORDS not in " ".join(item["text"] for item in await stranger.items())
    row = site.rows(sa.select(appeals.c.status, appeals.c.official_id).where(appeals.c.number == number))[0]
    assert tuple(row) == ("registered", None)
