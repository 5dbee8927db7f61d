"""An answer → a Report: its data, its fields and its screen, for whatever shows it."""
