"""A workload on a device: a share per card and one for the host, and the verdict."""
