"""Every sentence in the code has its Russian; English needs no catalogue, the msgids are English."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from core.lines import LANGUAGES
from tests.checks.tree import CODE, ROOT, project_files

KEYWORDS = {"line": None, "lines": (1, 2)}  # the same as in the Makefile
RUSSIAN_FORMS = 3
MsgId = str | tuple[str, ...]


def russian() -> Catalog:
    with (ROOT / "locales/ru/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="ru")


def in_the_code() -> set[MsgId]:
    return {
        msgid
        for folder in CODE
        for _, _, msgid, _, _ in extract_from_dir(ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS)
    }


def translated(catalogue: Catalog) -> dict[MsgId, Message]:
    return {m.id if isinstance(m.id, str) else tuple(m.id): m for m in catalogue if m.id}


def words(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    files = [file for file in project_files(".py") if file.relative_to(ROOT).parts[0] in CODE]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in KEYWORDS:
                    yield file, node, name


def test_every_sentence_of_the_code_is_in_russian_and_no_other() -> None:
    code, catalogue = in_the_code(), translated(russian())
    assert code, "nothing was extracted"
    assert not code - catalogue.keys(), "run `make catalog` and translate"
    assert not catalogue.keys() - code, "run `make catalog`: no code says this any more"


def test_nothing_is_fuzzy_obsolete_or_untranslated() -> None:
    catalogue = russian()
    messages = translated(catalogue).values()
    assert not [m.id for m in messages if m.fuzzy]
    assert not [m.id for m in messages if not all(word.strip() for word in words(m))]
    assert not catalogue.obsolete


def test_what_is_counted_has_all_the_russian_forms() -> None:
    catalogue = russian()
    assert catalogue.num_plurals == RUSSIAN_FORMS
    counted = [m for m in translated(catalogue).values() if m.pluralizable]
    assert not [m.id for m in counted if len(words(m)) != RUSSIAN_FORMS]


def test_a_translation_has_the_placeholders_of_its_sentence() -> None:
    wrong = []
    for msgid, message in translated(russian()).items():
        names = set().union(*map(placeholders, (msgid,) if isinstance(msgid, str) else msgid))
        forms = [placeholders(form) for form in words(message)]
        # «one» also counts 21 and 31, so a Russian form may not leave out {n}; English may say "one" in words.
        wrong += [(msgid, form) for form in forms if form != names]
    assert not wrong


def test_a_sentence_is_written_out_where_it_is_said() -> None:
    """What is put together at run time can be neither found nor translated."""
    texts = {"line": 1, "lines": 2}
    wrong = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file, call, name in calls()
        if len(call.args) < texts[name]
        or not all(isinstance(arg, ast.Constant) and isinstance(arg.value, str) for arg in call.args[: texts[name]])
    ]
    assert not wrong


def test_a_sentence_names_exactly_the_arguments_it_is_given() -> None:
    """Otherwise it fails when it is said, or an argument is lost."""
    wrong = []
    for file, call, name in calls():
        texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        named = {keyword.arg for keyword in call.keywords}
        wanted = set().union(*map(placeholders, texts)) - ({"n"} if name == "lines" else set())
        if None not in named and wanted != named:
            wrong.append((f"{file.relative_to(ROOT)}:{call.lineno}", wanted, named))
    assert not wrong


def test_there_is_a_catalogue_for_every_language_but_english() -> None:
    folders = {file.parents[1].name for file in (ROOT / "locales").glob("*/LC_MESSAGES/messages.po")}
    assert folders - {"en"} == set(LANGUAGES) - {"en"}
