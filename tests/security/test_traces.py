"""The look for traces finds what it is to find: every scene and contract test in a messenger ends with it."""

from __future__ import annotations

from pathlib import Path

from tests.security.traces import traces, words_in

SAID = "Зовут Кенарь Канарейкин, телефон +7 912 000-13-37"


def test_what_was_said_in_a_messenger_is_found_wherever_it_was_left(tmp_path: Path) -> None:
    telegram = {"update_id": 1, "message": {"text": SAID, "from": {"first_name": "Кенарь Иванович"}, "date": 1}}
    vk = {"type": "message_new", "object": {"message": {"text": "Яма у дома на Садовой улице", "from_id": 7}}}
    words = words_in([telegram, vk])
    assert words == {SAID, "Кенарь Иванович", "Яма у дома на Садовой улице"}
    assert not traces(words, "event=sent channel=vk", tmp_path)
    (tmp_path / "otklik.db-wal").write_text(SAID)
    assert not traces(words, "", tmp_path)
    (tmp_path / "forgotten.tmp").write_text(f"x {SAID}")
    assert traces(words, "", tmp_path) == [f"forgotten.tmp: {SAID}"]
    assert traces(words, f"event=failed text={SAID!r}", tmp_path)[0] == f"the log: {SAID}"
