"""The storage type a format gives each tensor, one rule a file."""
