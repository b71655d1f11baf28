"""Schemas in every shape that a type can have: unions, tagged unions, generics, wrappers, validators."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union

from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    RootModel,
    computed_field,
    field_validator,
)

from schemas import AuthorBrief, AuthorOut, AuthorWithProfile, BookBrief, BookOut, Page, Schema

T = TypeVar("T")

AuthorAny = Union[AuthorOut, AuthorWithProfile]
"""Each alternative reads something that a plain query does not load."""

AuthorSome = Union[AuthorOut, AuthorBrief]
"""The second one reads columns only."""


class AuthorTagged(Schema):
    kind: Literal["author"]
    books: list[BookBrief]


class BookTagged(Schema):
    kind: Literal["book"]
    title: str


Tagged = Annotated[Union[AuthorTagged, BookTagged], Field(discriminator="kind")]


class Shelf(Schema):
    """A tagged union as a field."""

    items: list[Tagged]


class Envelope(BaseModel, Generic[T]):
    data: T
    note: Optional[str] = None


class AuthorPage(Page[AuthorOut]):
    """The type variable is bound by a base class."""


class Sorted(Page[T], Generic[T]):
    order: str = "name"


class Authors(RootModel[list[AuthorOut]]):
    pass


class AuthorRoot(RootModel[AuthorOut]):
    pass


def _titles(books: Any) -> list[str]:
    return ["a book"]


class AuthorTitles(AuthorBrief):
    """The validator gets the books, so they are read, but nothing of them."""

    titles: Annotated[list[str], BeforeValidator(_titles)] = Field(validation_alias="books")


class AuthorFirst(AuthorBrief):
    """Only the first book is wanted; all of them are read."""

    first: Any = Field(default=None, validation_alias=AliasPath("books", 0))


class BookCut(BookBrief):
    """A validator of the field stands before the type's own one."""

    reviews: list[str]

    @field_validator("reviews", mode="before")
    @classmethod
    def _count(cls, value: Any) -> list[str]:
        return []


class AuthorCut(AuthorBrief):
    """What the validator makes of the books is no book."""

    books: Annotated[list[BookOut], PlainValidator(lambda value: [])]


class AuthorShown(AuthorBrief):
    """A computed field is computed from the schema, not read off the instance."""

    @computed_field  # type: ignore[prop-decorator]  # as pydantic documents it
    @property
    def books(self) -> list[str]:
        return []
