"""What people type is shown to officials as what it is: no markup, link, mention or line of ours can be made of it, on
the web, in Telegram and in VK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bots.fit import fit
from bots.telegram import render as telegram
from bots.vk import render as vk
from core import app
from core.actors import Actor, Citizen
from core.appeals.types import AddNote, AddToAppeal, AnswerAppeal, AskCitizen, FileAppeal, ReplyToQuestion, TakeAppeal
from core.files.store import add_file
from core.files.types import Kind
from core.ratings.types import ExplainRating, RateAnswer
from core.shown import Shown
from core.talk import Place, Press
from core.text import clean_text
from dialogs.house import Talk
from tests.builders import CITY, NOON, a_citizen, the_official
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
    """An appeal in which everything that can be typed is the same payload; what officials are shown of it."""

    scene: Scene
    payload: str

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
            yield walk.talk.live

    def filed(self, tx: sa.Connection) -> str:
        author = Citizen(a_citizen(tx, NOON, consent=True).person.id)
        petrov = the_official(tx, "petrov")
        photo = add_file(tx, author.id, "2" * 64, "image/jpeg", 5, NOON)
        document = add_file(tx, author.id, "3" * 64, "x/y", 5, NOON, kind=Kind.DOCUMENT, name="a.pdf")
        text, place = clean_text(self.payload) + LONG, Place(clean_text(self.payload)[:200])
        filing = FileAppeal(text, "roads", CITY, place, (photo,), (document,))
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
    for shown in scene.undone(lambda tx: list(Case(scene, payload).shown(tx))):
        web_is_plain(shown)
        telegram_is_plain(shown)
        vk_is_plain(shown)


def web_is_plain(shown: Shown) -> None:
    """The page puts words into text nodes; what could deceive there is what could not be told from our own lines."""
    assert not BIDI.search(shown.text + "".join(b.label for b in shown.buttons))
    ours = [line for line in shown.text.split("\n") if OURS.search(line)]
    assert len({line.partition(":")[0] for line in ours}) == len(ours), f"a line of ours twice: {ours}"
    assert all("\n" not in button.label and len(button.data.encode()) <= 64 for button in shown.buttons)
    assert not [button for button in shown.buttons if button.kind == "link"]


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
