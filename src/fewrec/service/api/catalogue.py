"""Routes of items and people: put, patch, look up, hide, delete."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from fewrec.service.api.access import Opened, needs
from fewrec.service.schemas import Id, Item, Items, ListOut, Properties, User, Users, Written
from fewrec.service.search import search

ROUTER = APIRouter(prefix="/v1")
READ, WRITE = [Depends(needs("read"))], [Depends(needs("write"))]
Named = Annotated[Id, Path()]


@ROUTER.post("/items", dependencies=WRITE, tags=["items"])
def put_items(batch: Items, service: Opened) -> Written:
    """Describe many items; those there are described anew."""
    told = {one.item: one.properties.told() for one in batch.items}
    return Written(received=len(batch.items), new=service.store.put_items(told))


@ROUTER.get("/items", dependencies=READ, tags=["items"])
def find_items(
    service: Opened,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> ListOut:
    """Items whose title holds some words."""
    return ListOut(items=search(service, q, limit))


@ROUTER.put("/items/{item:path}", dependencies=WRITE, tags=["items"])
def put_item(item: Named, properties: Properties, service: Opened) -> Written:
    """Describe an item; it can be recommended at once."""
    return Written(received=1, new=service.store.put_items({item: properties.told()}))


@ROUTER.patch("/items/{item:path}", dependencies=WRITE, tags=["items"])
def patch_item(item: Named, properties: Properties, service: Opened) -> Item:
    """Change some properties; null removes one."""
    get_item(item, service)
    service.store.put_items({item: properties.told()}, merge=True)
    return get_item(item, service)


@ROUTER.get("/items/{item:path}", dependencies=READ, tags=["items"])
def get_item(item: Named, service: Opened) -> Item:
    """What is known of an item."""
    found = service.store.item(item)
    if found is None:
        raise HTTPException(404, f"there is no item {item!r}")
    return Item(item=item, properties=found["properties"], state=found["state"])


@ROUTER.post("/items/{item:path}/hide", dependencies=WRITE, tags=["items"])
def hide_item(item: Named, service: Opened) -> Item:
    """Never show an item until it is shown again."""
    get_item(item, service)
    service.store.set_state(item, "hidden")
    return get_item(item, service)


@ROUTER.post("/items/{item:path}/show", dependencies=WRITE, tags=["items"])
def show_item(item: Named, service: Opened) -> Item:
    """Let a hidden item be shown."""
    get_item(item, service)
    service.store.set_state(item, "shown")
    return get_item(item, service)


@ROUTER.delete("/items/{item:path}", status_code=204, dependencies=WRITE, tags=["items"])
def delete_item(item: Named, service: Opened) -> Response:
    """Remove an item; its events stay, and it is never shown."""
    if not service.store.set_state(item, "deleted"):
        raise HTTPException(404, f"there is no item {item!r}")
    return Response(status_code=204)


@ROUTER.post("/users", dependencies=WRITE, tags=["users"])
def put_users(batch: Users, service: Opened) -> Written:
    """Describe many people."""
    told = {one.user: one.properties.told() for one in batch.users}
    return Written(received=len(batch.users), new=service.store.put_users(told))


@ROUTER.put("/users/{user:path}", dependencies=WRITE, tags=["users"])
def put_user(user: Named, properties: Properties, service: Opened) -> Written:
    """Describe a person; ``profile`` is free text about themselves."""
    return Written(received=1, new=service.store.put_users({user: properties.told()}))


@ROUTER.patch("/users/{user:path}", dependencies=WRITE, tags=["users"])
def patch_user(user: Named, properties: Properties, service: Opened) -> User:
    """Change some properties; null removes one."""
    get_user(user, service)
    service.store.put_users({user: properties.told()}, merge=True)
    return get_user(user, service)


@ROUTER.get("/users/{user:path}", dependencies=READ, tags=["users"])
def get_user(user: Named, service: Opened) -> User:
    """What is known of a person."""
    found = service.store.user(user)
    if found is None:
        raise HTTPException(404, f"nothing is known of {user!r}")
    return User(user=user, properties=found["properties"], events=found["events"])


@ROUTER.delete("/users/{user:path}", dependencies=WRITE, tags=["users"])
def delete_user(user: Named, service: Opened) -> dict[str, int]:
    """Remove a person with events and slates, from the models too; rows removed by table."""
    removed = service.delete_user(user)
    if not any(removed.values()):
        raise HTTPException(404, f"nothing is known of {user!r}")
    return removed
