"""Words that mean something to a renderer that believes what it is told, and marks that messengers put on words."""

from __future__ import annotations

from random import Random
from typing import Any

MARKUPS = (
    "<b>яма</b> <i>у <u>дома</i></u>",
    "<b>не закрыт",
    "&amp; &lt;b&gt; &#0; &nbsp; &unknown;",
    "_*[]()~`>#+-=|{}.!",
    "*яма _у `дома",
    '<a href="https://a.example"><a href="https://b.example">вложено</a></a>',
    '<a href="javascript:alert(1)">сюда</a> javascript:alert(1)',
    '<script>alert(1)</script><img src=x onerror="alert(1)">',
    "tg://user?id=777000 @durov @all @here #яма $RUB /stop@other_bot",
    "[id1|Павел] [club1|@club1] @club1 (клуб) *id1 (Павел) [https://vk.com|сюда]",
    "{text} {0} {number} {{n}} %(name)s",
    "```\nкод\n``` ||скрыто||",
    "https://otklik.example/enter/abcdefghijklmnopqrstuvwxyz",
)
KINDS = ("bold", "italic", "text_link", "text_mention", "mention", "bot_command", "custom_emoji", "unheard_of", 7, None)
ODD_NUMBERS = (-1, 0, 1, 3, 4096, 2**31, 2**63, 1.5, "5", None)


def markup(dice: Random) -> str:
    return dice.choice(MARKUPS)


def entities(dice: Random) -> Any:
    """Beyond the text, overlapping, at halves of characters, or nothing of the sort."""
    if dice.random() < 0.1:
        return dice.choice((None, "bold", {}, [None], [[]], 5))
    return [
        {
            "type": dice.choice(KINDS),
            "offset": dice.choice(ODD_NUMBERS),
            "length": dice.choice(ODD_NUMBERS),
            "url": dice.choice(("javascript:alert(1)", "tg://user?id=1", "https://a.example", 5)),
        }
        for _ in range(dice.randrange(1, 5))
    ]
