"""Two articles to compare, as JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import ArticleIn
from dedupe.article import Article
from dedupe.errors import InvalidArticle


class SideIn(ArticleIn):
    """An article of the store by its ``article_id``, or one as a client would send it."""

    article_id: str | None = Field(
        default=None, max_length=100, description="An article of the store, instead of a text."
    )

    def side(self) -> Article | str:
        """Return the id or the article; raise `InvalidArticle` when a field cannot be used."""
        if self.article_id is None:
            return self.article()
        if self.model_fields_set != {"article_id"}:
            raise InvalidArticle("article_id", "send the id of a stored article or an article itself, not both")
        return self.article_id


class CompareIn(BaseModel):
    """Two articles to compare."""

    model_config = ConfigDict(extra="forbid", strict=True)

    left: SideIn
    right: SideIn
