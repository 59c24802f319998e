"""Messengers that tests talk to over HTTP: strict where the real ones are strict, broken when a test asks for it."""
