"""The whole life of an appeal over HTTP: asked and replied, added to, passed on, declined, taken back, looked at again,
opened from elsewhere, and all of a person deleted. Each walk meets an error on its way and recovers."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any

import sqlalchemy as sa

from core.appeals.tables import appeal_remarks, appeals
from core.authorities.tables import authorities
from core.citizens.tables import citizens
from core.ratings.tables import ratings
from tests.web.site import REPLY, WORDS, Person, Site

QUESTION = "Which house is it opposite to? Please send a photo."


def status_of(site: Site, number: str) -> str:
    return str(site.rows(sa.select(appeals.c.status).where(appeals.c.number == number))[0].status)


def authority_of(site: Site, number: str) -> str:
    there = sa.select(authorities.c.code).join(appeals, appeals.c.authority_id == authorities.c.id)
    return str(site.rows(there.where(appeals.c.number == number))[0].code)


async def told(person: Person, words: str) -> dict[str, Any]:
    """The push that says so."""
    found = [item for item in await person.items() if item["push"] and words in item["text"]]
    assert found, f"nobody was told «{words}»"
    return found[-1]


async def asked(site: Site, number: str) -> Person:
    official = await site.official(site.office(number))
    await official.command("ask", number)
    await official.say("?")
    assert (await official.screen())["note"], "too short a question is refused, and the form stays"
    await official.say(QUESTION)
    await official.choose("yes")
    return official


async def test_a_question_is_asked_and_replied_to_with_a_photo(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    official = await asked(site, number)
    assert status_of(site, number) == "clarify"
    assert QUESTION in (await told(person, "There is a question"))["text"]
    await person.press(f"reply:{number}")
    await person.say("Opposite house 12.", await person.photo())
    await person.choose("yes")
    assert status_of(site, number) == "in_work"
    assert "Opposite house 12." in (await told(official, "has replied"))["text"]
    await official.command("card", number)
    assert (await official.screen())["photos"], "the photo stands on the card"
    await person.press(f"reply:{number}")
    assert "Nobody waits" in (await person.screen())["text"]


async def test_words_after_filing_are_added_or_begin_a_new_message(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    await person.say("And the street lamp beside it is broken as well.")
    screen = await person.screen()
    assert any("Add to No." in button["label"] for button in screen["buttons"]), screen
    await person.choose()
    assert site.rows(sa.select(appeal_remarks.c.text))[-1].text == "And the street lamp beside it is broken as well."
    assert "It is added" in (await person.screen())["text"]
    await person.say("A dog bit a child in the yard of Mira 3 today.")
    await person.choose("appeal:")
    await person.choose()  # a category: the words came along
    assert "dog" not in str(site.rows(sa.select(appeal_remarks.c.text)))
    second = await person.file_on()
    assert second != number
    assert site.rows(sa.select(appeals.c.text).where(appeals.c.number == second))[0].text.startswith("A dog bit")


async def test_thanks_are_answered_and_begin_nothing(site: Site) -> None:
    person = site.citizen("ru")
    await person.say("Спасибо!!! 🙏")
    assert (await person.screen())["text"].startswith("Пожалуйста")
    assert not site.rows(sa.select(appeals.c.id).where(appeals.c.text.contains("Спасибо")))


async def test_it_is_passed_on_and_the_new_authority_answers(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    before = authority_of(site, number)
    coordinator = await site.official({"roads": "orlova", "city": "petrov"}[before])
    other = {"roads": "city", "city": "roads"}[before]
    await coordinator.command("redirect", number)
    await coordinator.say("no such organization anywhere")
    assert "No organization has" in (await coordinator.screen())["text"]
    await coordinator.choose("/back")
    await coordinator.say({"city": "города", "roads": "транспорта"}[other])
    await coordinator.choose()
    await coordinator.say("This street belongs to them since May.")
    await coordinator.choose("yes")
    assert authority_of(site, number) == other
    assert "since May" in (await told(person, "we have passed it on"))["text"]
    await coordinator.command("card", number)
    assert WORDS not in (await coordinator.screen())["text"], "it is not theirs to see any more"
    await site.answered(number)
    assert REPLY in (await told(person, "Here is the answer"))["text"]


async def test_it_is_declined_with_a_reason_that_says_what_to_do(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    coordinator = await site.official({"roads": "orlova", "city": "petrov"}[authority_of(site, number)])
    await coordinator.command("reject", number)
    await coordinator.choose("no_facts")
    await coordinator.choose("skip")
    await coordinator.choose("yes")
    assert status_of(site, number) == "rejected"
    push = await told(person, "was not taken")
    assert "what happened, where and when" in push["text"]
    executor = await site.official({"roads": "belov", "city": "kim"}[authority_of(site, number)])
    await executor.command("reject", number)
    assert "cannot decline" in (await executor.screen())["text"]


async def test_it_is_taken_back_and_the_official_is_told(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    official = await site.official(site.office(number))
    await official.command("take", number)
    await person.press(f"withdraw:{number}")
    await person.choose("yes")
    assert status_of(site, number) == "withdrawn"
    await told(official, "has taken it back")
    await official.command("answer", number)
    assert "nothing to answer" in (await official.screen())["text"]


async def test_a_low_rating_asks_why_and_the_person_decides_to_have_it_looked_at_again(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    await site.answered(number)
    await person.press(f"rate:{number}.1")
    assert [row.score for row in site.rows(sa.select(ratings.c.score).order_by(ratings.c.id))][-1] == 1
    await person.say("The hole is there again after the rain.")
    await person.choose("again")
    assert status_of(site, number) == "reopened"
    await site.answered(number)
    await person.press(f"rate:{number}.2")
    await person.choose("skip")
    await person.choose("again")
    assert authority_of(site, number) == "krai", "the second time it goes to the curator"
    curator = await site.official("sokolova")
    await curator.command("answer", number)
    await curator.say("We have sent our own engineers.")
    await curator.choose("yes")
    await person.press(f"rate:{number}.1")
    await person.choose("skip")
    assert "looked at once more" not in (await person.screen())["text"], "there is no third time"
    assert status_of(site, number) == "closed"


async def test_number_and_code_open_it_from_anywhere_and_wrong_ones_do_not(site: Site) -> None:
    person, elsewhere = site.citizen(), site.citizen()
    number = await person.file()
    code = site.rows(sa.select(appeals.c.code).where(appeals.c.number == number))[0].code
    await elsewhere.command("find")
    await elsewhere.say("12")
    assert (await elsewhere.screen())["note"]
    await elsewhere.say(f"№ {number[:3]}-{number[3:6]} {number[6:]}")
    await elsewhere.say("AAAA-AAAA")
    assert "do not fit" in (await elsewhere.screen())["text"]
    assert WORDS not in str(await elsewhere.items())
    await elsewhere.command("open", f"{number}.{code}")
    await elsewhere.choose("yes")
    await elsewhere.command("card", number)
    assert WORDS in (await elsewhere.screen())["text"]
    await site.answered(number)
    await elsewhere.press(f"rate:{number}.5")
    assert site.rows(sa.select(ratings.c.score).order_by(ratings.c.id))[-1].score == 5


async def test_cards_keep_true_and_a_revoked_officials_card_becomes_a_stub(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    official = await site.official(site.office(number))
    await official.command("card", number)
    colleague = await site.official(next(c for c in ("orlova", "belov", "petrov", "kim") if c != site.office(number)))
    await person.command("card", number)
    assert "registered" in (await person.screen())["text"]
    await colleague.command("card", number)
    await official.press(f"take:{number}")
    await site.quiet()
    assert "in work" in (await person.screen())["text"], "the card of the citizen has followed"


async def test_all_of_a_person_is_gathered_and_then_deleted(site: Site) -> None:
    person = site.citizen()
    number = await person.file()
    await person.command("mydata")
    async with asyncio.timeout(10):
        while not any(item["documents"] for item in await person.items()):
            await site.quiet()
    document = next(item["documents"][0] for item in await person.items() if item["documents"])
    link = await person.post(b"", f"/files/{document['ref']}/link")
    assert link.status == 200, link
    file = await site.call("GET", link.json["url"])
    assert file.status == 200
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        assert WORDS in archive.read("data.json").decode()
    await person.command("delete")
    await person.choose("yes")
    async with asyncio.timeout(10):
        while not site.rows(sa.select(citizens.c.id).where(citizens.c.erased_at.is_not(None))):
            await site.quiet()
    assert await person.items() == []
    assert status_of(site, number) == "withdrawn"
    await person.say(WORDS)
    assert any(key.startswith("yes") for key in (await person.step())[1]), "we meet as strangers: consent is asked"
