from collections.abc import Iterator

from sqlalchemy.orm import Session, sessionmaker

factory = sessionmaker()


def get_session() -> Iterator[Session]:
    with factory() as session:
        yield session
