from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.appeals.types import FileAppeal
from core.shown import Shown
from core.talk import Message, Place
from dialogs.reads import plain
from dialogs.script.rules import BUTTONS
from tests.dialogs.stage import Stage, stage

WORDS, POINT, ADDRESS = "The lamp in our yard is dark", Place("", 55.7512, 37.6184), "5 Lenina St"
PRESSES = {
    "What is it about": "Street lights",
    "Where is it": "Zarechny",
    "Are there photos": "No photos",
    "added": "Done",
}


def to_the_check(s: Stage) -> Shown:
    """Presses the way on, whatever is asked; the address is written where it is asked for."""
    for _ in range(6):
        shown = s.play.shown[-1]
        if "Please check" in shown.text:
            return shown
        if "Where exactly" in shown.text:
            s.say(ADDRESS)
            continue
        label = next(label for ask, label in PRESSES.items() if ask in shown.text)
        s.press(next(button.label for button in shown.buttons if button.label.startswith(label)))
    raise AssertionError(s.play.shown[-1].text)


def test_the_common_way_is_five_actions_after_the_consent() -> None:
    s = stage(facts={"ShowConsent": {"given": ""}})
    s.say(WORDS)
    s.press("I agree", "Street lights", "Zarechny", "No photos")
    s.say(ADDRESS)
    s.press("Send")
    assert s.done[-1] == FileAppeal(WORDS, "light", "45701000", Place(ADDRESS), ())


def test_the_receipt_has_all_that_a_citizen_needs_later_and_is_kept() -> None:
    s = stage()
    s.say(WORDS)
    to_the_check(s)
    receipt = s.press("Send")
    assert receipt.keep
    for what in ("482-135-070", "K7MP-9QXA", "Zarechny Town Hall", "10 December 2026", "We will write to you here"):
        assert what in receipt.text
    assert s.labels == ["My messages", "New message"]


def test_what_is_not_to_be_sent_is_deleted_after_a_second_press_and_only_then() -> None:
    s = stage()
    s.say(WORDS, ("a.jpg",))
    to_the_check(s)
    assert len(s.labels) <= BUTTONS and "Delete the draft?" in s.press("Do not send it").text
    assert WORDS in s.press("Keep it").text, "a slip loses nothing"
    s.press("Do not send it")
    assert "added to your message" in s.say("The lamp at the gate is dark too, since Monday").note
    assert s.press("Do not send it", "Delete it").text == "The draft is deleted. To report it again, simply write."
    assert s.done == [] and s.play.talk.frames == () and s.play.talk.aside == () and s.labels == ["Menu"]


def test_with_files_too_there_is_room_for_every_button() -> None:
    s = stage()
    s.play.turn(Message(WORDS, ("a.jpg",), documents=("b.pdf",)))
    to_the_check(s)
    assert len(s.labels) == BUTTONS and {"Change: the files", "Do not send it", "Back", "Menu"} <= {*s.labels}


def test_a_subject_may_be_named_in_words() -> None:
    s = stage()
    s.say(WORDS)
    assert "Where is it?" in s.say("I do not know").text
    (session,) = s.play.talk.frames
    assert session.answers["category"]["key"] == "other" and session.answers["text"] == WORDS


def test_short_words_at_the_check_are_told_how_to_correct() -> None:
    s = stage()
    s.say(WORDS)
    to_the_check(s)
    assert s.say("wrong address").note == "To correct it, press «Change: …»."


@settings(max_examples=40)
@given(st.permutations(["text", "album", "point"]), st.booleans(), st.booleans())
@example(order=["point", "album", "text"], split=True, together=False)
@example(order=["text", "point", "album"], split=False, together=True)
def test_text_album_and_place_in_any_order_and_split_give_the_same_check_screen(
    order: list[str],
    split: bool,  # noqa: FBT001
    together: bool,  # noqa: FBT001
) -> None:
    s = stage()
    if together:
        s.say(WORDS, ("a.jpg", "b.jpg"), POINT)
    else:
        for what in order:
            match what:
                case "text":
                    s.say(WORDS)
                case "album" if split:
                    s.say(photos=("a.jpg",))
                    s.say(photos=("b.jpg",))
                case "album":
                    s.say(photos=("a.jpg", "b.jpg"))
                case _:
                    s.say(place=POINT)
    check = to_the_check(s)
    assert check.photos == ("a.jpg", "b.jpg")
    assert check.text == (
        f"Please check before sending:\n\n{WORDS}\n\nCategory: Street lights\n"
        "Where: Zarechny, a point on the map: 55.75120, 37.61840\nPhotos: 2"
    )


def test_an_address_and_a_point_are_one_place_in_either_order() -> None:
    first, second = stage(), stage()
    for s in (first, second):
        s.say(WORDS)
        s.press("Street lights", "Zarechny", "No photos")
    first.say(ADDRESS)
    first.say(place=POINT)
    second.say(place=POINT)
    second.press("Change: the address")
    second.say(ADDRESS)
    wanted = Place(ADDRESS, POINT.lat, POINT.lon)
    for s in (first, second):
        to_the_check(s)
        s.press("Send")
        assert isinstance(s.done[-1], FileAppeal) and s.done[-1].place == wanted


def test_a_point_just_below_the_equator_is_shown_without_a_sign() -> None:
    s = stage()
    s.say(WORDS)
    s.press("Street lights", "Zarechny", "No photos")
    s.say(place=Place("", -0.000001, -179.999999))
    assert "point on the map: 0.00000, -180.00000" in to_the_check(s).text


