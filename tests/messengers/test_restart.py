"""A restart in mid-dialog: people go on as if nothing had happened, and what they said meanwhile is heard, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.messengers.bench import bench
from tests.messengers.walks import CHECK, PHOTO, PLACE, TERRITORY, asked, begun, press, with_words
from tests.web.site import Log


@pytest.mark.parametrize("way", ["telegram polling", "vk longpoll"])
async def test_a_restart_in_mid_dialog_is_not_noticed(way: str, demo_url: str, tmp_path: Path, log: Log) -> None:
    async with bench(demo_url, tmp_path, log, way) as there:
        phone = await begun(there)
        live = phone.last
        await there.stop()
        await there.start()
        await press(phone, "Дороги", TERRITORY)
        assert phone.last.id == live.id, "the screen from before is changed in place"
        await there.stop()
        await phone.say("город заречный")
        await phone.photo(PHOTO)
        await there.start()
        await phone.until(asked("Добавлено 1 фото"))
        await there.fetched()
        await press(phone, "Готово, 1 фото", PLACE)
        await press(phone, "Без адреса", CHECK)
        await there.quiet()
        assert "Город Заречный" in phone.last.text and "Фото: 1" in phone.last.text
        assert len(with_words(phone, CHECK)) == 1 and not with_words(phone, "прошлому экрану"), "heard once"
