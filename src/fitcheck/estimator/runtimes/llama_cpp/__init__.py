"""llama.cpp: its cache, its graph of operations laid out, its defaults."""
