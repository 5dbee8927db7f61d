"""Help as plain text, its options in sections instead of one long list."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

NAME_COLUMNS = 24

EPILOG = """\b
Exit status:
  0    something asked for fits
  3    nothing asked for fits (--exit-zero turns it into 0)
  2    the command line was wrong
  1    fitcheck failed
  130  interrupted

\b
Environment:
  NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE   colour off, or on
  NO_HYPERLINKS                           no links in the terminal
  FITCHECK_DATA                           folders with tables of your own
  FITCHECK_DEBUG=1                        tracebacks
"""


class SectionedCommand(TyperCommand):
    """A command whose help groups its options by the section each names (`rich_help_panel`)."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # click's own types
        """Write the arguments, then each section in the order of its first option."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            argument = parameter.param_type_name == "argument"
            if argument:  # some releases of typer put optional arguments in brackets here too
                record = (record[0].strip("[]"), record[1])
            section = getattr(parameter, "rich_help_panel", None) or (
                "Arguments" if argument else "Options"
            )
            sections.setdefault(section, []).append(record)
        # One column of names for all sections; longer names stand on a line of their own.
        lengths = [len(name) for records in sections.values() for name, _ in records]
        column = max((n for n in lengths if n <= NAME_COLUMNS), default=0)
        for title, records in sections.items():
            with formatter.section(title):
                padded = [(name.ljust(column), text) for name, text in records]
                formatter.write_dl(padded, col_max=column)


class CommandsFirst(TyperGroup):
    """The program itself: its help names the commands before the options."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # click's own types
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        TyperCommand.format_options(self, ctx, formatter)  # type: ignore[arg-type]
