"""Pure arithmetic on records: architecture → tensors → bytes → fit and speed. No I/O."""
