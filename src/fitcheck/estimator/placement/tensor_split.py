"""Interim."""

from __future__ import annotations


def rank_bytes(architecture, stored, storage_types, ranks):
    return -(-sum(s.stored_bytes for s in stored) // ranks)
