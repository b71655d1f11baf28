from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import SessionLocal


class Users:
    def __init__(self, session: Session | None = None) -> None:
        self.session = session or SessionLocal()

    def provision(self, name: str) -> None:
        self.session.execute(text("insert into users values (:name)"), {"name": name})
        self.session.commit()


def count() -> int:
    session = SessionLocal()
    try:
        return session.scalar(text("select count(*) from users")) or 0
    finally:
        session.close()
