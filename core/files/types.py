"""What is known about a stored file; where its bytes lie is not core's matter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileRow:
    sha256: str
    mime: str
    size: int
