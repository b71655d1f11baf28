"""Routes about orders."""

from fastapi import APIRouter

from deps import CurrentUser, OrderDep, OrderServiceDep

router = APIRouter(prefix="/orders")


@router.get("/{order_id}/items")
async def items(order: OrderDep) -> int:
    """The dependency loads the items."""
    return len(order.items)


@router.get("/{order_id}/owner")
async def owner(order: OrderDep) -> str:
    """Fails: it does not load the user."""
    return order.user.name  # error: [lazy-attribute-access] "user"


@router.get("/mine")
async def mine(service: OrderServiceDep, user: CurrentUser) -> int:
    """Fails: orders come without items."""
    orders = await service.orders_of(user)
    return sum(len(order.items) for order in orders)  # error: [lazy-attribute-access] "items"


@router.get("/owners")
async def owners(service: OrderServiceDep, user: CurrentUser) -> list[str]:
    """The owner is the current user, whom this request holds."""
    return [order.user.name for order in await service.orders_of(user)]
