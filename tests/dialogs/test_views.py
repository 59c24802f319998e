"""Views: no session, seven a page, any args."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.appeals.types import AppealCard, AppealRow, MyAppeals, ShowAppeal
from core.lines import line, literal
from core.talk import BUTTON_BYTES, Button, Load, Loaded, Over, Press, Screen
from dialogs.registry import Dialogs, gather, load
from dialogs.views import PAGE, View, launch, look, page, start_of
from tests.dialogs.door import in_words, shown
from tests.dialogs.report import FORM
from tests.dialogs.world import facts_of


def show_list(args: str, rows: tuple[AppealRow, ...]) -> Screen:
    text = line("Your appeals:") if rows else line("There are no appeals here.")
    return Screen((text,), page(LIST, args, rows, lambda row: CARD.button(row.number, literal(row.title))))


def show_card(args: str, card: AppealCard | None) -> Screen:
    back = LIST.button(0, line("My appeals"))
    if card is None:
        return Screen((line("There is no such appeal."),), (back,))
    return Screen((literal(card.text),), (launch("report", card.number, line("Rate it")), back), photos=card.photos)


LIST = View("my_appeals", show_list, needs=lambda args: MyAppeals(start_of(args), PAGE + 1))
CARD = View("appeal", show_card, needs=ShowAppeal)
HELP = View("help", lambda args, facts: Screen((line("Write what has happened."),)))
VIEWS = {view.name: view for view in (LIST, CARD, HELP)}


def press(key: str, views: Any = VIEWS) -> Screen | Over:
    out = look(views, Press(key))
    if isinstance(out, Load):
        out = look(views, Loaded(out.query, facts_of(out.query), out.then))
    assert not isinstance(out, Load)
    return out


def test_pages_of_seven() -> None:
    seen, key = [], "my_appeals:0"
    for labels in (["Further in the list"], ["Earlier in the list", "Further in the list"], ["Earlier in the list"]):
        screen = press(key)
        assert isinstance(screen, Screen)
        seen += [b.key for b in screen.buttons if b.key.startswith("appeal:")]
        assert [in_words(b.label) for b in screen.buttons[-len(labels) :]] == labels
        key = screen.buttons[-1].key
    assert seen == [f"appeal:4821{n}-{n % 10}" for n in range(20)]


def test_a_page_within_a_pile_keeps_the_pile_in_its_keys() -> None:
    ways = page(LIST, "7", range(8), lambda n: Button(f"appeal:{n}", literal(str(n))), within="new-")
    assert [b.key for b in ways[-2:]] == ["my_appeals:new-0", "my_appeals:new-14"]
    assert page(LIST, "3", (), lambda n: n)[0].key == "my_appeals:0"


def test_a_card_and_back_to_the_list() -> None:
    card = press("appeal:48213-3")
    assert isinstance(card, Screen) and card.text == (literal("Hole 3"),) and card.photos == ("p1",)
    assert card.buttons[0] == Button("report:48213-3", line("Rate it"))
    assert press(card.buttons[1].key) == press("my_appeals:0")


def test_a_view_that_needs_no_facts_is_shown_at_once() -> None:
    assert look(VIEWS, Press("help:")) == look(VIEWS, Press("help")) == Screen((line("Write what has happened."),))


def test_facts_of_another_query_are_not_shown() -> None:
    asked = look(VIEWS, Press("appeal:1"))
    assert isinstance(asked, Load)
    assert look(VIEWS, Loaded(ShowAppeal("2"), None, asked.then)) == asked
    assert look(VIEWS, Loaded(asked.query, None, None)) == Over()


KEYS = {"any": VIEWS, **{a: load(a).views for a in ("citizen", "staff")}}


@pytest.mark.parametrize("whose", KEYS)
@given(data=st.data())
def test_any_key_gives_a_screen_or_is_not_ours(whose: str, data: st.DataObject) -> None:
    views = KEYS[whose]
    names = st.sampled_from([*views, "x"])
    usual = st.sampled_from(["48210-0", "48211-1", "48212-2", "48213-3", "new.7", "done.7"])
    args = st.one_of(st.text(max_size=70), st.integers().map(str), usual)
    key = data.draw(st.builds("{}:{}".format, names, args) | st.text(max_size=80))
    match press(key, views):
        case Screen() as screen:
            assert shown(screen).text
            assert all(len(b.key.encode()) <= BUTTON_BYTES for b in screen.buttons)
            assert len({b.label for b in shown(screen).buttons}) == len(screen.buttons)
        case Over():
            assert key.partition(":")[0] not in views or len(key.encode()) > BUTTON_BYTES


def test_views_and_forms_are_found_together() -> None:
    class Module:
        FORMS = (FORM,)
        VIEWS = (LIST, CARD)

    assert gather([Module, object()]) == Dialogs({"report": FORM}, {"my_appeals": LIST, "appeal": CARD})
