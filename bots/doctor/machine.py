"""Looks at what stands on our side: database, Redis, files, addresses, region. Starts and makes nothing but one small
file or object, which is taken away again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile

import redis
import sqlalchemy.exc

from bots.addresses import is_loopback
from bots.config import Settings
from bots.doctor.finding import Finding, bad, good, look
from bots.files.settings import open_store
from bots.migrate import NotMigrated, check
from core.db import Database
from core.importer import is_empty
from core.region.file import WrongFile, load_region

WITHIN = 10
"""Seconds that a Redis has to answer."""


def machine(settings: Settings) -> Iterator[Finding]:
    yield good("The settings are complete and fit together")
    yield _region(settings)
    yield from _database(settings)
    if settings.redis_url:
        yield _redis(settings.redis_url.get_secret_value())
    yield _folder(settings.var_dir)
    if settings.files_s3_bucket:
        yield _bucket(settings)
    yield _pages(settings)


def _region(settings: Settings) -> Finding:
    try:
        region = load_region(settings.region)
    except WrongFile as error:
        return bad(f"REGION: {error}", "deploy/demo/region.yaml shows every field")
    made_up = settings.region == Settings.model_fields["region"].default
    if made_up and not settings.demo:
        return look("REGION: it is the made-up region of the demo.", "set REGION to your own region.yaml")
    return good(f"REGION: {region.name['ru']}")


def _database(settings: Settings) -> Iterator[Finding]:
    file = Path(settings.database.removeprefix("sqlite:///")) if settings.embedded else None
    if file is not None and not file.exists():
        yield look("DATABASE_URL: there is no database yet; the first `run` makes it")
        return
    try:
        with closing(Database(settings.database, serve=False)) as db:
            check(db)
            empty = db.read(is_empty).result()
    except NotMigrated as error:
        yield (
            look("DATABASE_URL: it is of an older release; `run` migrates it")
            if file
            else bad(f"DATABASE_URL: {error}")
        )
    except (sqlalchemy.exc.DBAPIError, OSError):
        yield bad(
            "DATABASE_URL: the database does not answer as it should.",
            "check that it runs, and its address, name, user and password",
        )
    else:
        yield good("DATABASE_URL: the database answers and is at this release")
        if empty:
            yield look(
                "The database is empty: there is nobody who could answer.", "python -m bots import your-data.yaml"
            )


def _redis(url: str) -> Finding:
    try:
        with closing(redis.Redis.from_url(url, socket_timeout=WITHIN, socket_connect_timeout=WITHIN)) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return bad(
            f"REDIS_URL: it does not answer ({type(error).__name__}).",
            "check that it runs, and its address and password; without it other processes hear of news a second later",
        )
    return good("REDIS_URL: it answers")


def _folder(folder: Path) -> Finding:
    if not folder.exists():
        there = next(parent for parent in folder.absolute().parents if parent.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            return look("VAR_DIR: the folder is not there yet; the first start makes it")
        return bad("VAR_DIR: the folder is not there and cannot be made.", "make it, for the user who runs Otklik")
    try:
        with NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return bad(f"VAR_DIR: it cannot be written ({error.strerror}).", "give it to the user who runs Otklik")
    return good("VAR_DIR: it can be written")


def _bucket(settings: Settings) -> Finding:
    store = open_store(settings)
    try:
        name = store.save(secrets.token_bytes(32))
        store.delete(name)
    except OSError as error:
        return bad(
            f"FILES_S3_BUCKET: files cannot be kept there ({error}).",
            "check the five settings FILES_S3_..., and that the key may read, write and delete",
        )
    return good("FILES_S3_BUCKET: files can be kept there")


def _pages(settings: Settings) -> Finding:
    if settings.public_url.startswith("https:"):
        return good(f"PUBLIC_URL: {settings.public_url} (whether it is reached from outside is not checked)")
    if is_loopback(settings.address):
        return look(f"PUBLIC_URL: the pages open on this machine only, at {settings.address}", "set it for real people")
    return look(
        f"PUBLIC_URL: {settings.address} is not https: browsers give no position there, and words travel openly.",
        "put a TLS proxy before HTTP_HOST:HTTP_PORT and set PUBLIC_URL to its address",
    )
