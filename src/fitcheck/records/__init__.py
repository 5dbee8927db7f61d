"""The nouns of the domain as frozen records in base units: bytes, bytes/s, FLOP/s, tokens."""
