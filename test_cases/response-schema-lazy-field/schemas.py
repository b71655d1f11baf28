"""What the API answers."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, computed_field, model_validator

T = TypeVar("T")


class Schema(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class TagOut(Schema):
    name: str


class ReviewOut(Schema):
    text: str


class AuthorBrief(Schema):
    id: int
    name: str

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def label(self) -> str:
        return f"{self.name} ({self.id})"


class BookBrief(Schema):
    id: int
    title: str


class BookOut(BookBrief):
    reviews: list[ReviewOut]


class BookWithAuthor(BookBrief):
    author: AuthorBrief | None = None


class AuthorOut(AuthorBrief):
    books: list[BookBrief]


class AuthorWithDefault(AuthorBrief):
    books: list[BookBrief] = []


class AuthorDeep(AuthorBrief):
    books: list[BookOut]


class AuthorWithProfile(AuthorBrief):
    profile: "ProfileOut | None" = None


class ProfileOut(Schema):
    website: str


class AuthorCounted(AuthorBrief):
    """`book_count` is a property of the mapped class that reads its books."""

    book_count: int


class AuthorAliased(AuthorBrief):
    works: list[BookBrief] = Field(alias="books")


class AuthorValidationAlias(AuthorBrief):
    works: list[BookBrief] = Field(validation_alias="books")


class AuthorSite(AuthorBrief):
    website: str | None = Field(default=None, validation_alias=AliasPath("profile", "website"))


class AuthorChoices(AuthorBrief):
    works: list[BookBrief] = Field(default=[], validation_alias=AliasChoices("works", "books"))


class AuthorHidden(AuthorBrief):
    """Excluded from the answer, read all the same."""

    books: list[BookBrief] = Field(default=[], exclude=True)


class AuthorConverted(AuthorBrief):
    """The validator replaces the instance before any field is read."""

    books: list[str] = []

    @model_validator(mode="before")
    @classmethod
    def from_row(cls, row: Any) -> Any:
        return {"id": row.id, "name": row.name}


class AuthorInner(BaseModel):
    """Without `from_attributes`: FastAPI reads attributes of what a route returns anyway."""

    id: int
    books: list[BookBrief]


class Page(Schema, Generic[T]):
    items: list[T]
    total: int
