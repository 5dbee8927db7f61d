"""GGUF files: their header, their tensors, and the architecture these describe."""
