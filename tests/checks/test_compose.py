"""What the image and docker-compose.yml say agrees with the product: its settings, commands, packages, pages. Whether
Docker does what they say, is not tried here."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from argparse import _SubParsersAction
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from bots.__main__ import _parser
from bots.config import Settings
from bots.wiring import CANCEL, CANCELS, STREAMS_END, TURNS_END
from tests.checks.tree import CODE, ROOT, project_files

COMPOSE, IMAGE, IGNORED = "docker-compose.yml", "Dockerfile", ".dockerignore"
EXPLAINED, LOCK = "deploy/compose.env.example", "deploy/requirements.lock"
NAMES = (COMPOSE, IMAGE, IGNORED, EXPLAINED, LOCK)
OURS = {"migrate", "front", "worker"}
OF_POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
"""Of the image's settings: hub.docker.com/_/postgres."""
NOT_NEEDED = {"deploy"}
"""Folders that the product knows and the image leaves out: the demo."""

Texts = Mapping[str, str]
Check = Callable[[Texts], list[str]]


@pytest.fixture(scope="module")
def texts() -> Texts:
    return {name: (ROOT / name).read_text("utf-8") for name in NAMES}


def services(texts: Texts) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = yaml.safe_load(texts[COMPOSE])["services"]
    return made


def instructions(texts: Texts) -> list[tuple[str, str]]:
    """Of the Dockerfile: the word and what stands after it."""
    whole = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", texts[IMAGE]))
    return [(line.split()[0], line.split(maxsplit=1)[1].strip()) for line in whole.splitlines() if line.strip()]


def of(texts: Texts, word: str) -> list[str]:
    """In the last stage, the one that becomes the image."""
    found = instructions(texts)
    last = max(n for n, (name, _) in enumerate(found) if name == "FROM")
    return [rest for name, rest in found[last:] if name == word]


def copied(texts: Texts) -> set[str]:
    """From the checkout, by any stage."""
    sources = (rest.split()[:-1] for name, rest in instructions(texts) if name == "COPY" and "--from" not in rest)
    return {source for each in sources for source in each}


def commands() -> set[str]:
    [action] = [action for action in _parser()._actions if isinstance(action, _SubParsersAction)]
    return set(action.choices)


@cache
def needed() -> frozenset[str]:
    """Packages that the product imports, and folders that it looks for beside them."""
    names: set[str] = set()
    for file in project_files(".py"):
        if file.relative_to(ROOT).parts[0] not in CODE:
            continue
        text = file.read_text("utf-8")
        names |= set(re.findall(r'ROOT / "(\w+)"', text))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return frozenset(name for name in names if (ROOT / name).is_dir())


def pinned(text: str) -> dict[str, str]:
    """Name and version to everything that the lock says of it."""
    blocks = re.split(r"(?m)^(?=\S)", text)
    return {block.split()[0]: " ".join(block.split()) for block in blocks if "==" in block}


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return found[0].lower().replace("_", "-")


# The checks: each says what is wrong


def every_service_is_there(texts: Texts) -> list[str]:
    return sorted({"postgres", "redis", *OURS} ^ set(services(texts)))


def every_name_is_a_setting(texts: Texts) -> list[str]:
    """And every setting is passed on, so that none is forgotten."""
    ours = {name.upper() for name in Settings.model_fields}
    wrong = {f"{name}: {each}" for name in OURS for each in ours ^ set(services(texts)[name]["environment"])}
    wrong |= {f"postgres: {each}" for each in set(services(texts)["postgres"]["environment"]) ^ OF_POSTGRES}
    return sorted(wrong)


