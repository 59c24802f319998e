"""`.env.example` is where an operator learns what can be set."""

from __future__ import annotations

import re

from bots.config import Settings
from tests.checks.tree import ROOT

EXAMPLE = ROOT / ".env.example"
SETTING = re.compile(r"#? ?([A-Z][A-Z0-9_]*)=")


def test_every_setting_is_explained_and_no_other() -> None:
    named = [match[1] for text in EXAMPLE.read_text().splitlines() if (match := SETTING.match(text))]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_has_a_comment_above_it_or_beside_it() -> None:
    above, silent = False, []
    for text in EXAMPLE.read_text().splitlines():
        match = SETTING.match(text)
        if match and not above and not re.search(r"\s#\s*\S+", text[match.end() :]):
            silent.append(match[1])
        above = not match and bool(re.match(r"#\s*\S", text))
    assert not silent
