"""Callers."""

from shop import loading, queries
from shop.database import AsyncSession, Customer
from shop.queries import all_customers as everybody, purchases_of


async def one(session: AsyncSession, customer_id: int) -> int:
    """Fails: the query in the other module loads columns only."""
    customer = await queries.customer_by_id(session, customer_id)
    return len(customer.purchases)  # error: [lazy-attribute-access] "purchases"


async def handed_over(session: AsyncSession, customer_id: int) -> list[int]:
    """Fails: the reader in the other module gets an unloaded customer."""
    customer = await session.get_one(Customer, customer_id)
    return purchases_of(customer)  # error: [lazy-attribute-access] "purchases"


async def everyone(session: AsyncSession) -> int:
    """Fails: no option is passed."""
    customers = await everybody(session)
    return sum(len(customer.purchases) for customer in customers)  # error: [lazy-attribute-access] "purchases"


async def everyone_loaded(session: AsyncSession) -> int:
    """The constant's options are passed."""
    customers = await everybody(session, *loading.WITH_PURCHASES)
    return sum(len(customer.purchases) for customer in customers)


async def everyone_loaded_by_function(session: AsyncSession) -> int:
    """The function's options are passed."""
    customers = await everybody(session, *loading.with_purchases())
    return sum(len(purchases_of(customer)) for customer in customers)


async def columns(session: AsyncSession, customer_id: int) -> str:
    """Columns are loaded."""
    return (await queries.customer_by_id(session, customer_id)).name
