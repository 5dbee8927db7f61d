"""The memory a device offers one program."""
