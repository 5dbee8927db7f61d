"""One format of the KV cache as written in `data/kv_formats.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fitcheck.schema.citation import CitationRow, Text  # noqa: TC001  # pydantic reads them


class KvFormatRow(BaseModel):
    """A KV format; `key_storage` and `value_storage` are ids of `data/storage_types.yaml`.

    `runtimes` keep their cache in it; none where only a paper's own code does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    name: Text
    key_storage: Text
    value_storage: Text
    runtimes: tuple[Text, ...] = Field(default=(), strict=False)
    description: Text
    aliases: tuple[Text, ...] = Field(default=(), strict=False)
    shared_names: tuple[Text, ...] = Field(default=(), strict=False)
    papers: tuple[Text, ...] = Field(default=(), strict=False)
    sources: tuple[CitationRow, ...] = Field(strict=False, min_length=1)
    notes: tuple[Text, ...] = Field(default=(), strict=False)

    def compile(self) -> dict[str, object]:
        """Return the run-time record's fields, defaults left out."""
        row = self.model_dump(exclude_defaults=True, exclude={"sources"})
        row["sources"] = [source.compile() for source in self.sources]
        return row
