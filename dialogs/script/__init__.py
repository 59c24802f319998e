"""Transcripts: conversations that a product owner can read and write, played against the real dialogs."""
