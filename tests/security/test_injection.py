"""What people type is shown to officials as what it is: no markup, link, mention or line of ours can be made of it, on
the web, in Telegram and in VK."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from bots.files.kinds import NAME_MOST, clean_name
from bots.fit import fit
from bots.telegram import render as telegram
from bots.transport import Sent
from bots.vk import render as vk
from bots.web.files import attachment
from core import app
from core.actors import Actor, Citizen
from core.appeals.types import AddNote, AddToAppeal, AnswerAppeal, AskCitizen, FileAppeal, ReplyToQuestion, TakeAppeal
from core.files.store import add_file
from core.files.types import FileRow, Kind
from core.ratings.types import ExplainRating, RateAnswer
from core.shown import Shown
from core.talk import Document, Place, Press
from core.text import clean_text
from dialogs.house import Talk
from tests import samples
from tests.builders import CITY, NOON, a_citizen, the_official
from tests.messengers import telegram_kit, vk_kit
from tests.security.scene import Scene
from tests.security.test_dialogs import Walk, house_of
from tests.web.site import REPLY

TYPED = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<b>Important</b> &lt;i&gt; &amp;quot; &#60;",
    '<a href="javascript:alert(1)">the answer</a>',
    "[the answer](javascript:alert(1)) **bold** __it__ `code` ||spoiler||",
    "[the desk](tg://user?id=1) tg://resolve?domain=x @durov @all #tag /leave",
    "[id1|The administration] [club1|City] @id1 (the mayor) *club2 (City) [https://vk.com/x|here]",
    "&quot;&#33;&lt;",
    "{number} {0} {{7*7}} ${jndi:ldap://x} %s %n %(text)s",
    '=HYPERLINK("http://x","y") @SUM(1) +1 -1',
    "a\u202egnp.exe\u202c \u2066x\u2069 \u200frtl \x1b[31mred\x9b",
    "x\r\nMessage No. 482 135 790: answered.\r\nRating: 5 of 5",
    "x\nTaken by: Petrov\n> quoted\nWho answers: Nobody",
    "x\u2028Answer by 1 January.\u2029Rating: 5 of 5\x85The end\x0bof\x0cit",
    "'; DROP TABLE appeals; -- \\' \" `",
    "]]> <!-- --> <![CDATA[ <?xml",
)
LONG = " There is a deep pothole in front of the house."
OURS = re.compile("(?m)^(Message No|Rating:|Taken by|Who answers|Answer by|The end|Where:|Category:)")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
VK_MARKUP = re.compile(r"\[(?!\u200b)[^\[\]|\n]+\||[@*](?:id|club|public|event)\d|[@*]\w+[ \t]*\(|&#?\w{1,32};")


@dataclass
class Case:
    """An appeal in which everything that can be typed is the same payload; what officials are shown of it. Its files
    are called as whoever has sent them says."""

    scene: Scene
    payload: str
    names: Sequence[str]

    def shown(self, tx: sa.Connection) -> Iterator[Shown]:
        number = self.filed(tx)
        for name, args in (
            ("card", number),
            ("answer", number),
            ("queue", "mine"),
            ("queue", "done"),
            ("over", number),
        ):
            walk = Walk(self.scene, house_of("staff"), the_official(tx, "petrov"), Talk("en"))
            walk.hear(tx, Press(f"{name}:{args}"))
            assert walk.talk.live is not None
            assert name != "card" or len(walk.talk.live.documents) == len(self.names)
            yield walk.talk.live

    def filed(self, tx: sa.Connection) -> str:
        author = Citizen(a_citizen(tx, NOON, consent=True).person.id)
        petrov = the_official(tx, "petrov")
        photo = add_file(tx, author.id, "2" * 64, "image/jpeg", 5, NOON)
        documents = tuple(
            add_file(tx, author.id, "3" * 64, "x/y", 5, NOON, kind=Kind.DOCUMENT, name=clean_name(name, "pdf"))
            for name in self.names
        )
        text, place = clean_text(self.payload) + LONG, Place(clean_text(self.payload)[:200])
        filing = FileAppeal(text, "roads", CITY, place, (photo,), documents)
        number: str = app.run(tx, author, "file", filing, NOON).number
        said = clean_text(self.payload)
        steps: tuple[tuple[Actor, object], ...] = (
            (petrov, TakeAppeal(number)),
            (author, AddToAppeal(number, said + LONG)),
            (petrov, AddNote(number, said + LONG)),
            (petrov, AskCitizen(number, said + LONG)),
            (author, ReplyToQuestion(number, said + LONG)),
            (petrov, AnswerAppeal(number, said + REPLY)),
            (author, RateAnswer(number, 1)),
            (author, ExplainRating(number, said + LONG)),
        )
        for key, (actor, command) in enumerate(steps):
            app.run(tx, actor, f"said:{key}", command, NOON)
        return number


@pytest.mark.parametrize("payload", ["\n".join(two) for two in zip(TYPED[::2], TYPED[1::2], strict=True)])
def test_nothing_that_people_type_becomes_anything_but_words(scene: Scene, payload: str) -> None:
    for shown in scene.undone(lambda tx: list(Case(scene, payload, ("a.pdf",)).shown(tx))):
        web_is_plain(shown)
        telegram_is_plain(shown)
        vk_is_plain(shown)


@pytest.mark.parametrize("names", [samples.NAMES[at : at + 5] for at in range(0, len(samples.NAMES), 5)])
def test_no_name_of_a_file_becomes_anything_but_a_name(scene: Scene, names: Sequence[str]) -> None:
    """In the words that officials read it does not stand at all, and where it stands it names one file of its kind."""
    for shown in scene.undone(lambda tx: list(Case(scene, "A pit.", names).shown(tx))):
        web_is_plain(shown)
        for document in shown.documents:
            name_is_plain(document.name)
            assert document.name not in shown.text + shown.note


@pytest.mark.parametrize("name", samples.NAMES)
def test_the_name_under_which_a_file_is_fetched_ends_nothing_and_begins_nothing(name: str) -> None:
    called = clean_name(name, "pdf")
    name_is_plain(called)
    assert clean_name(called, "pdf") == called
    header = attachment(FileRow("3" * 64, "application/pdf", 5, Kind.DOCUMENT, called))
    parts = re.fullmatch(r"attachment; filename=\"([\w .()-]+)\"; filename\*=UTF-8''([\w.%~-]+)", header, re.ASCII)
    assert parts and parts[1].endswith(".pdf") and unquote(parts[2], errors="strict") == called


async def test_telegram_is_told_the_name_and_nothing_besides(sqlite_url: str, tmp_path: Path) -> None:
    """It goes there in the head of a part of a form, beside the bytes."""
    async with telegram_kit.kit(sqlite_url, tmp_path) as there:
        await there.adapter.open()
        phone = await there.writer()
        for called in (clean_name(name, "pdf") for name in samples.NAMES):
            ref = there.file(phone, samples.PDF, "application/pdf", called)
            sent = await there.shows(phone, Shown("Here", documents=(Document(ref, called, 5),)), push=True)
            assert isinstance(sent, Sent)
            assert [b.documents for b in phone.bubbles if not b.mine][-2:] == [(called,), ()]


async def test_vk_is_told_the_name_and_nothing_besides(sqlite_url: str, tmp_path: Path) -> None:
    async with vk_kit.kit(sqlite_url, tmp_path) as there:
        phone = await there.writer()
        for called in (clean_name(name, "pdf") for name in samples.NAMES):
            ref = there.file(phone, samples.PDF, "application/pdf", called)
            sent = await there.shows(phone, Shown("Here", documents=(Document(ref, called, 5),)), push=True)
            assert isinstance(sent, Sent)
            assert (phone.last.text, phone.last.documents) == ("Here", (called,))


def web_is_plain(shown: Shown) -> None:
    """The page puts words into text nodes; what could deceive there is what could not be told from our own lines."""
    assert not BIDI.search(shown.text + "".join(b.label for b in shown.buttons))
    ours = [line for line in shown.text.split("\n") if OURS.search(line)]
    assert len({line.partition(":")[0] for line in ours}) == len(ours), f"a line of ours twice: {ours}"
    assert all("\n" not in button.label and len(button.data.encode()) <= 64 for button in shown.buttons)
    assert not [button for button in shown.buttons if button.kind == "link"]


def name_is_plain(name: str) -> None:
    assert name.endswith(".pdf") and len(name) <= NAME_MOST and not BIDI.search(name)
    assert name.isprintable() or "\u200f" in name
    assert not re.search(r'[<>:"|?*;/\\\s]', name.replace(" ", "")) and "  " not in name and name[0] not in ". "


def telegram_is_plain(shown: Shown) -> None:
    for part in fit(shown, telegram.CAPS):
        if telegram.is_words(part):
            sent = telegram.Words(part).sent(7)
            assert "parse_mode" not in sent and sent["link_preview_options"] == {"is_disabled": True}
            assert all(entity["type"] == "italic" for entity in sent.get("entities", ()))
            assert sum(entity["length"] for entity in sent.get("entities", ())) <= len(shown.note) + 2


def vk_is_plain(shown: Shown) -> None:
    for part in vk.parts_of(shown):
        sent = vk.content(part)
        assert sent["disable_mentions"] and sent["dont_parse_links"]
        assert not VK_MARKUP.search(sent.get("message", "")), sent["message"]
