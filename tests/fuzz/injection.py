"""Words that mean something to a database, a spreadsheet, a template, a log or a file system. Pure."""

from __future__ import annotations

from random import Random

INJECTIONS = (
    "'; DROP TABLE appeals; --",
    "1' OR '1'='1",
    "\\'; SELECT pg_sleep(10); --",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '+HYPERLINK("http://a.example","x")',
    "${jndi:ldap://127.0.0.1/a}",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "%s%n%d%x %(x)s {0.__class__}",
    "имя\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "x\n2026-01-01T00:00:00Z [error] event=everything_is_lost level=error",
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/dev/null\x00.jpg",
    '{"kind":"press","data":"menu:"}',
    "$(reboot) `reboot` ; reboot | reboot",
    "\\u0000 \\x00 \\N{BULLET}",
    "~0~0~yes",
    "rate:1.5",
)
FORGED_LINKS = (
    "open_482135070_K7MP4QXA",
    "join_K7MP4QXA",
    "enter_abcdefghijklmnopqrstuvwxyz0123456789",
    "open_",
    "join_" + "K" * 59,
    "../../etc",
    "' OR 1=1",
)


def injection(dice: Random) -> str:
    return dice.choice(INJECTIONS)


def link_payload(dice: Random) -> str:
    return dice.choice(FORGED_LINKS)
