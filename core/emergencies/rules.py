"""Finds the signs of danger in what somebody has typed. Pure, and linear in the length of the text; which words they
are is said in `vocabulary`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from core.emergencies.signs import BLOCKS, NUMBERS, SIGNS
from core.emergencies.words import ENDINGS, LATER_NEGATIONS, NEGATIONS, WORDS

NEAR = 4
"""Words of a sign may stand so far apart, in any order; a sign may say another distance."""
VETO = 3
"""At least so far from a sign its vetoes are looked for."""
SENTENCE = 3
"""The end of a sentence counts as so many words, and a comma as one."""
READ = 2000
"""Words of the text that are looked at."""
LONGEST = 32
"""Letters of a word that are looked at."""
SPELT_AS_HEARD = 5
"""A shorter word with another vowel is another word."""
TYPO_LETTERS = 7
"""A shorter word with a wrong letter is another word."""
GLUED = 8
"""Letters from which on two words may have been typed without the space between them."""

_WORD = re.compile(r"[a-zа-я0-9]+|[.,!?;:\n]+")
_HEARD = str.maketrans({"о": "а", "е": "и", "э": "и", "ь": None, "ъ": None})
_LATIN = str.maketrans("aceopxykmthb", "асеорхукмтнв")
_HELD = re.compile(r"([^\W\d])\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")

Places = Mapping[str, Sequence[int]]
"""Where the words of a group stand; those of «!group» are negated."""


@dataclass(frozen=True, slots=True)
class _Sign:
    kind: str
    groups: tuple[str, ...]
    vetoes: tuple[str, ...]
    near: int


@dataclass(frozen=True, slots=True)
class _Index:
    """Groups by a whole word, by the beginning of one, and by one with a slip of the finger."""

    whole: Mapping[str, frozenset[str]]
    begun: Mapping[str, frozenset[str]]
    typos: Mapping[str, frozenset[str]]


def signs(text: str) -> tuple[str, ...]:
    """The numbers of those who help, the fittest first; none where nobody seems to be in danger."""
    places = _places(text)
    found = {sign.kind for sign in _complete(places)}
    return tuple(dict.fromkeys(number for kind, number in NUMBERS.items() if kind in found))


def _complete(places: Places) -> Iterator[_Sign]:
    """Signs of which every word stands near the others, and nothing says that it is not meant so."""
    for sign in _signs():
        if all(group in places for group in sign.groups) and any(
            not _vetoed(sign, start, end, places) for start, end in _together(sign, places)
        ):
            yield sign


def _together(sign: _Sign, places: Places) -> Iterator[tuple[int, int]]:
    """Where the words of the sign stand together: from the first to the last of them."""
    for at in places[sign.groups[0]]:
        nearest = [_nearest(places[group], at) for group in sign.groups]
        start, end = min(nearest), max(nearest)
        if end - start <= sign.near:
            yield start, end


def _vetoed(sign: _Sign, start: int, end: int, places: Places) -> bool:
    around = max(sign.near, VETO)
    if any(_within(places, group, start - around, end + around) for group in sign.vetoes):
        return True
    for block in BLOCKS:
        last = end + block.after if block.after else start
        if sign.kind in block.spares or not _within(places, block.group, start - block.before, last):
            continue
        if not (block.unless and _within(places, block.unless, start - NEAR, end + NEAR)):
            return True
    return False


def _within(places: Places, group: str, start: int, end: int) -> bool:
    found = places.get(group, ())
    n = bisect_left(found, start)
    return n < len(found) and found[n] <= end


def _nearest(found: Sequence[int], at: int) -> int:
    n = bisect_left(found, at)
    return min(found[max(n - 1, 0) : n + 1], key=lambda place: abs(place - at))


def _places(text: str) -> Places:
    places: dict[str, list[int]] = defaultdict(list)
    words = _words(text)
    for n, (word, at) in enumerate(words):
        before = words[n - 1][0] if n and words[n - 1][1] == at - 1 else ""
        after = words[n + 1][0] if n + 1 < len(words) and words[n + 1][1] == at + 1 else ""
        negated = before in NEGATIONS or after in LATER_NEGATIONS
        for group in sorted(_groups(word)):
            turned = group.removeprefix("!") if group.startswith("!") else f"!{group}"
            places[turned if negated else group].append(at)
    return places


def _words(text: str) -> list[tuple[str, int]]:
    """The words, and the place of each."""
    typed = text.lower().replace("ё", "е").replace("n't", " not").replace("n’t", " not")
    typed = _HELD.sub(r"\1", typed)
    words: list[tuple[str, int]] = []
    at = 0
    for match in _WORD.finditer(typed):
        if not match[0][0].isalnum():
            at += 1 if match[0] == "," else SENTENCE
            continue
        word = match[0][:LONGEST]
        words.append((word if word.isascii() else word.translate(_LATIN), at))
        at += 1
        if len(words) == READ:
            break
    return words


@lru_cache(maxsize=8192)
def _groups(word: str) -> frozenset[str]:
    """To which groups the word belongs, as it is, as it sounds, glued to another one, or with a typo."""
    known = _known(word)
    if word.startswith("не") and len(word) > SPELT_AS_HEARD:
        known |= {f"!{group}" for group in _known(word[2:])}
    if len(word) >= GLUED:
        known |= _parts(word)
    return known or _mistyped(_heard(word))


def _known(word: str) -> frozenset[str]:
    found: set[str] = set()
    for spelt in (word, _heard(word)):
        found |= _index().whole.get(spelt, frozenset())
        for end in range(1, len(spelt) + 1):
            found |= _index().begun.get(spelt[:end], frozenset())
    return frozenset(found)


def _parts(word: str) -> frozenset[str]:
    for cut in range(3, len(word) - 2):
        left, right = _index().whole.get(word[:cut]), _index().whole.get(word[cut:])
        if left and right:
            return left | right
    return frozenset()


def _mistyped(heard: str) -> frozenset[str]:
    found: set[str] = set()
    for end in range(TYPO_LETTERS, len(heard) + 1):
        for short in _shortened(heard[:end]):
            found |= _index().typos.get(f"{short}*", frozenset())
            if end == len(heard):
                found |= _index().typos.get(short, frozenset())
    return frozenset(found)


def _heard(word: str) -> str:
    """As the ear has it: vowels that sound alike become one, and a letter that is held down is one letter. Short words
    stay apart («ток» is no «так»)."""
    if len(word) < SPELT_AS_HEARD:
        return word
    return "~" + _DOUBLED.sub(r"\1", word).translate(_HEARD)


def _shortened(word: str) -> set[str]:
    """The word, and the word without each of its letters but the first: two that differ by one letter share one of
    these. (Before the first letter stands the mark of `_heard`.)"""
    return {word, *(word[:n] + word[n + 1 :] for n in range(2, len(word)))}


@cache
def _index() -> _Index:
    """Made once, for the first words that are asked about."""
    whole: dict[str, set[str]] = defaultdict(set)
    begun: dict[str, set[str]] = defaultdict(set)
    typos: dict[str, set[str]] = defaultdict(set)
    for group, items in WORDS.items():
        for item in items.split():
            bare = item.rstrip("+*")
            spelt = _heard(bare)
            if item.endswith("*"):
                begun[spelt].add(group)
            for ending in ENDINGS if item.endswith("+") else ("",):
                for form in (bare + ending, _heard(bare + ending)):
                    whole[form].add(group)
            if len(spelt) > TYPO_LETTERS:
                for short in _shortened(spelt):
                    typos[f"{short}*" if item.endswith("*") else short].add(group)
    return _Index(*({key: frozenset(groups) for key, groups in each.items()} for each in (whole, begun, typos)))


def _read(kind: str, words: str) -> _Sign:
    parts = words.split()
    return _Sign(
        kind,
        tuple(part for part in parts if part[0] not in "-~"),
        tuple(part[1:] for part in parts if part[0] == "-"),
        next((int(part[1:]) for part in parts if part[0] == "~"), NEAR),
    )


@cache
def _signs() -> tuple[_Sign, ...]:
    return tuple(_read(kind, words) for kind, each in SIGNS.items() for words in each)