def test_photos_can_be_taken_back() -> None:
    s = stage()
    s.say(WORDS, ("a.jpg",))
    to_the_check(s)
    s.press("Change: the photos", "Remove the photos", "Send")
    assert isinstance(s.done[-1], FileAppeal) and s.done[-1].photos == ()


def test_more_photos_than_fit_are_said_to_be_left_out() -> None:
    s = stage()
    s.say(WORDS)
    s.press("Street lights", "Zarechny")
    shown = s.say(photos=tuple(f"{n}.jpg" for n in range(12)))
    assert "Only the first 10 photos are kept." in shown.note and "no more fit" in shown.text


def test_new_words_ask_for_the_category_again_only_if_it_is_not_offered_any_more() -> None:
    s = stage()
    s.say(WORDS)
    to_the_check(s)
    s.press("Change: the words")
    assert "Please check" in s.say("The lamp by the shop is dark as well").text
    s.change(SuggestCategories={"likely": [], "all": [{"code": "roads", "name": {"ru": "Дороги", "en": "Roads"}}]})
    s.press("Change: the words")
    shown = s.say("There is a hole in the road")
    assert "«Street lights» is not offered here" in shown.note and plain("Roads") in map(plain, s.labels)


def test_what_core_declines_stays_on_the_check_screen_with_the_reason() -> None:
    s = stage(facts={"FileAppeal": {"refuse": "One of the photos has not reached us. Please send the photos again."}})
    s.say(WORDS, ("a.jpg",))
    to_the_check(s)
    shown = s.press("Send")
    assert "Please send the photos again" in shown.note and WORDS in shown.text


def test_the_link_and_its_code_for_cameras_stand_in_the_receipt() -> None:
    link = "https://chat.example.gov.ru/#a=482135070.K7MP9QXA"
    s = stage(facts={"FileAppeal": {"link": link}})
    s.say(WORDS)
    to_the_check(s)
    receipt = s.press("Send")
    assert receipt.qr == link and [b.url for b in receipt.buttons if b.kind == "link"] == [link]
    assert s.labels == ["My messages", "New message", "Open on the site"], "what leads out of the chat comes last"


def test_an_address_of_several_lines_is_shown_as_one() -> None:
    s = stage()
    s.say(WORDS)
    s.press("Street lights", "Zarechny", "No photos")
    assert "Where: Zarechny, 5 Lenina St Photos: 9\n" in s.say("5 Lenina St\nPhotos: 9").text


def test_a_half_written_message_is_called_by_its_first_words() -> None:
    s = stage()
    s.say("The lamp in our yard has been dark for two weeks")
    s.press("Menu")
    assert "Go on: The lamp in our yard…" in s.labels


TELLING = (
    "It has been dark for two weeks and the children go there to school",
    "The wire hangs down almost to the ground, and they play with it every day",
    "Zarechny Street lights send back menu 1 2 3 4 5 no photos done please",
)
STEPS = st.lists(st.one_of(st.sampled_from(TELLING), st.sampled_from(("press", "change", "photo"))), max_size=9)


@settings(max_examples=40)
@given(STEPS)
@example(["press", "press", "press", TELLING[0], "change", TELLING[1]])
def test_nothing_that_is_typed_where_a_button_is_asked_for_is_lost(moves: list[str]) -> None:
    """It is in the message or, where the question takes words, in its answer; and we say what has become of it."""
    s = stage()
    s.say(WORDS)
    for move in moves:
        shown = s.play.shown[-1]
        if move == "press" and "Please check" not in shown.text:
            label = next((label for ask, label in PRESSES.items() if ask in shown.text), "Without an address")
            s.press(next((b.label for b in shown.buttons if b.label.startswith(label)), shown.buttons[0].label))
        elif move == "change" and "Please check" in shown.text:
            s.press("Change: the photos")
        elif move == "photo":
            s.say("The photo shows the wire that hangs down from the lamp", ("a.jpg",))
        elif move in TELLING:
            read = shown.reads
            said = s.say(move)
            (session,) = s.play.talk.frames
            kept = move in session.answers["text"] or move in session.answers.get("place", {}).get("address", "")
            assert kept and (read or "This is added to your message." in said.note)


def test_words_beside_a_photo_are_added_where_photos_are_asked_for() -> None:
    s = stage()
    s.say(WORDS)
    s.press("Street lights", "Zarechny")
    shown = s.say("The photo shows the wire that hangs down from the lamp", ("a.jpg",))
    assert "This is added to your message." in shown.note and "not kept" not in shown.note
    shown = s.say("a wire", ("b.jpg",))
    assert "This is added to your message." in shown.note and "not kept" not in shown.note, "however short they are"
    check = to_the_check(s)
    assert f"{WORDS}\nThe photo shows the wire that hangs down from the lamp\na wire" in check.text
    assert check.photos == ("a.jpg", "b.jpg")


def test_words_beside_a_photo_are_added_wherever_they_answer_nothing() -> None:
    s = stage()
    s.say(WORDS)
    assert s.say("by night", ("a.jpg",)).note == "This is added to your message."
    s.press("Street lights")
    assert s.say("by day", ("b.jpg",)).note == "This is added to your message."
    s.say("Zarechny", ("c.jpg",))
    (session,) = s.play.talk.frames
    assert session.answers["territory"]["label"] and session.answers["text"] == f"{WORDS}\nby night\nby day"
