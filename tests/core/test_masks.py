"""Masks: who wrote it and how to reach them goes, what it is about stays, whatever the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.personal.masks import MASK, masked, street

REACHES = {
    "Call +7 (912) 345-67-89, please": "Call […], please",
    "тел:89123456789.": "тел:[…].",
    "паспорт 45 08 123456": "паспорт […]",
    "карта 4276 1234 5678 9012": "карта […]",
    "пишите ivan.petrov@mail.ru срочно": "пишите […] срочно",
    "https://vk.com/id12345 — это я": "[…] — это я",
    "vk.com/durov и t.me/durov": "[…] и […]",
    "мой тг @ivan_petrov": "мой тг […]",
}
NAMES = {
    "Меня зовут Иванов Пётр. Яма во дворе.": "Меня зовут […]. Яма во дворе.",
    "меня зовут пётр иванович, живу тут": "меня зовут […], живу тут",
    "Яма во дворе.\nС уважением,\nИванов И.И.": "Яма во дворе.\nС уважением,\n[…]",
    "С уважением, Анна Петровна Сидорова": "С уважением, […]",
    "Я, Соколова Мария Ивановна, прошу": "Я, […], прошу",
    "ФИО: Петров Пётр Петрович": "ФИО: […]",
    "My name is John Smith, help": "My name is […], help",
    "Best regards, Ann Brown": "Best regards, […]",
}
STAYS = (
    "",
    "Яма глубиной 30 см на перекрёстке, дом 14, с 2019 по 2024 год.",
    "Автобус 101 не ходит с 7 до 9, ждём по 40 минут!",
    "с уважением отношусь к дворникам, но снег лежит",
)
STREETS = {
    "ул. Садовая, д. 14, кв. 5": "ул. Садовая",
    "Sadovaya, 14": "Sadovaya",
    "Садовая 14": "Садовая",
    "улица 50 лет Октября, 3": "улица 50 лет Октября",
    "ул. 9 мая 12": "ул. 9 мая",
    "3-я Парковая, 5": "3-я Парковая",
    "ул. 8-го Марта д 7": "ул. 8-го Марта",
    "г. Солнечный, ул. Садовая, дом 14/2 корп. 3": "г. Солнечный, ул. Садовая",
    "у остановки": "у остановки",
    "квартира 5": "",
    "14": "",
    "": "",
}
WORDS = st.text("аяАЯ azAZ019@.,:/+()-–—\n\t«»_[…]№", max_size=200)


@pytest.mark.parametrize(("said", "left"), [*REACHES.items(), *NAMES.items()])
def test_who_it_was_and_how_to_reach_them_goes(said: str, left: str) -> None:
    assert masked(said) == left


@pytest.mark.parametrize("said", STAYS)
def test_what_it_is_about_stays(said: str) -> None:
    assert masked(said) == said


@pytest.mark.parametrize(("address", "left"), STREETS.items())
def test_of_an_address_the_street_stays(address: str, left: str) -> None:
    assert street(address) == left


@given(WORDS)
@example("0@0@0")
def test_after_masking_no_long_number_and_no_address_is_left(said: str) -> None:
    left = masked(said)
    assert not re.search(r"[0-9]{6}", left)
    assert "@" not in left or not re.search(r"[^\s@<>(),;:\"«»]@[^\s@<>(),;:\"«»]", left)
    assert len(masked(left)) <= len(left) + len(MASK)


@given(WORDS, st.integers(10**6, 10**15), WORDS)
def test_a_number_is_found_wherever_it_stands(before: str, number: int, after: str) -> None:
    assert str(number) not in masked(f"{before}{number}{after}")


@given(WORDS)
def test_no_number_of_a_house_is_left_of_an_address_that_ends_with_it(words: str) -> None:
    assert not street(f"{words}, д. 4711").endswith("4711")


@pytest.mark.parametrize(
    "sign", ["1 ", "a@", "А", "Аа ", "С уважением ", "+(", "д ", "https://", "vk.com/", "А.", "1д"]
)
def test_a_text_of_any_make_takes_little_time(sign: str) -> None:
    """The timeout of the run would notice quadratic time; no clock is looked at."""
    words = sign * (100_000 // len(sign))
    masked(words)
    street(words)
