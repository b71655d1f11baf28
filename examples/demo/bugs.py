"""One proof for each seeded bug: does what the rule claims, and says what was seen.

A proof runs on either project. It answers what happened when the bug showed itself, None
when everything went well, and raises when something else went wrong.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from httpx import AsyncClient, Response

from .harness import Lifespan, Shop, client_of, describe

Proof = Callable[[Shop], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Bug:
    """A seeded bug: rule, file and scope of the guilty line, what is seen of it, its proof."""

    rule: str
    path: str
    scope: str
    effect: str
    prove: Proof


BUGS: list[Bug] = []


def bug(rule: str, path: str, scope: str, effect: str) -> Callable[[Proof], Proof]:
    """Enter a proof into `BUGS`; `effect` is how the description of the failure begins."""

    def enter(prove: Proof) -> Proof:
        BUGS.append(Bug(rule, f"app/{path}", scope, effect, prove))
        return prove

    return enter


async def _answer(response: Awaitable[Response], status: int = 200) -> str | None:
    """Failure of a request, None when it is answered with `status`."""
    try:
        answered = await response
    except Exception as error:
        return describe(error)
    if answered.status_code != status:
        raise AssertionError(f"{answered.request.url}: {answered.status_code} {answered.text}")
    return None


async def _call(shop: Shop, method: str, url: str, *, body: object = None, status: int = 200) -> str | None:
    async with shop.running() as (_, client):
        return await _answer(client.request(method, url, json=body), status)


async def _leak(shop: Shop, method: str, url: str, *, body: object = None, status: int = 200) -> str | None:
    """What is still checked out of the pool when a request has been answered well."""
    async with shop.running() as (app, client):
        failure = await _answer(client.request(method, url, json=body), status)
        if failure is not None:
            raise AssertionError(failure)
        pool = app.state.session_factory.kw["bind"].pool
        count = pool.checkedout()
    return f"connection leaked: {count} checked out after the response" if count else None


async def _gather(client: AsyncClient, url: str, times: int) -> str | None:
    answers = await asyncio.gather(*(client.get(url) for _ in range(times)), return_exceptions=True)
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    if not failures:
        return None
    return f"concurrent requests failed, {len(failures)} of {times}: {describe(failures[0])}"


@bug("request-scoped-engine", "db/archive.py", "open_archive", "3 requests opened 3 connections")
async def engine_per_request(shop: Shop) -> str | None:
    async with shop.running() as (_, client):
        await client.get("/users/me")
        before = shop.connections.opened
        for _ in range(3):
            assert await _answer(client.get("/exports/orders")) is None
        opened = shop.connections.opened - before
        return f"3 requests opened {opened} connections, each in an engine of its own" if opened > 1 else None


@bug("engine-never-disposed", "db/stock.py", "StockFeed.__init__", "1 connection open after shutdown")
async def stock_feed_stays_connected(shop: Shop) -> str | None:
    before = shop.connections.left
    assert await _call(shop, "GET", "/products/MUG/units") is None
    left = shop.connections.left - before
    return f"{left} connection open after shutdown" if left else None


@bug(
    "lifespan-cleanup-unprotected",
    "lifespan.py",
    "lifespan",
    "1 connection open after the application was cancelled",
)
async def cancelled_application_keeps_its_pool(shop: Shop) -> str | None:
    before = shop.connections.left
    app = shop.application()
    lifespan = Lifespan(app)
    await lifespan.start()
    async with client_of(app) as client:
        await client.get("/users/me")
    await lifespan.kill()
    left = shop.connections.left - before
    return f"{left} connection open after the application was cancelled" if left else None


@bug("dispose-not-awaited", "jobs/nightly.py", "main", "coroutine 'AsyncEngine.dispose' was never awaited")
async def job_keeps_its_pool(shop: Shop) -> str | None:
    before = shop.connections.left
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert await shop.module("jobs.nightly").main(shop.settings) == 0
    left = shop.connections.left - before
    messages = [str(warning.message) for warning in seen if "dispose" in str(warning.message)]
    return f"{messages[0]}; {left} connection open" if messages and left else None


@bug("expired-attribute-access", "jobs/nightly.py", "cancel_stale_orders", "MissingGreenlet")
async def job_reads_after_its_service_committed(shop: Shop) -> str | None:
    shop.sql("update orders set status = 'unpaid'")
    try:
        assert await shop.module("jobs.nightly").main(shop.settings) == 1
    except Exception as error:
        return describe(error)
    return None


@bug("on-event-ignored", "main.py", "create_app", "handler never ran")
async def start_up_handler_never_runs(shop: Shop) -> str | None:
    async with shop.running() as (_, client):
        categories = (await client.get("/products/categories")).json()
    return None if sorted(categories) == ["kitchen", "office"] else f"handler never ran: {categories}"


@bug("lifespan-not-wired", "admin.py", "admin_lifespan", "AttributeError: 'State' object has no attribute")
async def back_office_never_opens_its_database(shop: Shop) -> str | None:
    async with shop.running("admin:create_admin") as (_, client):
        return await _answer(client.get("/stats"))


@bug(
    "global-session",
    "services/flags.py",
    "is_enabled",
    "concurrent requests failed",
)
async def requests_share_the_session_of_a_module(shop: Shop) -> str | None:
    async with shop.running() as (_, client):
        return await _gather(client, "/flags/wishlist", 5)


@bug("malformed-session-dependency", "dependencies.py", "get_report_session", "connection leaked")
async def dependency_returns_its_session(shop: Shop) -> str | None:
    return await _leak(shop, "GET", "/reports/sales")


@bug("unmanaged-session", "services/inventory.py", "low_stock", "connection leaked")
async def session_is_used_after_its_block(shop: Shop) -> str | None:
    return await _leak(shop, "GET", "/products/low-stock")


@bug("scoped-session-registry", "services/audit.py", "AuditTrail.__init__", "connection leaked")
async def registry_is_never_emptied(shop: Shop) -> str | None:
    return await _leak(shop, "GET", "/reports/audit")


@bug("session-passed-to-background-task", "routers/orders.py", "place_order", "connection leaked")
async def background_task_gets_the_closed_session(shop: Shop) -> str | None:
    body = {"number": "A-2", "lines": [{"product_id": 1, "quantity": 1, "unit_price": 990}]}
    return await _leak(shop, "POST", "/orders", body=body, status=201)


@bug(
    "session-shared-across-tasks",
    "services/reports.py",
    "ReportService.dashboard",
    "InvalidRequestError: This session is provisioning",
)
async def report_gathers_over_one_session(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/reports/dashboard")


@bug(
    "session-shared-across-tasks",
    "services/reviews.py",
    "ReviewService.page",
    "InvalidRequestError: This session is provisioning",
)
async def task_group_over_one_session(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/reviews/page?product_id=1")


@bug("lazy-attribute-access", "services/orders.py", "OrderService.summary", "MissingGreenlet")
async def total_reads_lines_nobody_loaded(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/orders/1/summary")


@bug("lazy-attribute-access", "services/orders.py", "OrderService.picking_list", "MissingGreenlet")
async def picking_list_reads_the_second_hop(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/orders/1/picking-list")


@bug("lazy-attribute-access", "services/orders.py", "OrderService.invoice", "MissingGreenlet")
async def invoice_reads_the_customer(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/orders/1/invoice")


@bug("lazy-attribute-access", "services/orders.py", "OrderService.reorder", "MissingGreenlet")
async def lines_are_appended_to_a_flushed_order(shop: Shop) -> str | None:
    return await _call(shop, "POST", "/orders/1/reorder", status=201)


@bug("lazy-attribute-access", "services/catalog.py", "CatalogService.teasers", "MissingGreenlet")
async def deferred_description_is_read(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/products/teasers?category=kitchen")


@bug("lazy-attribute-access", "services/catalog.py", "CatalogService.tag", "MissingGreenlet")
async def tag_is_appended_to_an_unloaded_list(shop: Shop) -> str | None:
    return await _call(shop, "PUT", "/products/1/tags/gift")


@bug("dynamic-relationship", "models/user.py", "User", "MissingGreenlet")
async def dynamic_relationship_is_iterated(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/users/me/addresses")


@bug("detached-instance-access", "services/receipts.py", "send_receipt", "DetachedInstanceError")
async def receipt_reads_after_the_block(shop: Shop) -> str | None:
    return await _call(shop, "POST", "/orders/1/receipt", status=202)


@bug("expired-attribute-access", "services/orders.py", "OrderService.place", "MissingGreenlet")
async def message_reads_after_the_rollback(shop: Shop) -> str | None:
    body = {"number": "A-1", "lines": []}
    return await _call(shop, "POST", "/orders", body=body, status=409)


@bug("expired-attribute-access", "services/catalog.py", "CatalogService.change_price", "MissingGreenlet")
async def time_of_change_is_read_after_the_update(shop: Shop) -> str | None:
    return await _call(shop, "PUT", "/products/1/price", body={"price": 1090})


@bug("response-schema-lazy-field", "routers/orders.py", "list_orders", "ResponseValidationError")
async def response_model_reads_the_lines(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/orders")


@bug("response-schema-lazy-field", "services/reviews.py", "ReviewService.get", "ValidationError")
async def schema_reads_the_author(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/reviews/1")


@bug(
    "joined-collection-without-unique",
    "repositories/products.py",
    "ProductRepository.with_reviews",
    "InvalidRequestError: The unique() method",
)
async def joined_reviews_are_not_made_unique(shop: Shop) -> str | None:
    return await _call(shop, "GET", "/products/ratings")


@bug("sync-async-protocol-mismatch", "services/reviews.py", "ReviewService.create", "TypeError")
async def add_is_awaited(shop: Shop) -> str | None:
    body = {"product_id": 2, "rating": 4, "comment": "Writes."}
    return await _call(shop, "POST", "/reviews", body=body, status=201)


@bug(
    "unawaited-database-call",
    "services/reviews.py",
    "ReviewService.delete",
    "coroutine 'AsyncSession.commit' was never awaited",
)
async def commit_is_not_awaited(shop: Shop) -> str | None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert await _call(shop, "DELETE", "/reviews/1", status=204) is None
    messages = [str(warning.message) for warning in seen if "commit" in str(warning.message)]
    stays = bool(shop.sql("select 1 from reviews where id = 1"))
    return f"{messages[0]}; the deleted row is still there" if messages and stays else None
