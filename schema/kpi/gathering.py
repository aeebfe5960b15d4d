"""Questions that many figures of one answer ask, gathered: what is asked at one place is read together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from sqlmodel import Session
from strawberry import Info
from strawberry.dataloader import DataLoader

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


async def together(
    info: Info, place: tuple[Hashable, ...], key: K, read: Callable[[Session, list[K]], Mapping[K, V]]
) -> V | None:
    """The answer for `key`; `read` answers all keys of the place at once, None for those it leaves out."""
    loader: DataLoader[K, V | None] | None = info.context.loaders.get(place)
    if loader is None:
        seam: Any = info.context.seam

        async def load(keys: list[K]) -> list[V | None]:
            found: Mapping[K, V] = await seam.read(lambda session: read(session, keys))
            return [found.get(one) for one in keys]

        loader = info.context.loaders[place] = DataLoader(load_fn=load)
    return await loader.load(key)
