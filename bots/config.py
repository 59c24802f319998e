"""The settings, read once at the start. A wrong or half-given one stops the start with one clear sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bots.addresses import at, base, has_good_port, origin
from bots.together import check_messengers, check_operations

ROOT = Path(__file__).resolve().parent.parent
S3 = ("files_s3_bucket", "files_s3_endpoint", "files_s3_region", "files_s3_key", "files_s3_secret")

BOT_TOKEN = re.compile(r"[0-9]{5,20}:[A-Za-z0-9_-]{30,64}")


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
    telegram_token: SecretStr = SecretStr("")
    telegram_staff_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_secret: SecretStr = SecretStr("")
    telegram_pii: Literal["full", "off"] = "full"
    vk_token: SecretStr = SecretStr("")
    vk_group_id: int = Field(default=0, ge=0)
    vk_api_url: str = "https://api.vk.com/method/"
    vk_mode: Literal["longpoll", "callback"] = "longpoll"
    vk_secret: SecretStr = SecretStr("")
    vk_confirmation: str = ""
    files_s3_bucket: str = ""
    files_s3_endpoint: str = ""
    files_s3_region: str = ""
    files_s3_key: SecretStr = SecretStr("")
    files_s3_secret: SecretStr = SecretStr("")
    ops_host: str = "127.0.0.1"
    ops_port: int = Field(default=0, ge=0, le=65535)
    ops_token: SecretStr = SecretStr("")
    drain_seconds: int = Field(default=0, ge=0, le=120)
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["info", "debug"] = "info"

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
        if url and not (url.startswith(("redis://", "rediss://", "unix://")) and has_good_port(url)):
            raise ValueError("it should be like redis://host:6379/0 or unix:///path, or be left out")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        return origin(value) if value else ""

    @field_validator("web_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(origin(part.strip()) for part in parts if part.strip())

    @field_validator("region")
    @classmethod
    def _a_file(cls, value: Path) -> Path:
        if not value.is_file():
            raise ValueError("it should be the path of a region.yaml that exists")
        return value

    @field_validator("telegram_token", "telegram_staff_token")
    @classmethod
    def _of_a_bot(cls, value: SecretStr) -> SecretStr:
        if value and not BOT_TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("it should be as @BotFather shows it: digits, a colon, 30 to 64 letters and digits")
        return value

    @field_validator("telegram_secret")
    @classmethod
    def _of_a_webhook(cls, value: SecretStr) -> SecretStr:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("it should be 16 to 256 Latin letters, digits, _ and -, made up by you")
        return value

    @field_validator("telegram_api_url")
    @classmethod
    def _a_bot_api_server(cls, value: str) -> str:
        return base(value.rstrip("/"))

    @field_validator("vk_token")
    @classmethod
    def _of_a_community(cls, value: SecretStr) -> SecretStr:
        if value and not re.fullmatch(r"[A-Za-z0-9._-]{16,512}", value.get_secret_value()):
            raise ValueError("it should be an access key as the community's «Ключи доступа» show it")
        return value

    @field_validator("vk_api_url")
    @classmethod
    def _methods(cls, value: str) -> str:
        if not value.endswith("/method/"):
            raise ValueError("it should end with /method/, like https://api.vk.com/method/")
        return base(value)

    @field_validator("vk_secret")
    @classmethod
    def _of_a_callback(cls, value: SecretStr) -> SecretStr:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{16,50}", value.get_secret_value()):
            raise ValueError("it should be 16 to 50 Latin letters, digits, _ and -, made up by you")
        return value

    @field_validator("vk_confirmation")
    @classmethod
    def _a_code(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9]{1,64}", value):
            raise ValueError("it should be the short string that VK's server is to answer: Latin letters and digits")
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
            return origin(value) if value else ""
        except ValueError:
            raise ValueError("it should be like https://s3.example.ru, without the bucket") from None

    @field_validator("files_s3_region")
    @classmethod
    def _a_region(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9-]{1,63}", value, re.ASCII):
            raise ValueError("it should be like ru-central1")
        return value

    @field_validator("ops_token")
    @classmethod
    def _of_operators(cls, value: SecretStr) -> SecretStr:
        if value and not re.fullmatch(r"[!-~]{16,256}", value.get_secret_value()):
            raise ValueError("it should be 16 to 256 Latin letters, digits and signs without spaces, made up by you")
        return value

    @model_validator(mode="after")
    def _a_whole_bucket(self) -> Self:
        given = {name: bool(_plain(getattr(self, name))) for name in S3}
        if any(given.values()) and not all(given.values()):
            missing = ", ".join(name.upper() for name, there in given.items() if not there)
            raise ValueError(f"{missing} should be set too: the five settings FILES_S3_... go together, or none is set")
        return self

    @model_validator(mode="after")
    def _messengers(self) -> Self:
        check_messengers(self)
        return self

    @model_validator(mode="after")
    def _operations(self) -> Self:
        check_operations(self)
        return self

    @property
    def database(self) -> str:
        return self.database_url.get_secret_value() or f"sqlite:///{self.var_dir / 'otklik.db'}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be read in a log, in every form in which it may be written."""
        database, redis = make_url(self.database), urlsplit(self.redis_url.get_secret_value())
        words = (database.password, database.query.get("password"), redis.password)
        held = [value.get_secret_value() for value in dict(self).values() if isinstance(value, SecretStr)]
        keys = [word.partition(":")[2] for word in held if BOT_TOKEN.fullmatch(word)]
        given = [str(word) for word in (*held, *words, *keys) if word]
        return tuple({form for word in given for form in (word, quote(word, safe=""), unquote(word))})

    @property
    def embedded(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def address(self) -> str:
        """Where people open the pages."""
        return self.public_url or at(self.http_host, self.http_port)


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


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
