"""Reads the names of the parts of a compound file (Word and Excel before 2007: [MS-CFB]). Reads nothing else of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER, _ENTRY = 512, 128
_SHIFTS = (9, 12)
_LAST = 0xFFFFFFFA
"""Sector numbers from here on are signs: the end of a chain, a free sector."""


def names(content: bytes) -> set[str]:
    """Raises ValueError for what is no compound file, or goes in circles."""
    if len(content) < _HEADER or not content.startswith(OLE):
        raise ValueError("Not a compound file.")
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in _SHIFTS:
        raise ValueError("Not a compound file.")
    file = _Sectors(content, 1 << shift)
    (first,) = struct.unpack_from("<I", content, 48)
    return {name for sector in file.chain(first) for name in _names(file.sector(sector))}


def _names(sector: bytes) -> Iterator[str]:
    for start in range(0, len(sector) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", sector, start + 64)
        if kind and 2 <= length <= 64:
            yield sector[start : start + length - 2].decode("utf-16-le", "replace")


class _Sectors:
    def __init__(self, content: bytes, size: int) -> None:
        self._content, self._size, self._each = content, size, size // 4
        self._count = len(content) // size
        self._table = list(self._tables())

    def sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._content[start : start + self._size]

    def chain(self, number: int) -> Iterator[int]:
        for _ in range(self._count):
            if number >= _LAST:
                return
            yield number
            number = self._next(number)
        if number < _LAST:
            raise ValueError("It goes in circles.")

    def _next(self, number: int) -> int:
        which, place = divmod(number, self._each)
        if which >= len(self._table):
            raise ValueError("It points outside.")
        return self._numbers(self.sector(self._table[which]))[place]

    def _tables(self) -> Iterator[int]:
        """The sectors that say for each sector which is the next: 109 are named in the header, more in a list."""
        yield from self._used(struct.unpack_from("<109I", self._content, 76))
        (more,) = struct.unpack_from("<I", self._content, 68)
        for _ in range(self._count):
            if more >= _LAST:
                return
            *some, more = self._numbers(self.sector(more))
            yield from self._used(tuple(some))

    @staticmethod
    def _used(numbers: tuple[int, ...]) -> Iterator[int]:
        return (number for number in numbers if number < _LAST)

    def _numbers(self, sector: bytes) -> tuple[int, ...]:
        if len(sector) != self._size:
            raise ValueError("It breaks off.")
        return struct.unpack(f"<{self._each}I", sector)
