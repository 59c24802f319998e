"""Guesses the category of a text from the words and phrases that belong to each. Pure; another guesser (a trained one)
may stand behind the same function: text and vocabularies in, codes out."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

MOST = 3
"""Suggestions: more is a list, not a guess."""
ENOUGH = 0.6
"""Below it nothing is suggested."""
FRACTION = 0.3
"""Of the best score that another category must have to be suggested too."""
READ = 150
"""Words of the text that are looked at; the matter is told in the first."""
NEAR = 6
"""Words of a phrase may stand so far apart, in any order."""
TYPO_LETTERS = 5
"""A shorter word with a wrong letter is another word."""
TYPO_WORTH = 0.6

_WORD = re.compile(r"[a-zа-я0-9]+")
_SKIPPED_WORDS = """
и в во на с со к ко у о об от до за из по под над для при а но или же бы ли то это что как так тут там
the a an of in on at to is are my our and or for with it
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The phrases that belong to a category; a phrase of one word may stand anywhere."""

    code: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """`phrases` by their rarest stem, `typos` from a stem without one letter to the whole stem."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], float, str], ...]]
    stems: frozenset[str]
    typos: Mapping[str, frozenset[str]]


def suggest(text: str, vocabularies: tuple[Vocabulary, ...]) -> tuple[str, ...]:
    """Codes of the likeliest categories, best first; none if nothing fits."""
    index = _index(vocabularies)
    found = _found(text, index)
    scores: dict[str, float] = defaultdict(float)
    for first in found:
        for stems, weight, code in index.phrases.get(first, ()):
            scores[code] += weight * _worth(stems, found)
    order = {vocabulary.code: n for n, vocabulary in enumerate(vocabularies)}
    ranked = sorted(scores, key=lambda code: (-scores[code], order[code]))[:MOST]
    return tuple(code for code in ranked if scores[code] >= max(ENOUGH, FRACTION * scores[ranked[0]]))


def _worth(stems: tuple[str, ...], found: Mapping[str, tuple[float, list[int]]]) -> float:
    """0 unless all words of the phrase stand near each other; a word with a typo counts for less."""
    if any(stem not in found for stem in stems):
        return 0.0
    start = found[stems[0]][1]
    near = any(all(any(abs(at - place) <= NEAR for at in found[stem][1]) for stem in stems) for place in start)
    return min(found[stem][0] for stem in stems) if near else 0.0


def _found(text: str, index: _Index) -> dict[str, tuple[float, list[int]]]:
    """Known stems of the text: what each is worth, and where it stands."""
    found: dict[str, tuple[float, list[int]]] = {}
    for place, stem in enumerate(_stems(text)):
        for known, worth in _known(stem, index):
            before, places = found.get(known, (0.0, []))
            found[known] = (max(before, worth), [*places, place])
    return found


def _known(stem: str, index: _Index) -> Iterator[tuple[str, float]]:
    if stem in index.stems:
        yield stem, 1.0
    elif len(stem) >= TYPO_LETTERS:
        near = {whole for short in _shortened(stem) for whole in index.typos.get(short, ())}
        yield from ((whole, TYPO_WORTH) for whole in sorted(near))


@lru_cache(maxsize=4)
def _index(vocabularies: tuple[Vocabulary, ...]) -> _Index:
    """Stemming a whole rubricator takes longer than a guess may; it changes once a month."""
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for vocabulary in vocabularies:
        for phrase in vocabulary.phrases:
            if stems := tuple(sorted(set(_stems(phrase)), key=lambda stem: (-len(stem), stem))):
                owners[stems].add(vocabulary.code)
    phrases: dict[str, list[tuple[tuple[str, ...], float, str]]] = defaultdict(list)
    for stems, codes in owners.items():
        for code in sorted(codes):
            phrases[stems[0]].append((stems, _weight(len(stems), len(codes)), code))
    known = frozenset(stem for stems in owners for stem in stems)
    typos: dict[str, set[str]] = defaultdict(set)
    for stem in known:
        if len(stem) >= TYPO_LETTERS:
            for short in _shortened(stem):
                typos[short].add(stem)
    return _Index(
        {stem: tuple(found) for stem, found in phrases.items()},
        known,
        {short: frozenset(stems) for short, stems in typos.items()},
    )


def _weight(words: int, owners: int) -> float:
    """A phrase says more than a word; what several categories claim says less."""
    return math.sqrt(words**3 / owners)


def _shortened(stem: str) -> set[str]:
    """The stem, and the stem without each of its letters: two that differ by one letter share one of these."""
    return {stem, *(stem[:n] + stem[n + 1 :] for n in range(len(stem)))}


def _stems(text: str) -> list[str]:
    words = [word for word in _WORD.findall(text.lower().replace("ё", "е")) if word not in _SKIPPED][:READ]
    return [_stem(word) for word in words]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """People use the same words. A stemmer keeps state, and queries run in several threads: each has its own."""
    stem: str = snowballstemmer.stemmer("english" if word.isascii() else "russian").stemWord(word)
    return stem
