"""Fixtures: a real Chromium. Each test starts its own (under a second), so that nothing leaks from one to another."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.servers import missing

NAMES = ("chromium", "chromium-browser")
QUIET = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None) or missing("Chromium", "chromium")
    args = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]  # Chromium's sandbox refuses root
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=program, args=args)
        yield running
        await running.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def browser_context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """One person's browser; make another with `browser.new_context()`, a phone with `viewport=` and `is_mobile=`."""
    context = await browser.new_context(locale="ru-RU", timezone_id="Europe/Moscow")
    yield context
    await context.close()


@pytest.fixture
async def page(browser_context: BrowserContext) -> Page:
    return await browser_context.new_page()