def no_demo_and_no_secret(texts: Texts) -> list[str]:
    wrong = [name for name in OURS if services(texts)[name]["environment"]["DEMO"] != "0"]
    for name, service in services(texts).items():
        for each, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL", each) and not re.search(r"\$\{\w+:[?-]", value):
                wrong.append(f"{name}: {each}")
    return wrong


def every_command_is_ours(texts: Texts) -> list[str]:
    used = {name: services(texts)[name]["command"][0] for name in OURS}
    used["the image"] = json.loads(of(texts, "CMD")[0])[0]
    return [f"{name}: {word}" for name, word in used.items() if word not in commands()]


def everybody_waits_for_what_can_be_waited_for(texts: Texts) -> list[str]:
    wrong = []
    for name, service in services(texts).items():
        for other, how in service.get("depends_on", {}).items():
            target = services(texts).get(other, {})
            watched = "test" in target.get("healthcheck", {})
            once = target.get("restart") == "no"
            if not (once if how["condition"] == "service_completed_successfully" else watched):
                wrong.append(f"{name} waits for {other}")
    return wrong


def whatever_stays_is_watched_and_restarted(texts: Texts) -> list[str]:
    staying = {name: service for name, service in services(texts).items() if service.get("restart") != "no"}
    return [
        name
        for name, service in staying.items()
        if service.get("restart") != "unless-stopped" or not service.get("healthcheck", {}).get("test")
    ]


def every_volume_is_declared_and_used(texts: Texts) -> list[str]:
    mounts = [mount for service in services(texts).values() for mount in service.get("volumes", ())]
    named = {mount.partition(":")[0] for mount in mounts if not mount.startswith(("$", ".", "/"))}
    return sorted(named ^ set(yaml.safe_load(texts[COMPOSE])["volumes"]))


def files_are_kept_where_the_volume_is(texts: Texts) -> list[str]:
    [folder] = of(texts, "VOLUME")
    kept = [(name, services(texts)[name]) for name in OURS]
    return [
        name
        for name, service in kept
        if service["environment"]["VAR_DIR"] != folder or f"files:{folder}" not in service["volumes"]
    ]


def only_pages_are_open_and_only_to_this_machine(texts: Texts) -> list[str]:
    opened = {name: service["ports"] for name, service in services(texts).items() if "ports" in service}
    wrong = [name for name in opened if name != "front"]
    return wrong + [port for ports in opened.values() for port in ports if not port.startswith("127.0.0.1:")]


def every_foreign_image_has_a_version(texts: Texts) -> list[str]:
    images = [service["image"] for service in services(texts).values() if "build" not in service]
    images += [rest.split()[0] for name, rest in instructions(texts) if name == "FROM"]
    return [image for image in images if not re.fullmatch(r"[a-z/]+:\d+(\.\d+)*(-[a-z]+)?", image)]


def every_variable_is_explained(texts: Texts) -> list[str]:
    """In the order of the file: a comment, then the name."""
    wanted = set(re.findall(r"\$\{(\w+)", texts[COMPOSE]))
    lines = texts[EXPLAINED].splitlines()
    named = {line.partition("=")[0]: lines[n - 1] for n, line in enumerate(lines) if re.match(r"\w+=", line)}
    silent = {name for name, before in named.items() if not re.match(r"# \S", before)}
    return sorted((wanted ^ set(named)) | silent)


def every_variable_that_is_missing_says_what_to_do(texts: Texts) -> list[str]:
    found = re.findall(r"\$\{(\w+)([^}]*)\}", texts[COMPOSE])
    return [name for name, rest in found if not re.match(r":-|:\?\S+ \S+", rest)]


def the_image_holds_what_the_product_needs_and_no_tests(texts: Texts) -> list[str]:
    return sorted(copied(texts) ^ (needed() - NOT_NEEDED | {LOCK}))


def what_is_copied_reaches_the_build(texts: Texts) -> list[str]:
    lines = [line for line in texts[IGNORED].splitlines() if line and not line.startswith("#")]
    let = {line[1:] for line in lines if line.startswith("!")}
    return sorted(copied(texts) ^ let) + ([] if lines[0] == "*" else ["all the rest"])


def the_lock_holds_what_runs_and_only_that(texts: Texts) -> list[str]:
    whole, project = (
        pinned((ROOT / "requirements.lock").read_text()),
        tomllib.loads((ROOT / "pyproject.toml").read_text()),
    )
    here = pinned(texts[LOCK])
    names = {name_of(each) for each in here}
    wrong = [name for name, said in here.items() if whole.get(name) != said]
    wrong += sorted({name_of(each) for each in project["project"]["dependencies"]} - names)
    return wrong + sorted({name_of(each) for each in project["project"]["optional-dependencies"]["dev"]} & names)


def packages_come_by_their_hashes(texts: Texts) -> list[str]:
    installs = [rest for name, rest in instructions(texts) if name == "RUN" and "pip install" in rest]
    return [each for each in installs if "--require-hashes" not in each or "--no-deps" not in each] or (
        [] if installs else ["nothing is installed"]
    )


def nobody_is_root(texts: Texts) -> list[str]:
    users = of(texts, "USER")
    wrong = [user for user in users if user.partition(":")[0] in ("root", "0")] if users else ["nobody is named"]
    return wrong + [name for name in OURS if "user" in services(texts)[name]]


def the_image_starts_the_product(texts: Texts) -> list[str]:
    said = {word: of(texts, word) for word in ("ENTRYPOINT", "STOPSIGNAL")}
    wrong = [] if said["STOPSIGNAL"] == ["SIGTERM"] else ["STOPSIGNAL"]
    return wrong + (
        [] if [json.loads(each) for each in said["ENTRYPOINT"]] == [["python", "-m", "bots"]] else ["ENTRYPOINT"]
    )


def pages_are_watched_where_they_are_served(texts: Texts) -> list[str]:
    routes = set(re.findall(r'web\.get\("([^"]+)"', (ROOT / "bots/web/health.py").read_text()))
    checks = [*of(texts, "HEALTHCHECK"), str(services(texts)["front"]["healthcheck"]["test"])]
    asked = [re.findall(r"http://127\.0\.0\.1:(\d+)(/[^']*)'", check) for check in checks]
    port = services(texts)["front"]["environment"]["HTTP_PORT"]
    return [str(each) for each in asked if len(each) != 1 or each[0][0] != port or each[0][1] not in routes]


def a_worker_is_watched_where_operators_look(texts: Texts) -> list[str]:
    worker = services(texts)["worker"]
    asked = re.findall(r"http://127\.0\.0\.1:(\d+)/health/", str(worker["healthcheck"]["test"]))
    return [] if asked == [worker["environment"]["OPS_PORT"]] else asked or ["nobody asks"]


def who_is_told_to_stop_has_time_for_it(texts: Texts) -> list[str]:
    """More than the longest DRAIN_SECONDS and what then comes to its end."""
    longest = 120 + STREAMS_END + TURNS_END + CANCELS * CANCEL
    found = {name: services(texts)[name].get("stop_grace_period", "10s") for name in ("front", "worker")}
    spans = {name: re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", span) for name, span in found.items()}
    return [name for name, span in spans.items() if not span or int(span[1] or 0) * 60 + int(span[2] or 0) < longest]


BROKEN: tuple[tuple[Check, str, str, str], ...] = (
    (every_service_is_there, COMPOSE, "  worker:\n", "  workers:\n"),
    (every_name_is_a_setting, COMPOSE, "VAR_DIR: ", "VARDIR: "),
    (every_name_is_a_setting, COMPOSE, "POSTGRES_DB: ", "POSTGRES_NAME: "),
    (every_name_is_a_setting, COMPOSE, "    WEB_ORIGINS: ${WEB_ORIGINS:-}\n", ""),
    (no_demo_and_no_secret, COMPOSE, 'DEMO: "0"', 'DEMO: "1"'),
    (
        no_demo_and_no_secret,
        COMPOSE,
        "otklik:${POSTGRES_PASSWORD:?say the password of the database in .env}@",
        "otklik:12@",
    ),
    (no_demo_and_no_secret, COMPOSE, "VK_TOKEN: ${VK_TOKEN:-}", "VK_TOKEN: abc"),
    (every_command_is_ours, COMPOSE, "[worker]", "[work]"),
    (every_command_is_ours, IMAGE, '["run"]', '["serve"]'),
    (everybody_waits_for_what_can_be_waited_for, COMPOSE, 'restart: "no"', "restart: unless-stopped"),
    (everybody_waits_for_what_can_be_waited_for, COMPOSE, '      test: ["CMD", "redis-cli", "ping"]\n', ""),
    (whatever_stays_is_watched_and_restarted, COMPOSE, '      test: ["CMD", "redis-cli", "ping"]\n', ""),
    (whatever_stays_is_watched_and_restarted, COMPOSE, "[front]\n    restart: unless-stopped\n", "[front]\n"),
    (every_volume_is_declared_and_used, COMPOSE, "\nvolumes:\n  database:\n", "\nvolumes:\n"),
    (every_volume_is_declared_and_used, COMPOSE, "      - database:/var/lib/postgresql/data\n", "      []\n"),
    (files_are_kept_where_the_volume_is, COMPOSE, "files:/var/lib/otklik", "files:/var/lib/other"),
    (files_are_kept_where_the_volume_is, COMPOSE, "VAR_DIR: /var/lib/otklik", "VAR_DIR: /app/var"),
    (only_pages_are_open_and_only_to_this_machine, COMPOSE, "- 127.0.0.1:${", "- ${"),
    (
        only_pages_are_open_and_only_to_this_machine,
        COMPOSE,
        "    shm_size: 256mb\n",
        "    ports: [127.0.0.1:5432:5432]\n",
    ),
    (every_foreign_image_has_a_version, COMPOSE, "redis:7.0-bookworm", "redis"),
    (every_foreign_image_has_a_version, IMAGE, "FROM python:3.11-slim\n", "FROM python:latest\n"),
    (every_variable_is_explained, EXPLAINED, "PUBLIC_URL=", "PUBLIC="),
    (every_variable_is_explained, EXPLAINED, "# Its region.\n", "\n"),
    (every_variable_that_is_missing_says_what_to_do, COMPOSE, ":?say the path of your region.yaml in .env}", "}"),
    (the_image_holds_what_the_product_needs_and_no_tests, IMAGE, "COPY locales locales\n", ""),
    (the_image_holds_what_the_product_needs_and_no_tests, IMAGE, "COPY bots bots\n", "COPY bots tests ./\n"),
    (what_is_copied_reaches_the_build, IGNORED, "!migrations\n", ""),
    (what_is_copied_reaches_the_build, IGNORED, "*\n!bots", "tests\n!bots"),
    (the_lock_holds_what_runs_and_only_that, LOCK, "aiohttp==", "aiohttp==0."),
    (the_lock_holds_what_runs_and_only_that, LOCK, "segno==", "sego=="),
    (packages_come_by_their_hashes, IMAGE, " --require-hashes", ""),
    (nobody_is_root, IMAGE, "USER otklik\n", ""),
    (nobody_is_root, IMAGE, "USER otklik\n", "USER root\n"),
    (the_image_starts_the_product, IMAGE, '["python", "-m", "bots"]', '["python"]'),
    (the_image_starts_the_product, IMAGE, "STOPSIGNAL SIGTERM\n", ""),
    (pages_are_watched_where_they_are_served, IMAGE, "/health/ready", "/healthy"),
    (pages_are_watched_where_they_are_served, COMPOSE, "8080/health/ready", "80/health/ready"),
    (a_worker_is_watched_where_operators_look, COMPOSE, 'OPS_PORT: "9464"', 'OPS_PORT: "0"'),
    (a_worker_is_watched_where_operators_look, COMPOSE, "9464/health/", "9464/"),
    (who_is_told_to_stop_has_time_for_it, COMPOSE, "    stop_grace_period: 2m30s\n    healthcheck", "    healthcheck"),
    (who_is_told_to_stop_has_time_for_it, COMPOSE, "2m30s # longer", "30s # longer"),
)


CHECKS = tuple(dict.fromkeys(check for check, *_ in BROKEN))


@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__ for check in CHECKS])
def test_of_the_files_that_deploy_us(check: Check, texts: Texts) -> None:
    assert check(texts) == []


@pytest.mark.parametrize(("check", "name", "old", "new"), BROKEN)
def test_each_check_finds_what_it_is_for(check: Check, name: str, old: str, new: str, texts: Texts) -> None:
    assert old in texts[name]
    assert check({**texts, name: texts[name].replace(old, new)}) != []
