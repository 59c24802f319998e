"""Where the bytes of a file lie that somebody has sent to the bot. Asks at the last moment: the address runs out within
an hour. It downloads nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bots.addresses import inside
from bots.files.download import Gone, TooLarge, Unreachable
from bots.files.lane import Fetched
from bots.telegram.api import Answer, Api, NotSent, Unknown

_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*", re.ASCII)


class TelegramSource:
    def __init__(self, api: Api, base: str) -> None:
        self._api, self.inside = api, inside(base)

    async def open(self, source: Mapping[str, Any]) -> Fetched:
        """Raises Gone, TooLarge or Unreachable."""
        try:
            answer = await self._api.call("getFile", {"file_id": str(source.get("file_id", ""))})
        except (NotSent, Unknown) as error:
            raise Unreachable(str(error)) from None
        if not answer.ok or not isinstance(answer.result, dict):
            raise _problem(answer)
        path, size = answer.result.get("file_path"), answer.result.get("file_size")
        if not isinstance(path, str) or not _PATH.fullmatch(path):  # a local server that hands out its own folders
            raise Unreachable("no path that can be fetched")
        return Fetched(address=self._api.file(path), size=size if isinstance(size, int) else None)


def _problem(answer: Answer) -> Exception:
    said = answer.description.casefold()
    if answer.code == 400 and "too big" in said:
        return TooLarge()
    if answer.code == 400 and ("file_id" in said or "file identifier" in said or "file_reference" in said):
        return Gone()
    return Unreachable(f"status {answer.code}")
