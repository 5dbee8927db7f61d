"""The runtimes: one file or folder each holds a runtime's rules; `registry` maps ids to them."""
