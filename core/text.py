"""The one gate through which text enters: what is stored is clean, and nothing cleans it again."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but tab and newline, lone surrogates, bidirectional overrides and isolates (they can make a text
# read as another one), the byte order mark, and non-characters, which PostgreSQL or a browser may refuse.
_REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef\ufffe\uffff]"
)
_NEWLINES = re.compile("\r\n|[\r\u2028\u2029\x85]")
_MARKS = 8
"""Combining marks in a row that any living script needs; more only climbs over the neighbours («zalgo»)."""
_PILES = re.compile(
    f"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{_MARKS}}})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def clean_text(words: str) -> str:
    """NFC, one kind of newline, nothing invisible that could mislead; ends trimmed. Idempotent."""
    joined = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "")
    plain = _REFUSED.sub("", _NEWLINES.sub("\n", joined))
    return _PILES.sub(r"\1", unicodedata.normalize("NFC", plain)).strip()


def shortened(words: str, most: int) -> str:
    """One line of at most `most` characters, cut at a word where that leaves half of it."""
    flat = " ".join(words.split())
    if len(flat) <= most:
        return flat
    cut = flat[: most - 1]
    word = cut.rpartition(" ")[0]
    return (word if len(word) * 2 > most else cut).rstrip(" ,.;:") + "…"
