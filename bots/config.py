"""The settings, read once at the start. A wrong or half-given one stops the start with one clear sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
S3 = ("files_s3_bucket", "files_s3_endpoint", "files_s3_region", "files_s3_key", "files_s3_secret")


class SettingsError(Exception):
    """Names the setting and says what it should be; never its value, which may be a secret."""


class Settings(BaseSettings):
    """Every field is explained in .env.example."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    public_url: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=1, le=65535)
    var_dir: Path = Path("var")
    region: Path = ROOT / "deploy" / "demo" / "region.yaml"
    demo: bool = False
    web_origins: Annotated[tuple[str, ...], NoDecode] = ()
    files_s3_bucket: str = ""
    files_s3_endpoint: str = ""
    files_s3_region: str = ""
    files_s3_key: SecretStr = SecretStr("")
    files_s3_secret: SecretStr = SecretStr("")

    @field_validator("database_url")
    @classmethod
    def _an_engine_that_we_know(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("it should begin with sqlite:/// or postgresql+psycopg://")
        try:
            name = make_url(url).database if url else "in VAR_DIR"
        except (ArgumentError, ValueError):
            raise ValueError("it should be like postgresql+psycopg://user:password@host:5432/name") from None
        if url.startswith("sqlite") and name in (None, "", ":memory:"):
            raise ValueError("it should name a file, like sqlite:///var/otklik.db")
        return value

    @field_validator("redis_url")
    @classmethod
    def _a_redis(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not (url.startswith(("redis://", "rediss://", "unix://")) and _port_of(url)):
            raise ValueError("it should be like redis://host:6379/0 or unix:///path, or be left out")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        return _origin(value) if value else ""

    @field_validator("web_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(_origin(part.strip()) for part in parts if part.strip())

    @field_validator("region")
    @classmethod
    def _a_file(cls, value: Path) -> Path:
        if not value.is_file():
            raise ValueError("it should be the path of a region.yaml that exists")
        return value

    @field_validator("files_s3_bucket")
    @classmethod
    def _a_bucket(cls, value: str) -> str:
        if value and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value, re.ASCII):
            raise ValueError("it should be the name of a bucket: 3 to 63 small Latin letters, digits, dots and hyphens")
        return value

    @field_validator("files_s3_endpoint")
    @classmethod
    def _an_endpoint(cls, value: str) -> str:
        try:
            return _origin(value) if value else ""
        except ValueError:
            raise ValueError("it should be like https://s3.example.ru, without the bucket") from None

    @field_validator("files_s3_region")
    @classmethod
    def _a_region(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9-]{1,63}", value, re.ASCII):
            raise ValueError("it should be like ru-central1")
        return value

    @model_validator(mode="after")
    def _a_whole_bucket(self) -> Self:
        given = {name: bool(_plain(getattr(self, name))) for name in S3}
        if any(given.values()) and not all(given.values()):
            missing = ", ".join(name.upper() for name, there in given.items() if not there)
            raise ValueError(f"{missing} should be set too: the five settings FILES_S3_... go together, or none is set")
        return self

    @property
    def database(self) -> str:
        return self.database_url.get_secret_value() or f"sqlite:///{self.var_dir / 'otklik.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be read in a log, in every form in which it may be written."""
        urls = (self.database_url.get_secret_value(), self.redis_url.get_secret_value())
        database = make_url(self.database)
        words = (database.password, database.query.get("password"), urlsplit(urls[1]).password)
        bucket = (self.files_s3_key.get_secret_value(), self.files_s3_secret.get_secret_value())
        given = [str(word) for word in (*urls, *words, *bucket) if word]
        return tuple({form for word in given for form in (word, quote(word, safe=""), unquote(word))})

    @property
    def embedded(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def address(self) -> str:
        """Where people open the pages."""
        host = f"[{self.http_host}]" if ":" in self.http_host else self.http_host
        return self.public_url or f"http://{host}:{self.http_port}"


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _port_of(url: str) -> bool:
    """The port is a number that a port may have, or is left out."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _origin(value: str) -> str:
    """As browsers write it. It goes into headers: nothing else may be in it."""
    match = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?", value.lower(), re.ASCII)
    if match is None or not _port_of(value):
        raise ValueError("it should be like https://chat.example.ru, without a path, and in Latin letters (xn--...)")
    return f"{match[1]}://{match[2]}{match[3] or ''}"


def read_settings() -> Settings:
    """From the environment and .env. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # it names the settings itself
            raise SettingsError(f"{reason}. See .env.example.") from None
        name = str(first["loc"][0]).upper()
        raise SettingsError(f"{name} is wrong: {reason[:1].lower()}{reason[1:]}. See .env.example.") from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError("The file .env cannot be read: it should be a text in UTF-8.") from None
