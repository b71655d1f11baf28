from app.services import Service


class Items(Service):
    pass


items = Items()
