"""The piles of an official, the lists of a citizen, and what a card shows to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.actors import Citizen, Official
from core.appeals.types import (
    Act,
    AddNote,
    AddToAppeal,
    AnswerAppeal,
    AppealRow,
    AskCitizen,
    MyAppeals,
    OpenByCode,
    OpenMatters,
    Pile,
    QueuePage,
    Reason,
    RedirectAppeal,
    RejectAppeal,
    RemarkKind,
    ReopenAppeal,
    ReplyToQuestion,
    ShowAppeal,
    ShowQueue,
    Status,
    WithdrawAppeal,
)
from core.ratings.types import RateAnswer
from tests.core.conftest import World, an_appeal, card

DAY = timedelta(days=1)
REPLY = "Whoever is nearest has put it right, with sand and asphalt."


def numbers(world: World, official: Official, pile: Pile, start: int = 0, count: int = 50) -> list[str]:
    return [row.number for row in queue(world, official, pile, start, count).rows]


def queue(world: World, official: Official, pile: Pile, start: int = 0, count: int = 50) -> QueuePage:
    page: QueuePage = world.ask(official, ShowQueue(pile, start, count))
    return page


@pytest.fixture
def citizen(world: World) -> Citizen:
    return world.a_citizen()


def test_a_page_names_the_authority_of_who_looks(world: World) -> None:
    names = {who: queue(world, world.an_official(who), Pile.NEW).authority["en"] for who in ("petrov", "orlova")}
    assert names == {"petrov": "Zarechny City Administration", "orlova": "Ministry of Transport of Zarechny Krai"}


def test_every_appeal_lies_on_the_pile_of_its_status(world: World, citizen: Citizen) -> None:
    petrov, kim = world.an_official("petrov"), world.an_official("kim")
    new, reopened = world.a_filed(citizen), world.an_answered(citizen, kim)
    mine, asked = world.a_taken(citizen, petrov), world.a_filed(citizen)
    theirs, done, declined, back = (world.a_taken(citizen, kim) for _ in range(4))
    world.run(petrov, AskCitizen(asked, "Which house is it?"))
    world.run(kim, AnswerAppeal(done, REPLY))
    world.run(petrov, RejectAppeal(declined, Reason.SPAM, ""))
    world.run(citizen, WithdrawAppeal(back))
    world.run(citizen, RateAnswer(reopened, 1))
    world.run(citizen, ReopenAppeal(reopened, ""))
    piles = {pile: numbers(world, petrov, pile) for pile in Pile}
    assert piles == {
        Pile.NEW: [new, reopened],
        Pile.MINE: [mine],
        Pile.ASKED: [asked],
        Pile.OVERDUE: [],
        Pile.DONE: [back, declined, done],
    }
    assert theirs in numbers(world, kim, Pile.MINE)
    assert queue(world, petrov, Pile.NEW, 0, 0).counts == {pile: len(rows) for pile, rows in piles.items()}


def test_pages_follow_each_other_in_the_order_of_the_deadlines(world: World, citizen: Citizen) -> None:
    petrov, wanted = world.an_official("petrov"), []
    for days in range(5):
        world.now += days * DAY
        wanted.append(world.a_filed(citizen))
    world.run(petrov, RedirectAppeal(wanted[0], "roads", "It is your road."))
    world.run(world.an_official("orlova"), RedirectAppeal(wanted[0], "city", "It is not."))
    for size in (1, 2, 7):
        pages = [numbers(world, petrov, Pile.NEW, start, size) for start in range(0, 5, size)]
        assert [number for page in pages for number in page] == wanted
    for start, count in ((10**12, 10**12), (-1, -1), (0, 0)):
        assert numbers(world, petrov, Pile.NEW, start, count) == []


def test_what_is_late_is_seen_here_and_from_above_but_not_from_the_side(world: World, citizen: Citizen) -> None:
    petrov, orlova, sokolova = (world.an_official(code) for code in ("petrov", "orlova", "sokolova"))
    waiting, taken, asked = world.a_filed(citizen), world.a_taken(citizen, petrov), world.a_filed(citizen)
    world.an_answered(citizen, petrov)
    world.run(petrov, AskCitizen(asked, "Which house is it?"))
    assert not numbers(world, petrov, Pile.OVERDUE)
    world.now += 30 * DAY
    here = queue(world, petrov, Pile.OVERDUE)
    assert [(row.number, row.overdue, row.authority) for row in here.rows] == [(waiting, True, {}), (taken, True, {})]
    above = queue(world, sokolova, Pile.OVERDUE)
    assert [row.number for row in above.rows] == [waiting, taken]
    assert {row.authority["en"] for row in above.rows} == {"Zarechny City Administration"}
    assert above.counts == {"new": 0, "mine": 0, "asked": 0, "overdue": 2, "done": 0}
    assert queue(world, orlova, Pile.OVERDUE).counts["overdue"] == 0
    assert not card(world, citizen, asked).overdue
    assert card(world, citizen, waiting).overdue


def test_what_the_next_words_may_belong_to(world: World, citizen: Citizen) -> None:
    petrov = world.an_official("petrov")
    asked = world.a_filed(citizen)
    world.run(petrov, AskCitizen(asked, "Which house is it?"))
    old, done = world.a_filed(citizen), world.an_answered(citizen, petrov)
    world.now += DAY
    fresh = [world.a_filed(citizen) for _ in range(3)]
    matters: tuple[AppealRow, ...] = world.ask(citizen, OpenMatters())
    assert [row.number for row in matters] == [asked, fresh[2], fresh[1]]
    assert matters[0].status is Status.CLARIFY
    world.run(citizen, ReplyToQuestion(asked, "Number 14."))
    rows = world.ask(citizen, OpenMatters())
    assert [row.number for row in rows] == fresh[::-1]
    assert not {old, done} & {row.number for row in rows}
    assert world.ask(world.a_citizen(), OpenMatters()) == ()


def test_my_appeals_are_those_filed_and_those_opened_by_code(world: World, citizen: Citizen) -> None:
    other = world.a_citizen()
    own, receipt = world.a_filed(citizen), world.run(other, an_appeal())
    later = world.a_filed(citizen)
    world.run(citizen, OpenByCode(receipt.number, receipt.code))
    rows = world.ask(citizen, MyAppeals(0, 50))
    assert [row.number for row in rows] == [later, receipt.number, own]
    assert [row.number for row in world.ask(citizen, MyAppeals(1, 1))] == [receipt.number]
    assert [row.number for row in world.ask(other, MyAppeals(0, 50))] == [receipt.number]


def test_a_question_is_on_the_card_until_it_is_answered(world: World, citizen: Citizen) -> None:
    petrov, number = world.an_official("petrov"), world.a_filed(citizen)
    world.run(petrov, AskCitizen(number, "Which house is it?"))
    asked = card(world, citizen, number)
    assert (asked.question, asked.status) == ("Which house is it?", Status.CLARIFY)
    assert asked.reply_by is not None
    assert asked.reply_by - world.now < 4 * DAY
    assert asked.may == {Act.REPLY, Act.WITHDRAW}
    world.run(citizen, ReplyToQuestion(number, "Number 14."))
    replied = card(world, petrov, number)
    assert (replied.question, replied.reply_by) == ("", None)
    assert [entry.text for entry in replied.history] == ["", "Which house is it?", "Number 14."]


def test_notes_are_seen_by_officials_alone_and_remarks_by_both(world: World, citizen: Citizen) -> None:
    petrov, number = world.an_official("petrov"), world.a_filed(citizen)
    world.run(citizen, AddToAppeal(number, "It is deeper now."))
    world.run(petrov, AddNote(number, "I have called the road service."))
    inside = card(world, petrov, number).remarks
    assert [(r.kind, r.text, r.author) for r in inside] == [
        (RemarkKind.REMARK, "It is deeper now.", ""),
        (RemarkKind.NOTE, "I have called the road service.", "Петров Сергей Андреевич"),
    ]
    assert card(world, citizen, number).remarks == inside[:1]
    assert card(world, world.an_official("sokolova"), number).remarks == inside


def test_those_above_look_and_do_nothing(world: World, citizen: Citizen) -> None:
    number = world.a_filed(citizen)
    assert card(world, world.an_official("sokolova"), number).may == frozenset()
    assert card(world, world.an_official("kim"), number).may == {Act.TAKE, Act.ANSWER, Act.ASK, Act.NOTE}
    coordinator = card(world, world.an_official("petrov"), number).may
    assert coordinator == {Act.TAKE, Act.ANSWER, Act.ASK, Act.NOTE, Act.REDIRECT, Act.REJECT}
    assert world.ask(world.an_official("orlova"), ShowAppeal(number)) is None


def test_what_was_passed_on_says_where_and_why(world: World, citizen: Citizen) -> None:
    petrov, number = world.an_official("petrov"), world.a_filed(citizen)
    world.run(petrov, RedirectAppeal(number, "roads", "This is a road of the region."))
    shown = card(world, citizen, number)
    assert (shown.status, shown.authority["en"]) == (Status.REDIRECTED, "Ministry of Transport of Zarechny Krai")
    assert [(entry.text, entry.authority.get("en", "")) for entry in shown.history] == [
        ("", ""),
        ("This is a road of the region.", "Ministry of Transport of Zarechny Krai"),
    ]
    assert world.ask(petrov, ShowAppeal(number)) is None
    assert Act.TAKE in card(world, world.an_official("belov"), number).may


def test_a_number_is_read_as_people_type_it(world: World, citizen: Citizen) -> None:
    number = world.a_filed(citizen)
    for typed in (f"№ {number}", f"{number[:3]}-{number[3:6]}-{number[6:]}", f" {number} "):
        assert card(world, citizen, typed).number == number
    for typed in ("", "12", number[:-1], number[:-1] + str((int(number[-1]) + 1) % 10), "\x00", "9" * 500):
        assert world.ask(citizen, ShowAppeal(typed)) is None


def test_what_may_be_reopened_is_known_on_the_card(world: World, citizen: Citizen) -> None:
    number = world.an_answered(citizen, world.an_official("petrov"))
    assert card(world, citizen, number).may == {Act.RATE}
    world.run(citizen, RateAnswer(number, 1))
    assert card(world, citizen, number).may == {Act.REOPEN}
    world.now += 40 * DAY
    assert card(world, citizen, number).may == frozenset()
