"""One paper as written in `data/papers.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fitcheck.schema.citation import Text, Url  # noqa: TC001  # pydantic reads them


class PaperRow(BaseModel):
    """A paper; `level` marks those of the curated reading list."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    title: Text
    authors: tuple[Text, ...] = Field(strict=False, min_length=1)
    year: Annotated[int, Field(ge=1990, le=2100)]
    venue: str = ""
    arxiv: Annotated[str, Field(pattern=r"^\d{4}\.\d{4,5}$")]
    url: Url
    pdf_url: Url
    hf_url: Url
    level: Literal["", "starter", "intermediate", "advanced"] = ""
    claims: tuple[Text, ...] = Field(default=(), strict=False)
    takeaways: tuple[Text, ...] = Field(strict=False, min_length=1)
    aliases: tuple[Text, ...] = Field(default=(), strict=False)
    notes: tuple[Text, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _links(self) -> PaperRow:
        for field in ("url", "pdf_url", "hf_url"):
            if self.arxiv not in getattr(self, field):
                raise ValueError(f"`{field}` does not hold the arXiv number {self.arxiv}")
        return self

    def compile(self) -> dict[str, object]:
        """Give the run-time record's fields, defaults left out; the arXiv number is a name too."""
        row = self.model_dump(exclude_defaults=True)
        names = [*self.aliases, self.arxiv, f"arxiv:{self.arxiv}", self.title]
        row["aliases"] = list(dict.fromkeys(names))
        return row
