"""The command line, `tieout`.

Exit statuses: 0 done; 1 with `--strict`, when something is left unexplained; 2 the command or an input cannot be used,
with one line on standard error that says what and where; 130 stopped by Ctrl-C. Commands import what they need when
they run, so that `--help` and `--version` answer at once.
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError, validators

from entrypoints.command_values import DONE, LEFT_UNEXPLAINED, UNUSABLE, Number, Port
from entrypoints.partner_commands import partner
from entrypoints.progress_bar import progress_bar
from entrypoints.prove_commands import prove
from entrypoints.stripe_commands import stripe as stripe_app
from entrypoints.unusable import Unusable, service_settings

_BENCHMARK_LIBRARIES = ("duckdb",)

Files = Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="", show_default=False)]
Flag = Annotated[bool, Parameter(negative="", show_default=False)]


def version() -> str:
    """The installed version."""
    try:
        return metadata.version("tieout")
    except metadata.PackageNotFoundError:
        return "not installed"


tieout = App(
    name="tieout",
    help="Ties every bank deposit to the Stripe payouts it carries, and every payout to the items inside it.",
    help_epilogue="Start with: `tieout reconcile --example`",
    version=version,
    version_flags=("--version",),
    help_flags=("--help", "-h"),
    result_action="return_value",
)
bench = App(name="bench", help="Benchmarks, as ratios against what others do.", help_epilogue="")
tieout.command(bench)
tieout.command(partner)
tieout.command(prove)
tieout.command(stripe_app)


@tieout.command(help_epilogue="Example: `tieout reconcile --stripe payouts.csv items.json --bank june.ofx`")
def reconcile(
    *,
    stripe: Files = (),
    bank: Files = (),
    bank_columns: str | None = None,
    as_of: Annotated[str | None, Parameter(metavar="DATE")] = None,
    out: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    strict: Flag = False,
    example: Flag = False,
) -> int:
    """Files in, proof out: no server, no database, no keys.

    Parameters
    ----------
    stripe
        Stripe's files, told apart by their content: API JSON (payouts, balance transactions), the itemized payout
        reconciliation report, the Dashboard's Payouts and Balance history CSV.
    bank
        Bank statements: OFX/QFX, CAMT.053/.052, MT940/MT942, BAI2, CSV, Plaid's JSON.
    bank_columns
        Which column of a bank's CSV is what, where its headings do not say, such as
        `date=Posted,amount=Value,text=Details`.
    as_of
        The day to reconcile as of, such as 2026-06-30. Default: the latest date in the inputs on which anything
        happened (when a payout under way is expected does not count).
    out
        Where to write the whole result, as JSON.
    strict
        Exit with status 1 if anything is left unexplained.
    example
        Use the example files that come with Tieout, and say where they are.
    """
    from entrypoints.reconcile_command import run_reconcile

    return run_reconcile(
        stripe=stripe,
        bank=bank,
        bank_columns=bank_columns,
        as_of=_day(as_of),
        out=out,
        strict=strict,
        example=example,
        engine=f"tieout {version()}",
    )


@tieout.command(help_epilogue="Settings come from the environment: `tieout doctor` lists them")
def serve(*, host: str = "127.0.0.1", port: Port = 8080) -> int:
    """The service: API, webhooks and workers, on an embedded PostgreSQL unless DATABASE_URL is set.

    Parameters
    ----------
    host
        The address to listen on.
    port
        The port; 0 for any that is free.
    """
    from entrypoints.serve_command import run_serve

    with service_settings() as settings:
        return run_serve(settings, host=host, port=port)


@tieout.command
def worker(*, metrics_port: Port | None = None, metrics_host: str = "127.0.0.1") -> int:
    """Workers alone: as many processes, on as many machines, as wanted.

    Parameters
    ----------
    metrics_port
        Answer /metrics, /healthz and /readyz on this port; 0 for any that is free. Default: on none.
    metrics_host
        The address to listen on for that.
    """
    from entrypoints.serve_command import run_worker

    with service_settings() as settings:
        return run_worker(settings, probes=None if metrics_port is None else (metrics_host, metrics_port))


@tieout.command
def migrate() -> int:
    """Brings the database's schema to this version's. `tieout serve` does so by itself."""
    from entrypoints.migrate_command import run_migrate

    with service_settings() as settings:
        return run_migrate(settings)


@tieout.command
def doctor() -> int:
    """Says what is configured, reachable, missing or inconsistent; exits with 1 if anything is wrong."""
    from entrypoints.doctor_command import run_doctor

    return run_doctor()


@bench.command
def accuracy(
    *,
    payouts: Number = 100_000,
    seed: int = 1,
    profiles: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="", show_default=False)] = (),
) -> int:
    """Runs the engine and the rules that others use on simulated companies whose truth is known.

    Parameters
    ----------
    payouts
        How many payouts, over all profiles.
    seed
        The worlds are a function of it.
    profiles
        Which profiles; all, unless named.
    """
    with _benchmark_tools():
        from entrypoints.benchmarks.accuracy import UnknownProfile, run_accuracy
    try:
        with progress_bar() as progress:
            report = run_accuracy(payouts=payouts, seed=seed, profiles=profiles or None, progress=progress)
    except UnknownProfile as refusal:
        raise Unusable(f"--profiles: {refusal}") from refusal
    print(report.as_text())
    return DONE


@bench.command
def matching(
    *,
    sizes: Annotated[tuple[Number, ...], Parameter(consume_multiple=True, negative="")] = (10_000, 100_000, 1_000_000),
    rounds: Number = 7,
) -> int:
    """Measures the matching against a greedy rule in plain Python and a DuckDB hash join of the same data.

    Parameters
    ----------
    sizes
        Numbers of payouts.
    rounds
        Runs of each, at most (from 100,000 payouts on there are fewer); the median counts.
    """
    with _benchmark_tools():
        from entrypoints.benchmarks.matching import run_matching
    with progress_bar() as progress:
        report = run_matching(sizes=sizes, rounds=rounds, progress=progress)
    print(report.as_text())
    return DONE


@bench.command
def intake(*, rounds: Number = 7, seconds: Annotated[float, Parameter(validator=validators.Number(gt=0))] = 1.0) -> int:
    """Measures how fast Stripe's webhooks are kept, beside a server that only verifies and one commit for each event.

    Parameters
    ----------
    rounds
        Of each at 1, 8 and 64 connections, in turn; the median counts.
    seconds
        How long each is measured in a round; eight times as long under overload.
    """
    from entrypoints.benchmarks.intake import run_intake

    with progress_bar() as progress:
        report = run_intake(rounds=rounds, seconds=seconds, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


@bench.command
def backfill(
    *,
    sizes: Annotated[tuple[Number, ...], Parameter(consume_multiple=True, negative="")] = (10_000, 100_000),
    answer_seconds: Annotated[float, Parameter(validator=validators.Number(gte=0))] = 0.0,
    deaths: Annotated[int, Parameter(validator=validators.Number(gte=0))] = 5,
) -> int:
    """Measures how an account's whole history is read, from a simulated Stripe with Stripe's limits.

    Parameters
    ----------
    sizes
        Balance transactions of an account each, by hundreds. At the limit a million takes a quarter of an hour.
    answer_seconds
        How long the simulated Stripe takes for each answer, at least.
    deaths
        How often the service is killed while it reads, to see what it asks for again.
    """
    from entrypoints.benchmarks.backfill import run_backfill

    with progress_bar() as progress:
        report = run_backfill(sizes=sizes, answer_seconds=answer_seconds, deaths=deaths, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


@bench.command
def service(
    *,
    sizes: Annotated[tuple[Number, ...], Parameter(consume_multiple=True, negative="")] = (10_000, 100_000, 1_000_000),
    rounds: Number = 3,
    changes: Annotated[int, Parameter(validator=validators.Number(gte=4))] = 200,
    a_year: Number = 5_000,
    mix: Literal["hard", "everyday"] = "hard",
) -> int:
    """Loads one company, reconciles it, then changes single facts, on an embedded PostgreSQL of its own.

    Parameters
    ----------
    sizes
        Numbers of payouts, each with its bank lines.
    rounds
        Loads and full reconciliations of each (from 1,000,000 payouts on, one); the median counts.
    changes
        Single changes at each size (from 1,000,000 payouts on, half as many).
    a_year
        Payouts in a year: a larger company is an older one.
    mix
        Round amounts that come again for years and look-alikes, or neither.
    """
    from entrypoints.benchmarks.service import run_service
    from entrypoints.benchmarks.service_data import Mix

    with progress_bar() as progress:
        report = run_service(
            sizes,
            rounds=rounds,
            changes=changes,
            a_year=a_year,
            mix=Mix(mix),
            progress=progress,
            said=lambda words: print(words, flush=True),
        )
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status. Bad input never ends in a traceback."""
    _make_outputs_safe()
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = tieout(tokens, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except UnusedCliTokensError as refusal:
        unused = " ".join(refusal.unused_tokens or ())
        return _refuse(f"{unused}: not an option; files follow --stripe or --bank")
    except (Unusable, CycloptsError) as refusal:
        return _refuse(str(refusal))
    except BrokenPipeError:
        # Who reads us has had enough (`tieout … | head`).
        _discard_output()
        return DONE
    except OSError as error:
        if error.filename is not None:
            return _refuse(f"{os.fsdecode(error.filename)}: cannot be used ({error.strerror or error})")
        # Files have names; what has none is standard output, on a full disk, say.
        _discard_output()
        return _refuse(f"standard output: cannot be written ({error.strerror or error})")
    return status if isinstance(status, int) else DONE


def _make_outputs_safe() -> None:
    """Output that was closed by who started us goes nowhere; a character that it cannot show is replaced."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # lives as long as we do
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _discard_output() -> None:
    """What is still buffered must not raise again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse(words: str) -> int:
    with contextlib.suppress(OSError):  # standard error may be closed or full: the status says it all the same
        print(f"tieout: {' '.join(words.split())}", file=sys.stderr, flush=True)
    return UNUSABLE


@contextlib.contextmanager
def _benchmark_tools() -> Iterator[None]:
    """Raises Unusable where what benchmarks are compared with is not installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name not in _BENCHMARK_LIBRARIES:
            raise
        raise Unusable(f"bench: {missing.name} is not installed; pip install 'tieout[bench]'") from missing


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusable(f"--as-of: {text!r} is not a date such as 2026-06-30") from None
