"""The user of the request lives in the request's session."""

from __future__ import annotations

from fastapi import FastAPI

import tokens
from deps import CurrentUser, Db, OwnDb
from models import Token

app = FastAPI()


@app.get("/issue")
async def issue(user: CurrentUser, db: Db) -> str:
    """Fails: the commit expires the user from the other dependency."""
    db.add(Token(user_id=user.id, value="fresh"))
    await db.commit()
    return user.name  # error: [expired-attribute-access] "name"


@app.get("/issue-by-helper")
async def issue_by_helper(user: CurrentUser, db: Db) -> str:
    """Fails: the helper commits."""
    await tokens.issue(db, user.id, "fresh")
    return f"issued for {user.name}"  # error: [expired-attribute-access] "name"


@app.get("/issue-once")
async def issue_once(user: CurrentUser, db: Db) -> str:
    """Fails: the helper swallows the duplicate with a rollback."""
    await tokens.issue_once(db, user.id, "known")
    return user.name  # error: [expired-attribute-access] "name"


@app.get("/issue-in-savepoint")
async def issue_in_savepoint(user: CurrentUser, db: Db) -> str:
    """The savepoint takes the failure."""
    await tokens.issue_in_savepoint(db, user.id, "known")
    return user.name


@app.get("/own-session")
async def own_session(user: CurrentUser, db: OwnDb) -> str:
    """Another dependency, another session: the user is not touched."""
    db.add(Token(user_id=user.id, value="fresh"))
    await db.commit()
    return user.name


@app.get("/taken-before")
async def taken_before(user: CurrentUser, db: Db) -> str:
    """The name was taken before."""
    name = user.name
    await tokens.issue(db, user.id, "fresh")
    return name


@app.get("/refreshed")
async def refreshed(user: CurrentUser, db: Db) -> str:
    """Refreshed."""
    await tokens.issue(db, user.id, "fresh")
    await db.refresh(user)
    return user.name
