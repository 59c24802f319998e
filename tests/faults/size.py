"""How large the trials are: what CI can bear, or with SIZE=full what the figures of a release are taken with."""

import os

FULL = os.environ.get("SIZE") == "full"


def size(small: int, full: int) -> int:
    return full if FULL else small
