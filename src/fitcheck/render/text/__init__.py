"""Blocks and text: what a screen is made of, and how it meets a terminal."""
