"""vLLM: its pool of blocks, its profile run, its defaults."""
