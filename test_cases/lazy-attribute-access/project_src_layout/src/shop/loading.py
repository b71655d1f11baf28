"""Options kept beside the models."""

from sqlalchemy import orm

from shop.database import Customer

WITH_PURCHASES = (orm.selectinload(Customer.purchases),)


def with_purchases():
    return [orm.selectinload(Customer.purchases)]
