"""`tieout reconcile`: files in, proof out."""

import os
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Final

from entrypoints.command_values import DONE, LEFT_UNEXPLAINED
from entrypoints.composition import UnusableBankColumns, bank_readers, stripe_readers
from entrypoints.progress_bar import progress_bar
from entrypoints.report import render_report
from entrypoints.terminal_summary import PLAIN_WIDTH, Summary
from entrypoints.unusable import Unusable
from ports.facts_reader import InputFile, UnreadableFile
from ports.use_cases.reconcile_files import NothingHappened, Stage, reconcile_files

EXAMPLES: Final = Path(__file__).parent / "examples"
"""Example files that come with the package, made by the simulator; the names of Stripe's begin with `stripe-`."""

SUMMARY_WIDTH_MAX: Final = 100
"""On wider terminals lines of text would be too long to read."""


def run_reconcile(
    *,
    stripe: tuple[Path, ...],
    bank: tuple[Path, ...],
    bank_columns: str | None,
    as_of: date | None,
    out: Path | None,
    strict: bool,
    example: bool,
    engine: str,
) -> int:
    """Reconciles the files, writes the report, prints the summary. Raises Unusable for all that cannot be used."""
    if example:
        if stripe or bank:
            raise Unusable("--example: it brings files of its own; leave --stripe and --bank out")
        stripe, bank = example_files()
    if not stripe:
        raise Unusable("--stripe: no file given (to see how it works: tieout reconcile --example)")
    if not bank:
        raise Unusable("--bank: no file given (to see how it works: tieout reconcile --example)")
    _check_out(out, (*stripe, *bank))
    try:
        with progress_bar() as progress:
            result = reconcile_files(
                stripe=tuple(_read(path, name_only=example) for path in stripe),
                bank=tuple(_read(path, name_only=example) for path in bank),
                stripe_readers=stripe_readers(),
                bank_readers=bank_readers(bank_columns),
                as_of=as_of,
                on_stage=lambda stage: progress(stage.value, list(Stage).index(stage), len(Stage)),
            )
    except UnreadableFile as refusal:
        raise Unusable(_with_what_helps(refusal, bank_columns)) from refusal
    except UnusableBankColumns as refusal:
        raise Unusable(f"--bank-columns: {refusal}") from refusal
    except NothingHappened:
        raise Unusable("--as-of: no input holds a date; give the day to reconcile as of") from None
    if out is not None:
        _write(out, render_report(result, engine=engine))
    is_terminal = sys.stdout.isatty()
    width = min(shutil.get_terminal_size().columns, SUMMARY_WIDTH_MAX) if is_terminal else PLAIN_WIDTH
    sys.stdout.write(
        Summary(result, report=str(out) if out else None).render(width=max(40, width), is_terminal=is_terminal)
    )
    if out is not None:
        sys.stdout.write(f"\nThe whole result is in {out}.\n")
    if example:
        sys.stdout.write(_where_the_example_is(stripe, bank))
    return LEFT_UNEXPLAINED if strict and result.open_questions.count else DONE


def example_files() -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """The example's Stripe files and bank files."""
    files = sorted(path for path in EXAMPLES.iterdir() if path.is_file())
    is_stripes = [path.name.startswith("stripe-") for path in files]
    return (
        tuple(path for path, stripes in zip(files, is_stripes, strict=True) if stripes),
        tuple(path for path, stripes in zip(files, is_stripes, strict=True) if not stripes),
    )


def _where_the_example_is(stripe: tuple[Path, ...], bank: tuple[Path, ...]) -> str:
    files = "".join(
        f"  {option} {path.name}\n" for option, paths in (("--stripe", stripe), ("--bank", bank)) for path in paths
    )
    return (
        f"\nThe example's files are in {EXAMPLES}\n{files}"
        "Look at them, then give your own:\n"
        "  tieout reconcile --stripe YOUR_EXPORT … --bank YOUR_STATEMENT … --out report.json\n"
    )


def _read(path: Path, *, name_only: bool) -> InputFile:
    """The file's bytes, under the name by which it was given. Raises Unusable."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unusable(f"{_name(path)}: whole file: cannot be read ({_reason(error)})") from error
    return InputFile(name=path.name if name_only else _name(path), content=content)


def _with_what_helps(refusal: UnreadableFile, bank_columns: str | None) -> str:
    """The refusal, and the option that says of a CSV's columns what its headings do not."""
    if refusal.columns is None:
        return str(refusal)
    said = f"{bank_columns},{refusal.columns}" if bank_columns else refusal.columns
    return f"{refusal}; say it with --bank-columns {said}"


def _name(path: Path) -> str:
    """The path as text that UTF-8 can hold, whatever bytes the file system has for it."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def _check_out(out: Path | None, inputs: tuple[Path, ...]) -> None:
    """Refuses, before any work, a report that could not be written or would replace an input. Raises Unusable."""
    if out is None:
        return
    try:
        if out.is_dir():
            raise Unusable(f"{_name(out)}: --out: cannot be written (it is a folder)")
        if not out.parent.is_dir():
            raise Unusable(f"{_name(out)}: --out: cannot be written (there is no folder {_name(out.parent)})")
        if out.exists() and any(path.exists() and out.samefile(path) for path in inputs):
            raise Unusable(f"{_name(out)}: --out: it is one of the inputs, and would be replaced")
    except OSError as error:
        raise Unusable(f"{_name(out)}: --out: cannot be written ({_reason(error)})") from error


def _write(out: Path, content: bytes) -> None:
    """Writes the report where and as the shell's own `>` would: a new file's mode follows the umask, a file that is
    there keeps its mode. Who must see it is for its owner to say, by folder, umask or an earlier chmod."""
    try:
        out.write_bytes(content)
    except OSError as error:
        raise Unusable(f"{_name(out)}: --out: cannot be written ({_reason(error)})") from error


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
