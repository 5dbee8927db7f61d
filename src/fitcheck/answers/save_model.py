"""Keeps a model from any source as a record of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fitcheck.answers.query import ALL
from fitcheck.answers.resolve import find_models
from fitcheck.catalog import load
from fitcheck.catalog.load import user_data_folder
from fitcheck.errors import UsageError

if TYPE_CHECKING:
    from fitcheck.answers.query import Query


def save_model(query: Query, name: str) -> Path:
    """Write the one model a query names to the user's tables under `name`; give the file.

    It goes to the first folder of `--data`, else to the configuration folder. Raises UsageError
    where the query does not name one model, where the name means a model already, or where it is no
    name.
    """
    if query.installed or (query.params is None and query.models in (None, ALL)):
        raise UsageError("`--save-as` saves one model", "name it: a file, a Hub id, an address")
    catalog = load(query.data_folders)
    if catalog.models.choices(name):
        raise UsageError(f"`{name}` names a model already", "choose another name")
    models = find_models(query, catalog)
    if len(models) != 1:
        raise UsageError(f"`--save-as` saves one model, not {len(models)}", "name only one")
    from fitcheck.sources import save_as

    folder = Path(query.data_folders[0]) if query.data_folders else user_data_folder()
    return save_as(models[0], name, folder)
