"""A progress bar on standard error, where somebody watches it."""

import contextlib
import sys
from collections.abc import Callable, Iterator

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is to do."""


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """Shows progress if standard error is a terminal, and leaves no trace of it; otherwise shows nothing."""
    if not sys.stderr.isatty():
        yield _say_nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(words: str, done: int, wanted: int) -> None:
            bar.update(task, description=words, completed=done, total=wanted)

        yield show


def _say_nothing(_words: str, _done: int, _wanted: int) -> None:
    """Nobody is looking."""
