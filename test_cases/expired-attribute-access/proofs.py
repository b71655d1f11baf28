"""Positives fail on the expired attribute, negatives run through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from tests.proofs.harness import Env

FAILURE = r"MissingGreenlet|PendingRollbackError"


def _stage(env: Env, postgres: bool = False):  # noqa: ANN202 - the driver is imported when pytest has put it on the path
    from tests.proofs.driver import Stage

    models = env.load("models")

    async def seed(session: AsyncSession) -> None:
        session.add_all(
            [
                models.Customer(name="Ada", orders=[models.Order(total=3), models.Order(total=4)]),
                models.Customer(name="Bob"),
                models.Document(title="draft"),
                models.Ledger(title="draft"),
                models.Legacy(title="draft"),
                models.Triggered(title="draft"),
                models.Person(first="Ada", last="Byron"),
            ]
        )

    options = {"postgres": True} if postgres else {"expiring_too": True}
    return Stage(env, models.Base.metadata, seed, FAILURE, **options)


def _files(env: Env, pattern: str) -> list[str]:
    return sorted(path.stem for path in env.folder.glob(pattern))


async def prove_positives(env: Env) -> None:
    stage = _stage(env)
    await stage.positives(*map(env.load, _files(env, "positive_*.py")))


async def prove_negatives(env: Env) -> None:
    stage = _stage(env)
    await stage.negatives(*map(env.load, _files(env, "negative_*.py")))


async def prove_positives_on_postgresql(env: Env) -> None:
    stage = _stage(env, postgres=True)
    await stage.positives(*map(env.load, _files(env, "positive_*.py")))


async def prove_negatives_on_postgresql(env: Env) -> None:
    stage = _stage(env, postgres=True)
    await stage.negatives(*map(env.load, _files(env, "negative_*.py")))


async def _prove_project(env: Env, root: str, models: str, module: str, *rows: tuple[str, dict[str, object]]) -> None:
    from tests.proofs.driver import Stage

    loaded = env.load(models, root)

    async def seed(session: AsyncSession) -> None:
        for name, values in rows:
            session.add(getattr(loaded, name)(**values))
            await session.flush()

    await Stage(env, loaded.Base.metadata, seed, FAILURE).project(env.load(module, root))


async def prove_one_expiring_factory(env: Env) -> None:
    await _prove_project(env, "project_one_expiring_factory", "models", "jobs", ("Job", {}))


async def prove_one_keeping_factory(env: Env) -> None:
    await _prove_project(env, "project_one_keeping_factory", "models", "jobs", ("Job", {}))


async def prove_keeping_fixture(env: Env) -> None:
    """The application's sessions expire, those that the tests are given do not."""
    root = "project_keeping_fixture"
    await _prove_project(env, root, "models", "jobs", ("Job", {}))
    tests, engine = env.load("test_jobs", root), env.engine(env.sqlite())
    async with engine.begin() as connection:
        await connection.run_sync(env.load("models", root).Base.metadata.create_all)
    async with tests.keeping(engine)() as session:
        await tests.test_finished_job_keeps_its_state(session)


async def prove_unit_of_work(env: Env) -> None:
    rows = ("Organization", {"name": "o"}), ("Member", {"email": "m@example.org", "organization_id": 1})
    await _prove_project(env, "project_unit_of_work", "models", "service", *rows)


async def prove_current_user(env: Env) -> None:
    rows = ("User", {"name": "Ada"}), ("Token", {"user_id": 1, "value": "known"})
    await _prove_project(env, "project_current_user", "models", "main", *rows)


async def prove_active_record(env: Env) -> None:
    rows = ("Instance", {"name": "a"}), ("Instance", {"name": "b"})
    await _prove_project(env, "project_active_record", "record", "controller", *rows)


async def prove_update_repository(env: Env) -> None:
    await _prove_project(env, "project_update_repository", "models", "service", ("Article", {"title": "t"}))


async def prove_protocols(env: Env) -> None:
    """What stands behind the protocols decides."""
    root = "project_protocols"
    models, services = env.load("app.models", root), env.load("app.services", root)
    engine = env.engine()
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    async with services.factory(bind=engine) as session:
        session.add(models.Order(id=1, total=2))
        await session.commit()
    services.factory.configure(bind=engine)

    class Nothing:
        async def handle(self, *_: object) -> None:
            return None

    closing = services.closing(Nothing(), mail=False)
    for name in ("single", "either", "template"):
        with env.raises_implicit_io():
            await getattr(closing, name)(1)
    assert await services.closing(Nothing(), mail=True).either(1) == 0
    assert await closing.refreshed(1) == 0
    assert await closing.out_of_sight(1) == 0


async def prove_scoped_sessions(env: Env) -> None:
    """The session of a scope is one, whoever asks for it."""
    root = "project_scoped_sessions"
    models, database, jobs = (env.load(name, root) for name in ("models", "database", "jobs"))
    engine = env.engine()
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    database.database.connect(engine)
    database.Reporting.configure(bind=engine)
    async with database.database.fresh() as session:
        session.add(models.Job(id=1))
        await session.commit()
    for name in ("undo", "registry", "called_registry"):
        with env.raises_implicit_io():
            await getattr(jobs, name)()
    for name in ("finish", "undo_elsewhere", "finish_apart", "reloaded"):
        assert await getattr(jobs, name)()
    await database.Current.remove()
    await database.database.session.close()
