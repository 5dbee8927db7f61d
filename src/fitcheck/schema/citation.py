"""A citation as written in the tables: what it supports, its title and its address."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]


class CitationRow(BaseModel):
    """Where figures come from; `of` says which."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    of: Text
    title: Text
    url: Url | None = None

    def compile(self) -> list[str]:
        """Give the citation as `[of, title, url]`."""
        return [self.of, self.title, *([self.url] if self.url else [])]
