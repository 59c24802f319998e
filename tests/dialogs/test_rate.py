from __future__ import annotations

import pytest

from core.appeals.types import ReopenAppeal
from core.ratings.types import SCORES, ExplainRating, RateAnswer
from tests.dialogs.stage import Stage, stage

NUMBER = "482135070"


def rating(args: str = NUMBER) -> Stage:
    s = stage()
    s.command("rate", args)
    return s


@pytest.mark.parametrize("score", SCORES)
def test_a_button_of_the_push_rates_at_once(score: int) -> None:
    s = stage()
    push = s.pushed("status", number=NUMBER, status="answered")
    assert push is not None
    s.press(push.buttons[score - 1].label)
    told = "Your rating is kept. We are sorry" if score <= 2 else "Thank you"
    assert s.done == [RateAnswer(NUMBER, score)] and told in s.play.shown[-1].text


@pytest.mark.parametrize("score", SCORES)
def test_a_digit_may_be_typed_instead(score: int) -> None:
    s = rating()
    s.say(str(score))
    assert s.done == [RateAnswer(NUMBER, score)]


@pytest.mark.parametrize("said", ["0", "6", "-1", "пять", "5.0", "5/5", "99999999999", "²", "10"])
def test_what_is_no_rating_is_refused_with_a_sentence_and_the_question_stays(said: str) -> None:
    s = rating()
    shown = s.say(said)
    assert shown.note == "Please rate with a whole number from 1 to 5."
    assert "How do you rate" in shown.text and s.done == []
    s.say("4")
    assert s.done == [RateAnswer(NUMBER, 4)]


@pytest.mark.parametrize("score", ["6", "0", "", "five", "5.0", "-1", "500"])
def test_a_forged_score_is_refused_and_asked_for(score: str) -> None:
    s = rating(f"{NUMBER}.{score}")
    assert "Please rate with a whole number" in s.play.shown[-1].note and s.done == []


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"status": "closed", "rating": 5}, "You gave No. 482-135-070 a 5 already"),
        ({"status": "closed"}, "The time to rate No. 482-135-070 is over"),
        ({"status": "in_work", "answer": ""}, "There is no answer to No. 482-135-070 yet"),
    ],
)
def test_what_cannot_be_rated_says_why_and_leads_on(card: dict[str, object], told: str) -> None:
    s = stage(facts={"ShowAppeal": {NUMBER: card}})
    shown = s.command("rate", f"{NUMBER}.5")
    assert told in shown.text
    assert s.labels == ["My messages", "New message", "Menu"] and s.done == []
    assert "what happened" in s.say("5").text and s.done == [], "words begin a message: nothing is left to rate"


def test_another_persons_number_is_no_number() -> None:
    assert "no such message among yours" in rating("999999999.5").play.shown[-1].text


def test_a_low_score_asks_why_and_whether_to_look_again_and_the_person_decides() -> None:
    s = rating()
    assert "sorry" in s.say("1").text
    assert "once more" in s.say("It went out the same evening.").text
    shown = s.press("Yes, look at it again")
    why = "It went out the same evening."
    assert s.done[1:] == [ExplainRating(NUMBER, why), ReopenAppeal(NUMBER, why)] and "21 December 2026" in shown.text


def test_who_leaves_it_at_a_low_score_is_thanked_and_the_words_are_kept() -> None:
    s = rating()
    s.say("1")
    s.say("It went out the same evening.")
    shown = s.press("No, leave it")
    assert s.done[1:] == [ExplainRating(NUMBER, "It went out the same evening.")]
    assert "sorry" in shown.text and "in the region" in shown.text and "formal appeal" in shown.text


def test_without_words_and_left_there_is_nothing_to_explain() -> None:
    s = rating()
    s.say("2")
    s.press("Without words", "No, leave it")
    assert s.done == [RateAnswer(NUMBER, 2)]


def test_where_it_cannot_be_looked_at_again_nobody_is_asked() -> None:
    s = stage(facts={"RateAnswer": {"score": 1, "low": True, "again": False, "curator": False}})
    s.command("rate", f"{NUMBER}.1")
    assert "sorry" in s.press("Without words").text and s.done == [RateAnswer(NUMBER, 1)]


def test_the_second_time_it_goes_to_those_above() -> None:
    s = stage(facts={"RateAnswer": {"score": 1, "low": True, "again": True, "curator": True}})
    s.command("rate", f"{NUMBER}.1")
    assert "those who stand above" in s.press("Without words").text


def test_words_that_name_the_number_rate_without_any_button() -> None:
    s = stage("ru")
    assert "Как вы оцените ответ" in s.say("Оценить 482-135-070").text
    s.say("5")
    assert s.done == [RateAnswer(NUMBER, 5)]


def test_a_rating_above_a_half_written_message_leads_back_to_it() -> None:
    s = stage()
    s.say("The lamp in our yard is dark")
    s.pushed("status", number=NUMBER, status="answered")
    assert "Thank you" in s.press("5 – excellent").text
    assert "What is it about?" in s.press("Go on: The lamp in our yard…").text


LONG = "They came, looked at the lamp and drove away, and it is as dark as before"


def test_words_that_come_before_the_rating_go_along_with_it_whatever_it_is() -> None:
    low, high = rating(), rating()
    for s, score in ((low, 1), (high, 5)):
        assert "We keep these words" in s.say(LONG).note
        s.say(str(score))
        assert s.done == [RateAnswer(NUMBER, score), ExplainRating(NUMBER, LONG)]
    assert "Thank you for your rating!" in high.play.shown[-1].text
    low.press("Yes, look at it again")
    assert low.done[-1] == ReopenAppeal(NUMBER, LONG)


def test_words_that_come_too_late_for_it_are_said_to_be_not_kept() -> None:
    s = rating()
    s.say(LONG)
    s.say("1")
    assert "is not kept" in s.say(f"{LONG}, twice").note
