from base import Repository
from models import Item


class ItemRepository(Repository[Item]):
    model = Item
