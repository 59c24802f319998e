from __future__ import annotations

from core.citizens.types import FILING, GiveConsent
from tests.dialogs.stage import Stage, stage

WORDS = "The lamp in our yard is dark"


def asked() -> Stage:
    s = stage(facts={"ShowConsent": {"given": ""}})
    s.say(WORDS)
    return s


def test_it_names_operator_purpose_data_readers_version_and_the_formal_way() -> None:
    s = asked()
    shown = s.play.shown[-1]
    for what in (
        "Ministry of Digital Development",
        "1 Mira Square",
        "What for:",
        "What:",
        "Seen by:",
        "To withdraw it",
        "2026-09/1",
        "not a formal appeal under 59-FZ",
    ):
        assert what in shown.text
    links = {button.url for button in shown.buttons if button.kind == "link"}
    assert links == {"https://example.gov.ru/policy", "https://example.gov.ru/appeals"}


def test_agreeing_gives_the_version_that_was_read_and_nothing_is_retyped() -> None:
    s = asked()
    s.press("I agree", "Street lights", "Zarechny", "No photos", "Without an address")
    assert s.done == [GiveConsent(FILING, "2026-09/1")]
    assert WORDS in s.play.shown[-1].text


def test_declining_gives_nothing_forgets_the_words_and_says_where_else_to_turn() -> None:
    s = asked()
    shown = s.press("I do not agree")
    assert s.done == [] and "passed it to nobody" in shown.text and "112" in shown.text
    assert s.labels == ["Send a formal appeal", "Report a problem", "Menu"]
    s.press("Menu")
    assert not any(label.startswith("Go on") for label in s.labels)


def test_a_press_on_a_text_that_has_changed_agrees_to_nothing() -> None:
    s = asked()
    s.change(AboutRegion={"consent_version": "2026-12/2"}, ShowConsent={"wanted": "2026-12/2"})
    shown = s.press("I agree")
    assert s.done == [] and "2026-12/2" in shown.text
    s.press("I agree")
    assert s.done == [GiveConsent(FILING, "2026-12/2")]


def test_a_text_that_core_does_not_want_any_more_is_asked_for_anew() -> None:
    why = "The text of the consent has changed. Please read the new one and answer again."
    s = asked()
    s.change(GiveConsent={"refuse": why})
    shown = s.press("I agree")
    assert shown.note == why and s.labels[:2] == ["I agree", "I do not agree"]
