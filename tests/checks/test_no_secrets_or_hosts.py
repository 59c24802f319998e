"""Nothing in the project names a registry, a secret or the machine that it was written on."""

from __future__ import annotations

import re

import pytest

from tests.checks.tree import ROOT, project_files

# A letter in brackets keeps this file from holding what it looks for.
HOSTS = (
    r"py[p]i\.(org|python)",
    r"python[h]osted\.org",
    r"npm[j]s\.(org|com)",
    r"yarn[p]kg\.com",
    r"(deb|security|ftp|snapshot)(\.[a-z]+)?\.[d]ebian\.(org|net)",
    r"crates[.]io",
    r"(index-url|find-links|trusted-host)[ =]+(https?|file)[:]//",
)
SECRETS = {
    "a package registry": "|".join(HOSTS),
    "a Telegram token": r"(?<![\w-])\d{6,}:[A-Za-z0-9_-]{35}(?![\w-])",
    "a VK token": r"vk1\.[a-z]\.[\w-]{20,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE [K]EY-----",
    "a home directory": r"(?<![\w.])/([h]ome|[U]sers)/[\w.-]+|(?<![\w.])/[r]oot/",
}


def findings(content: str) -> set[str]:
    return {name for name, pattern in SECRETS.items() if re.search(pattern, content)}


def test_no_file_names_a_registry_a_secret_or_this_checkout() -> None:
    here = {str(ROOT), f"{ROOT.parent}/shared"}
    found = {}
    for file in project_files():
        content = file.read_bytes().decode("utf-8", "replace")
        found[str(file.relative_to(ROOT))] = findings(content) | {path for path in here if path in content}
    assert not {name: what for name, what in found.items() if what}


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("a package registry", "https://py~pi.org/simple"),
        ("a package registry", "http://deb.deb~ian.org/debian"),
        ("a package registry", "--find-links fi~le:///opt/wheels"),
        ("a Telegram token", "1234567:" + "Aa0_-" * 7),
        ("a VK token", "vk1.a." + "Zz9-" * 10),
        ("a private key", "-----BEGIN RSA PRIVATE K~EY-----"),
        ("a home directory", "open('/ho~me/alice/x')"),
        ("a home directory", "/ro~ot/.cache"),
    ],
)
def test_the_check_finds_what_it_is_for(name: str, sample: str) -> None:
    assert findings(sample.replace("~", "")) == {name}


def test_the_check_sees_every_kind_of_file() -> None:
    names = {file.relative_to(ROOT).as_posix() for file in project_files()}
    assert {"Makefile", "pyproject.toml", "requirements.lock", "core/talk.py", ".ci/run"} <= names
