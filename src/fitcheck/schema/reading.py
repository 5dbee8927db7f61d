"""Reading a table as text: strict YAML (no duplicate keys) and CSV, each with a clear refusal."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import yaml

from fitcheck.schema.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc]  # chosen at run time: the C loader if built
    """YAML that refuses a key given twice in one mapping; plain YAML keeps the last silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            try:
                duplicate = key in seen
            except TypeError:
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be a plain word", key_node.start_mark
                ) from None
            if duplicate:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key `{key}` is given twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]


def read_text(path: Path) -> str:
    """Read a UTF-8 file. Raises TableError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise TableError([f"{path}: is not UTF-8 text"]) from None
    except OSError as error:
        raise TableError([f"{path}: {error.strerror or error}"]) from None


def read_yaml(path: Path) -> Any:  # noqa: ANN401  # the schema decides what it may be
    """Parse a YAML file. Raises TableError with the line where it breaks."""
    text = read_text(path)
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506  # a SafeLoader underneath
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise TableError([f"{path}{line}: {error.problem or error.context}"]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TableError([f"{path}: {str(error).splitlines()[0]}"]) from None


def read_records(path: Path) -> list[dict[str, Any]]:
    """Read a YAML file that holds a list of records. An empty file is an empty list."""
    content = read_yaml(path)
    if content is None:
        return []
    if not isinstance(content, list):
        raise TableError([f"{path}: must be a list of records, each opening with `- id:`"])
    for position, record in enumerate(content, start=1):
        if not isinstance(record, dict):
            raise TableError([f"{path}: record {position}: must be a mapping of fields"])
    return content


def read_csv(path: Path) -> list[dict[str, Any]]:
    """Read a CSV file with a header line; an empty cell is left out of its record."""
    lines = read_text(path).splitlines()
    reader = csv.DictReader(lines, strict=True)
    try:
        return [{key: cell for key, cell in row.items() if cell != ""} for row in reader]
    except csv.Error as error:
        raise TableError([f"{path}:{reader.line_num}: {error}"]) from None
