"""Results → text. Never computes, never prints.

A command makes a `report.Report`: its records, the list of fields that JSON and CSV carry, and a
function that builds the screen, a list of blocks (`blocks.Title`, `Facts`, `Paragraph`, `Notes`,
`table.Table`). `report.write` turns it into a table, JSON, JSONL, CSV, TSV or Markdown; `numbers`
writes every figure. Blocks hold words and know nothing of the terminal: `terminal.decide` settles
colour, width and signs once.
"""
