"""Nothing that is said to the database is cut off halfway.

Whoever is waiting may be cancelled at any moment: a page closes, a deadline passes. A statement that is cut off in the
driver's thread leaves its connection behind with a transaction that is never ended, and with it the only writer. So a
caller that is cancelled first sees what is being done to its end, and only then goes.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")


class UncancelledConnection(AsyncConnection):
    """A connection whose statements are carried out to their end."""

    # `scalar` and `scalars` are calls of this.
    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await run_to_completion(super().execute(*arguments, **options))


@asynccontextmanager
async def connected(engine: AsyncEngine, *, transaction: bool) -> AsyncIterator[AsyncConnection]:
    """A connection of the engine's pool, with a transaction that is committed at the end of the block."""
    async with _entered(UncancelledConnection(engine)) as connection:
        if transaction:
            async with _entered(connection.begin()):
                yield connection
        else:
            yield connection


async def run_to_completion(work: Coroutine[Any, Any, T]) -> T:
    """Runs the work to its end, also when the caller is cancelled; then raises CancelledError afterwards."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await _ended(task)
        raise


@asynccontextmanager
async def _entered(context: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """`async with`, entered and left as a whole."""
    entering = asyncio.create_task(context.__aenter__())
    try:
        entered = await asyncio.shield(entering)
    except asyncio.CancelledError as cancelled:
        await _ended(entering)
        if not entering.cancelled() and entering.exception() is None:
            await _ended(asyncio.create_task(_left(context, cancelled)))
        raise
    try:
        yield entered
    except BaseException as error:
        await run_to_completion(_left(context, error))
        raise
    else:
        await run_to_completion(_left(context, None))


async def _left(context: AbstractAsyncContextManager[Any], error: BaseException | None) -> None:
    await context.__aexit__(type(error) if error else None, error, error.__traceback__ if error else None)


async def _ended(task: "asyncio.Task[Any]") -> None:
    """Waits for a task however often the waiting is cancelled. What it raised is nobody's to hear any more."""
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            continue
    if not task.cancelled():
        task.exception()
