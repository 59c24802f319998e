"""What the product draws at random falls alike in every run with the same seed: each module draws from a row of its
own, so that who draws first does not matter."""

from __future__ import annotations

import base64
import secrets
import sys
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
OURS = ("bots.", "core.", "tests.fakes.")


class Loaded:
    """Stands in for the module `secrets`."""

    def __init__(self, seed: int, module: str) -> None:
        self._dice = Random(f"{seed} {module}")

    def token_bytes(self, size: int = 32) -> bytes:
        return self._dice.randbytes(size)

    def token_hex(self, size: int = 32) -> str:
        return self.token_bytes(size).hex()

    def token_urlsafe(self, size: int = 32) -> str:
        return base64.urlsafe_b64encode(self.token_bytes(size)).rstrip(b"=").decode()

    def randbelow(self, most: int) -> int:
        return self._dice.randrange(most)

    def choice(self, options: Sequence[T]) -> T:
        return self._dice.choice(options)


def load_dice(seed: int) -> None:
    """For the rest of this process; whatever draws must have been imported."""
    for name, module in list(sys.modules.items()):
        if name.startswith(OURS) and getattr(module, "secrets", None) is secrets:
            vars(module)["secrets"] = Loaded(seed, name)
