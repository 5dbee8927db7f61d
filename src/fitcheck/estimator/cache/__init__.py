"""What a cache is, before any runtime rounds it: shapes, states, what decoding reads."""
