"""One storage type as written in `data/storage_types.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitcheck.schema.citation import CitationRow, Text  # noqa: TC001  # pydantic reads them

Count = Annotated[int, Field(ge=0, le=1 << 24)]


class StorageTypeRow(BaseModel):
    """How elements are packed; `records.format.StorageType` says what the fields mean."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    name: Text
    block_elements: Annotated[int, Field(ge=1, le=65536)]
    block_bytes: Annotated[int, Field(ge=1, le=65536)]
    group_elements: Count = 0
    group_rows: Annotated[int, Field(ge=1, le=65536)] = 1
    group_bits: Count = 0
    row_bits: Count = 0
    column_bits: Count = 0
    tensor_bytes: Count = 0
    whole_rows: bool = False
    speed_class: Text
    derivation: Text
    aliases: tuple[Text, ...] = Field(default=(), strict=False)
    sources: tuple[CitationRow, ...] = Field(strict=False, min_length=1)

    @model_validator(mode="after")
    def _plausible(self) -> StorageTypeRow:
        bits = self.block_bytes * 8 / self.block_elements
        if not 0.5 <= bits <= 64:
            raise ValueError(
                f"`block_bytes` comes to {bits:g} bits an element; 0.5 to 64 is plausible"
            )
        if bool(self.group_elements) != bool(self.group_bits):
            raise ValueError("`group_elements` and `group_bits` are given together")
        return self

    def compile(self) -> dict[str, object]:
        """Give the run-time record's fields, defaults left out."""
        row = self.model_dump(exclude_defaults=True, exclude={"sources", "aliases"})
        row["sources"] = [source.compile() for source in self.sources]
        if self.aliases:
            row["aliases"] = list(self.aliases)
        return row
