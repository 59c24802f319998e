"""Files in a bucket of anything that speaks S3, under the same names as in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from bots.files.store import name_of, place_of

TRIES = 3
WITHIN = timedelta(seconds=15)
"""For all tries together; a person waits for it."""
ONE_WITHIN, CONNECT_WITHIN = timedelta(seconds=10), timedelta(seconds=3)


class StoreAway(OSError):
    """The bucket does not answer as it should; the reason is the name of an error, for operators."""


class BucketStore:
    def __init__(self, bucket: str, endpoint: str, region: str, key: str, secret: str) -> None:
        """Connects to nothing yet: a bucket that is away stops no start."""
        self._bucket = S3Store(
            bucket,
            endpoint=endpoint,
            region=region,
            access_key_id=key,
            secret_access_key=secret,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": ONE_WITHIN,
                "connect_timeout": CONNECT_WITHIN,
            },
            retry_config={"max_retries": TRIES, "retry_timeout": WITHIN},
        )

    def save(self, content: bytes) -> str:
        name = name_of(content)
        if self.exists(name):
            return name
        try:
            with _away():
                obstore.put(self._bucket, _key(name), content, use_multipart=False)
        except FileNotFoundError:
            raise StoreAway("S3: no such bucket") from None
        return name

    def read(self, name: str) -> bytes:
        with _away():
            return bytes(obstore.get(self._bucket, _key(name)).bytes())

    def exists(self, name: str) -> bool:
        try:
            with _away():
                obstore.head(self._bucket, _key(name))
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        try:
            with _away():
                obstore.delete(self._bucket, _key(name))
        except FileNotFoundError:  # some servers say so
            pass


def _key(name: str) -> str:
    return "/".join(place_of(name))


@contextmanager
def _away() -> Iterator[None]:
    """What the server says holds addresses and request ids, so that only its kind goes on."""
    try:
        yield
    except FileNotFoundError:
        raise FileNotFoundError("S3: no such file") from None
    except BaseError as error:
        raise StoreAway(f"S3: {type(error).__name__}") from None
