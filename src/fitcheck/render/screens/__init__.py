"""Records → blocks, one screen a file."""
