"""The command line before it is parsed: the default command, and which form errors take."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, MutableMapping, Sequence

DEFAULT_COMMAND = "model"
COMPLETING = "_FITCHECK_COMPLETE"  # set by the shell while it completes
# Options of `fitcheck` itself; they need no command.
OWN_OPTIONS = ("--help", "-h", "--version", "--install-completion", "--show-completion")
# The options of all commands that take no value; every other one takes the word after it. A test
# compares this list with the commands.
FLAGS = frozenset(
    {
        "--all",
        "--all-outputs",
        "--display",
        "--evidence",
        "--exit-zero",
        "--explain",
        "--flash-attn",
        "--help",
        "--imatrix",
        "--installed",
        "--json",
        "--kv-unified",
        "--no-flash-attn",
        "--no-imatrix",
        "--no-kv-unified",
        "--quiet",
        "--reset",
        "--swa-full",
        "-h",
        "-q",
    }
)


def with_command(args: Sequence[str], commands: Collection[str]) -> list[str]:
    """Put the command first: the one that was typed, else the default one, `model`.

    `fitcheck llama-3.1-8b --gpu rtx4090` and `fitcheck --gpu rtx4090 llama-3.1-8b` mean
    `fitcheck model …`; options may stand before a command too (`fitcheck --json gpu rtx4090`).
    Nothing typed, or one of fitcheck's own options first, stays as it is.
    """
    words = list(args)
    if not words or words[0] in OWN_OPTIONS or words[0] in commands:
        return words
    position = first_word(words)
    if position is not None and words[position] in commands:
        return [words[position], *words[:position], *words[position + 1 :]]
    return [DEFAULT_COMMAND, *words]


def first_word(args: Sequence[str]) -> int | None:
    """Find the first word that is neither an option nor an option's value."""
    skip = False
    for position, word in enumerate(args):
        if skip:
            skip = False
        elif word == "--":
            return position + 1 if position + 1 < len(args) else None
        elif word.startswith("-") and word != "-":
            long = word.startswith("--")
            # `--gpu=x` and `-gx` carry their value with them.
            carries = "=" in word if long else len(word) > 2  # noqa: PLR2004
            skip = not carries and word not in FLAGS
        else:
            return position
    return None


def name_default_command(environ: MutableMapping[str, str], commands: Collection[str]) -> None:
    """Let the shell complete after the default command as after the one it stands for.

    The shell hands over the words so far in the environment; `fitcheck llama` becomes
    `fitcheck model llama`. A first word that may still become a command stays as it is.
    """
    for name in ("COMP_WORDS", "_TYPER_COMPLETE_ARGS"):
        words = environ.get(name, "").split(" ")
        if len(words) < 2 or words[1] in (*commands, *OWN_OPTIONS):  # noqa: PLR2004
            continue
        may_become_a_command = len(words) == 2 and any(  # noqa: PLR2004
            command.startswith(words[1]) for command in commands
        )
        if not may_become_a_command:
            environ[name] = " ".join([words[0], DEFAULT_COMMAND, *words[1:]])
            if name == "COMP_WORDS" and environ.get("COMP_CWORD", "").isdigit():
                environ["COMP_CWORD"] = str(int(environ["COMP_CWORD"]) + 1)


def wants_json(args: Sequence[str]) -> bool:
    """Tell, before parsing, whether JSON was asked for: errors then are JSON too."""
    for word, after in pairwise([*args, ""]):
        if word == "--":
            return False
        if word == "--json" or (word in ("-o", "--output") and after in ("json", "jsonl")):
            return True
        if word in ("-ojson", "-ojsonl", "--output=json", "--output=jsonl"):
            return True
    return False


def wants_color(args: Sequence[str]) -> str:
    """Tell, before parsing, what `--color` says: errors follow it too."""
    for word, after in pairwise([*args, ""]):
        if word == "--color" and after in ("always", "never"):
            return after
        if word in ("--color=always", "--color=never"):
            return word.removeprefix("--color=")
    return "auto"
