"""Addresses: who they belong to, what is on show there, and whose turn it is to serve them."""

from core.conversations.service import heard_at, of_person

__all__ = ["heard_at", "of_person"]
