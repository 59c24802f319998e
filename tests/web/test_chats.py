"""Two chats that are joined and parted again, through the whole product."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.web.site import WORDS, Person, Site
from tests.web.test_streams import last, opened


async def joined(site: Site) -> tuple[Person, Person, str]:
    """Who has filed the appeal of this number, and who has talked them out of their code."""
    person, intruder = site.citizen(), site.citizen()
    number = await person.file()
    await person.command("link")
    found = re.search(r"code (\w{4}-\w{4})", (await person.screen())["text"])
    assert found
    await intruder.command("join", found[1])
    await intruder.choose("yes")
    await intruder.command("card", number)
    assert WORDS in (await intruder.screen())["text"]
    return person, intruder, number


async def said(person: Person) -> str:
    return "\n".join(item["text"] for item in await person.items())


async def test_whoever_was_talked_out_of_their_code_is_told_and_shows_the_other_the_door(site: Site) -> None:
    person, intruder, number = await joined(site)
    [push] = [item for item in await person.items() if item["push"]]
    assert "One more chat is connected to your messages: the chat on the site." in push["text"]
    assert not any(item["push"] for item in await intruder.items())
    await intruder.command("appeal")
    await intruder.say("words of the intruder, begun and not sent")
    seen = await last(intruder)
    async with opened(intruder, seen) as stream:
        await person.press(push["buttons"][0]["data"])
        await person.choose("yes")
        assert "Done." in (await person.screen())["text"]
        while await stream.event() is not None:
            pass  # the stream ends, and the page comes back
    async with opened(intruder, seen) as stream:
        assert (await stream.event() or ("", ""))[0] == "anew"
    [only] = await intruder.items()
    assert "This chat was disconnected." in only["text"]
    await intruder.command("card", number)
    await intruder.command("my")
    assert WORDS not in await said(intruder)
    await person.command("card", number)
    assert WORDS in (await person.screen())["text"]


async def test_the_chat_in_which_one_says_so_is_disconnected_after_its_last_words(site: Site) -> None:
    person, other, number = await joined(site)
    await other.command("chats")
    chats = await other.screen()
    [mine] = [n for n, row in enumerate(chats["text"].splitlines()[1:]) if "this chat" in row]
    await other.press(chats["buttons"][mine]["data"])
    await other.choose("yes")
    assert "In a few seconds" in (await other.screen())["text"]
    async with opened(other, await last(other)) as stream:
        site.clock.ahead = timedelta(seconds=3)
        while await stream.event() is not None:
            pass
    await site.quiet()
    [only] = await other.items()
    assert "This chat was disconnected." in only["text"]
    await other.command("card", number)
    await person.command("card", number)
    assert WORDS not in await said(other)
    assert WORDS in (await person.screen())["text"]
