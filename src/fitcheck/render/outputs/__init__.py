"""A report as JSON, CSV, Markdown or a screen."""
