"""The authorization matrix as people read it: each command, query, dialog, notice and route, for each kind of person.

`python -m tests.security.matrix` writes it into docs/security.md. What it says is what the tests of this folder
execute, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from bots.config import ROOT
from core.actors import Actor, Citizen, Nobody, Official, Role, System
from dialogs.brief_house import brief
from dialogs.house import citizens, door, officials
from tests.security import rights_routes, scene
from tests.security.rights_core import COMMANDS, QUERIES, How, Row
from tests.security.rights_dialogs import DIALOGS, IN_BRIEF, NOTICES, Dialog
from tests.security.rights_routes import OPS_ROUTES, ROUTES
from tests.security.scene import COLUMNS, EVERYBODY, PEOPLE

PAGE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"
HOUSES = {"citizen": citizens, "staff": officials, "door": door, "brief": brief}
ACTORS: Mapping[str, Actor] = {
    **dict.fromkeys(scene.CITIZENS, Citizen(1)),
    "whose it is": Official(1, 1),
    "executor": Official(1, 1),
    "coordinator": Official(1, 1, Role.COORDINATOR),
    "curator": Official(1, 1, Role.CURATOR),
    "official above": Official(1, 1, Role.CURATOR),
    "official elsewhere": Official(1, 1, Role.COORDINATOR),
    **dict.fromkeys(scene.NOBODIES, Nobody()),
    "system": System(),
}
"""What they are, as far as a right looks at it."""

Cells = tuple[str, list[str]]


def core(rows: Iterable[Row]) -> Iterator[Cells]:
    for row in rows:
        yield row.title, [row.expected(name, ACTORS[name]).value for name in COLUMNS]


def dialogs(audience: str) -> Iterator[Cells]:
    for name, dialog in sorted(DIALOGS[audience].items()):
        yield name, [_of(dialog, who) for who in COLUMNS if who in PEOPLE]


def _of(dialog: Dialog, who: str) -> str:
    return {(True, True): "sees, acts", (True, False): "sees", (False, True): "acts"}.get(
        (who in dialog.shows, who in dialog.acts), How.NO_RIGHT.value
    )


def notices() -> Iterator[Cells]:
    for audience, house in HOUSES.items():
        for kind in sorted(house().notices):
            told = IN_BRIEF.get(kind, NOTICES[kind].told) if audience == "brief" else NOTICES[kind].told
            yield (
                f"{kind} ({audience})",
                ["told" if who in told else How.NO_RIGHT.value for who in COLUMNS if who in PEOPLE],
            )


def routes() -> Iterator[Cells]:
    for (method, path), route in ROUTES.items():
        answers = [str(route.status) if who in route.ok else How.NO_RIGHT.value for who in rights_routes.COLUMNS]
        yield f"{method} `{path}`" + (f" ({route.why})" if route.why else ""), answers


def ops_routes() -> Iterator[Cells]:
    for (method, path), may in OPS_ROUTES.items():
        answers = [How.DONE.value if who in may else How.NO_RIGHT.value for who in rights_routes.OPS_COLUMNS]
        yield f"{method} `{path}`", answers


def table(first: str, columns: Iterable[str], cells: Iterable[Cells]) -> Iterator[str]:
    heads = [first, *columns]
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for title, row in cells:
        yield "| " + " | ".join((title, *row)) + " |"
    yield ""


def sections() -> dict[str, tuple[str, list[str], list[Cells]]]:
    """By heading: what stands in the first column, the other columns, the rows."""
    everybody = list(COLUMNS.values())
    people = [head for who, head in COLUMNS.items() if who in PEOPLE]
    houses = {
        "citizen": "Dialogs of citizens",
        "staff": "Dialogs of officials",
        "door": "Dialogs at the door of the officials' chat",
        "brief": "Dialogs where no personal data are shown (TELEGRAM_PII=off)",
    }
    return {
        "Commands": ("command", everybody, list(core(COMMANDS))),
        "Queries": ("query", everybody, list(core(QUERIES))),
        **{heading: ("dialog", people, list(dialogs(audience))) for audience, heading in houses.items()},
        "Notices, were they addressed to everybody": ("notice", people, list(notices())),
        "Routes": ("route", list(rights_routes.COLUMNS.values()), list(routes())),
        "Routes of the operators' server": ("route", list(rights_routes.OPS_COLUMNS.values()), list(ops_routes())),
    }


def cells() -> int:
    return sum(len(row) for _, _, rows in sections().values() for _, row in rows)


def written() -> str:
    parts = ([f"### {heading}", "", *table(*section)] for heading, section in sections().items())
    return "\n".join([f"{cells()} cells, each of them executed.", "", *chain(*parts)])


def page(before: str) -> str:
    """The page with the matrix of this minute in it."""
    head, rest = before.split(BEGIN)
    return f"{head}{BEGIN}\n{written()}{END}{rest.split(END)[1]}"


def main() -> None:
    assert set(ACTORS) == EVERYBODY
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{PAGE}: {cells()} cells")


if __name__ == "__main__":
    main()
