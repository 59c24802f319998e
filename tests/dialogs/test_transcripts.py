from __future__ import annotations

from pathlib import Path

import pytest

from dialogs.script.__main__ import difference, main
from dialogs.script.paper import BadTranscript, parse
from dialogs.script.play import played
from tests.dialogs.stage import TRANSCRIPTS

FILES = sorted(TRANSCRIPTS.glob("*.txt"))
SHORT = """# Somebody asks for the menu.
lang: ru
world: world.yaml
---

> /menu
Бот: Здравствуйте!
    [Сообщить о проблеме]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "world.yaml").write_bytes((TRANSCRIPTS / "world.yaml").read_bytes())
    (tmp_path / "short.txt").write_text(SHORT, "utf-8")
    return tmp_path / "short.txt"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_transcript_says_is_what_the_bot_says(file: Path) -> None:
    text = file.read_text("utf-8")
    now, problems = played(text, TRANSCRIPTS)
    assert difference(file.name, text, now) == []
    assert problems == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_transcript_has_a_slip_and_goes_on_after_it(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "\n> " in text.partition(": ~ ")[2]


def test_there_are_transcripts_in_both_languages_and_of_every_audience() -> None:
    settings = [parse(file.read_text("utf-8")).settings for file in FILES]
    kinds = [(each["lang"], each.get("who", "citizen")) for each in settings]
    assert set(kinds) >= {(lang, who) for lang in ("ru", "en") for who in ("citizen", "official")}
    assert {who for _, who in kinds} >= {"nobody", "brief"}


def test_a_difference_is_shown_and_written_only_when_asked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(file)]) == 1
    shown = capsys.readouterr().err.splitlines()
    assert "-Бот: Здравствуйте!" in shown
    assert any(line.startswith("+    [Сообщить о проблеме] [Мои сообщения]") for line in shown)
    assert file.read_text("utf-8") == SHORT
    assert main([str(file), "--write"]) == 0
    assert main([str(file)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("> [Нет такой]", "There is no button [Нет такой] to press here"),
        ("> /rate 482135070", "The facts do not say what ShowAppeal is answered with"),
        ("* MyAppeals: [{number: 1}]\n> /my", "The facts of MyAppeals do not fit"),
        ("* nonsense", "This should be «Name: {...}»"),
        ("what is this", "Nobody knows what this line is"),
    ],
)
def test_what_cannot_be_played_is_told_in_one_sentence(
    file: Path, wrong: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    head = SHORT.partition("---\n")[0] if "rate" not in wrong else "lang: ru\n"
    file.write_text(f"{head}---\n{wrong}\n", "utf-8")
    assert main([str(file)]) == 1
    assert told in capsys.readouterr().err


def test_a_transcript_without_a_header_is_refused() -> None:
    with pytest.raises(BadTranscript, match="begins with"):
        parse("> привет\n")


def test_a_screen_that_breaks_a_rule_fails_its_transcript(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = ", ".join(f"{{number: '{n}', what: {{ru: 'служба'}}}}" for n in range(100, 300))
    file.write_text(
        f"lang: ru\nworld: world.yaml\nfacts:\n  AboutRegion: {{emergency: [{many}]}}\n---\n> /help\n", "utf-8"
    )
    assert main([str(file), "--write"]) == 1
    assert "characters of our own words in the screen, 350 at most" in capsys.readouterr().err


def test_files_changed_messages_and_alarms_stand_in_a_transcript(file: Path) -> None:
    script = """lang: en
world: world.yaml
facts: {DetectEmergency: {gas: [{number: "104", what: {en: gas leaks}}]}}
---
> {file: plan.pdf} It smells of gas in the yard
# and then
> {instead of: It smells of gas in the yard} It smells of paint in the yard
"""
    now, problems = played(script, file.parent)
    assert problems == []
    assert "Bot: ⚠ If someone is in danger, call right now:\n  104: gas leaks\n" in now
    assert "Bot: ~ Your change is taken over here." in now
