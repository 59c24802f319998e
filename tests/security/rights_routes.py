"""Which route of the pages and of the messengers answers whom. What is new has no right to be there before it stands
here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.web.site import PNG

AUTHORS = {"owner", "holder by code"}
CITIZENS = AUTHORS | {"other citizen"}
SEES = {"whose it is", "colleague", "official above"}
OFFICIALS = SEES | {"official elsewhere"}
NOBODIES = {"revoked", "nobody"}
MESSENGERS = {"telegram", "vk"}
EVERYBODY = CITIZENS | OFFICIALS | NOBODIES | MESSENGERS
NONE: set[str] = set()
COLUMNS: Mapping[str, str] = {
    "owner": "the author",
    "holder by code": "opened it by its code",
    "other citizen": "another citizen",
    "whose it is": "official who has answered it",
    "colleague": "colleague, same organization",
    "official above": "curator of the organization above",
    "official elsewhere": "coordinator of another organization",
    "revoked": "former official (a desk still open in the browser)",
    "nobody": "nobody",
    "telegram": "Telegram (knows the secret)",
    "vk": "VK (knows the secret)",
}


@dataclass(frozen=True)
class Route:
    """`ok` are those for whom it answers with `status`, for others with a 4xx. In a body, "ID" is a new one and
    "SECRET" what the asker knows."""

    ok: set[str]
    status: int = 200
    body: bytes | None = None
    why: str = ""


def of_chat(base: str, who: set[str], photo: set[str]) -> dict[tuple[str, str], Route]:
    return {
        ("POST", f"{base}/messages"): Route(who, 202, b'{"kind":"command","id":"ID","name":"menu"}'),
        ("POST", f"{base}/photos"): Route(who & CITIZENS, 201, PNG),
        ("POST", f"{base}/documents"): Route(who & CITIZENS, 201, b"%PDF-1.7\n"),
        ("POST", f"{base}/files/{{ref}}/link"): Route(photo),
        ("GET", f"{base}/photos/{{ref}}"): Route(photo),
        ("GET", f"{base}/items"): Route(who),
        ("POST", f"{base}/ack"): Route(who, 204, b'{"n":1}'),
        ("POST", f"{base}/ticket"): Route(who),
        ("GET", f"{base}/stream"): Route(NONE, why="a ticket opens it, once"),
    }


UPDATE = b'{"update_id":1}'
EVENT = b'{"type":"wall_post_new","group_id":77,"secret":"SECRET","event_id":"e1","object":{}}'

ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/"): Route(EVERYBODY),
    ("GET", "/desk"): Route(OFFICIALS),
    ("GET", "/enter/{token}"): Route(NONE, why="the link itself opens it, and spends nothing"),
    ("POST", "/enter/{token}"): Route(NONE, 303, why="the link itself, once, from our own page"),
    ("GET", "/static/{version}/{name}"): Route(EVERYBODY),
    ("GET", "/file/{ref}"): Route(NONE, why="a signature opens it, for five minutes"),
    ("GET", "/health/live"): Route(EVERYBODY),
    ("GET", "/health/ready"): Route(EVERYBODY),
    **of_chat("/api/chat", CITIZENS, AUTHORS),
    **of_chat("/desk/api", OFFICIALS, SEES),
    ("POST", "/hooks/telegram"): Route({"telegram"}, 200, UPDATE),
    ("POST", "/hooks/telegram-staff"): Route({"telegram"}, 200, UPDATE),
    ("POST", "/hooks/vk"): Route({"vk"}, 200, EVENT),
}

OPERATORS = {"operator"}
OPS_COLUMNS: Mapping[str, str] = {**COLUMNS, "operator": "operator (knows OPS_TOKEN)"}
OPS_ROUTES: dict[tuple[str, str], set[str]] = {
    ("GET", "/"): OPERATORS,
    ("GET", "/{act}/{kind}/{id}"): OPERATORS,
    ("POST", "/{act}/{kind}/{id}"): OPERATORS,
    ("GET", "/static/{name}"): OPERATORS,
    ("GET", "/metrics"): OPERATORS,
    ("GET", "/health/live"): EVERYBODY | OPERATORS,
    ("GET", "/health/ready"): EVERYBODY | OPERATORS,
}
"""Of the operators' own server, which listens on another port: who gets past its door."""
