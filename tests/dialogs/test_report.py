"""A whole form: whatever comes first and however it is split, the check screen is the same."""

from hypothesis import given
from hypothesis import strategies as st

from core.talk import Message, Place
from tests.dialogs.door import Door, door, in_words
from tests.dialogs.report import FORM, SendReport

TEXT, PLACE, PHOTOS = "A deep hole in the road", Place("", 55.75, 37.62), ("p1", "p2", "p3")


@st.composite
def splits(draw: st.DrawFn) -> list[Message]:
    """The words, three photos and the place, in any order, in one to five messages."""
    parts = draw(st.permutations([TEXT, PLACE, *PHOTOS]))
    ends = [*sorted(draw(st.sets(st.integers(1, 4)))), 5]
    messages = []
    for start, stop in zip([0, *ends], ends, strict=False):
        chunk = parts[start:stop]
        messages.append(
            Message(
                TEXT if TEXT in chunk else "", tuple(p for p in PHOTOS if p in chunk), PLACE if PLACE in chunk else None
            )
        )
    return messages


def answer_buttons(d: Door) -> None:
    if d.s.shown == "category":
        d.press("roads")
    elif d.s.shown == "photos":
        d.press("done")


@given(splits(), st.sets(st.integers(0, 4)))
def test_any_order_and_any_split_give_the_same_check(messages: list[Message], presses: set[int]) -> None:
    d = door(FORM)
    for i, message in enumerate(messages):
        d.send(message)
        if i in presses:  # buttons are pressed between the messages, or only after them
            answer_buttons(d)
    for _ in range(3):
        answer_buttons(d)
    assert d.text == f"{TEXT}\nCategory: Roads\nPlace: 55.75, 37.62\n3 photos"
    assert d.note == "" and sorted(d.screen.photos) == list(PHOTOS)
    d.press("yes")
    (filed,) = d.done.values()
    assert isinstance(filed, SendReport) and (filed.text, filed.category, filed.place) == (TEXT, "roads", PLACE)
    assert sorted(filed.photos) == list(PHOTOS)


def test_the_whole_way() -> None:
    d = door(FORM, "The lamp is out", "street light", "77", "Lenina 5")
    d.say("", ("p1",)), d.say("", ("p2",))
    assert d.labels[0] == "Done, 2 photos"
    d.say("done, 2 photos")
    d.press("/change:text"), d.say("The bench is broken")
    assert d.text == "The bench is broken\nCategory: Street light\nLamp post: 77\nPlace: Lenina 5\n2 photos"
    d.press("/change:category")
    assert d.text == "What is it about?" and d.old == "Street light" and d.labels[0] == "Roads"
    d.say("more options"), d.say("Other 6"), d.say("send")
    assert d.text == "Report A-1 is on its way." and d.screen.keep
    assert list(d.done.values()) == [SendReport("The bench is broken", "c6", Place("Lenina 5"), ("p1", "p2"))]
    assert d.s.answers["lamp"] == "77"  # kept, but it is no part of this report
    brief = FORM.in_brief(d.s)
    assert brief is not None and in_words(brief) == "The bench is broken"


def test_words_where_a_button_is_wanted_are_refused_while_the_photos_beside_them_are_kept() -> None:
    d = door(FORM, TEXT)
    d.say("look at this", PHOTOS)
    assert d.note == "Please choose one of the buttons." and d.s.held["photos"] == list(PHOTOS)
    d.say("", (), PLACE)
    assert d.note == "Got it."


def test_only_what_was_asked_can_be_changed() -> None:
    d = door(FORM, TEXT, ("roads",), "Mira 1", ("done",))
    assert [key for key in d.keys if key.startswith("/change:")] == [
        "/change:text",
        "/change:category",
        "/change:place",
        "/change:photos",
    ]
    d.press("/change:lamp")
    assert d.note.startswith("That was for an earlier screen")


def test_the_first_message_opens_the_form() -> None:
    d = Door(FORM, FORM.start("run1"))
    d.send(Message(TEXT, PHOTOS, PLACE))
    assert d.text == "What is it about?"
    d.press("roads"), d.press("done")
    assert d.text.startswith(TEXT) and d.screen.photos == PHOTOS


def test_words_beside_what_two_steps_take_are_named_as_not_kept() -> None:
    d = door(FORM, TEXT, ("roads",), "Mira 1")
    d.say("look at this", PHOTOS, PLACE)
    assert d.note == "The words beside it are not kept."
    assert d.s.held["photos"] == list(PHOTOS) and d.s.answers["place"]["lat"] == 55.75
