"""`tieout prove …`: each proof runs for as long as wanted, and exits with 1 if what it proves does not hold."""

from cyclopts import App

from entrypoints.command_values import DONE, LEFT_UNEXPLAINED, Number
from entrypoints.progress_bar import progress_bar

prove = App(name="prove", help="Long-running proofs of what the service promises.", help_epilogue="")


@prove.command
def deaths(*, cycles: Number = 200, seed: int = 1) -> int:
    """Kills the service, its database and their keeper for real, under load: nothing acknowledged may be lost.

    Parameters
    ----------
    cycles
        How many deaths.
    seed
        What is written, and when who dies, is a function of it.
    """
    from entrypoints.proofs.real_deaths import prove_real_deaths

    with progress_bar() as progress:
        report = prove_real_deaths(cycles=cycles, seed=seed, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


@prove.command
def webhooks(*, cycles: Number = 200, seed: int = 1) -> int:
    """Tells of Stripe's events while the service and its database are killed: nothing acknowledged may be lost.

    Parameters
    ----------
    cycles
        How many deaths.
    seed
        What is told, and when who dies, is a function of it.
    """
    from entrypoints.proofs.webhook_deaths import prove_webhook_deaths

    with progress_bar() as progress:
        report = prove_webhook_deaths(cycles=cycles, seed=seed, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


@prove.command
def stripe(*, cycles: Number = 20, seed: int = 1, events: Number = 5) -> int:
    """Worlds at a simulated Stripe, told and read in every way: the facts must be those that Stripe has, every time.

    Events are lost, repeated, late and in any order; readers are killed, answers cut, the database lost.

    Parameters
    ----------
    cycles
        How many worlds.
    seed
        What happens in them, and what goes wrong, is a function of it.
    events
        All orders of so many events of one payout's life are tried first: 5 has 120, 7 has 5,040.
    """
    from entrypoints.proofs.stripe_orders import prove_stripe

    with progress_bar() as progress:
        report = prove_stripe(cycles=cycles, seed=seed, events=events, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


@prove.command
def deadlocks(*, seconds: Number = 60, seed: int = 1) -> int:
    """Eight writers on the same keys at once: no deadlock may happen, and writers in no order must have one.

    Parameters
    ----------
    seconds
        For how long they write.
    seed
        What is written, and in what order, is a function of it.
    """
    from entrypoints.proofs.deadlocks import prove_no_deadlocks

    with progress_bar() as progress:
        report = prove_no_deadlocks(seconds=seconds, seed=seed, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED


@prove.command
def migrations(*, databases: Number = 20, seed: int = 1) -> int:
    """Four processes migrate an empty database at once and are killed again and again: one clean schema every time.

    Parameters
    ----------
    databases
        How many, one after the other.
    seed
        When who is killed is a function of it.
    """
    from entrypoints.proofs.migrations import prove_migrations

    with progress_bar() as progress:
        report = prove_migrations(databases=databases, seed=seed, progress=progress)
    print(report.as_text())
    return DONE if report.holds else LEFT_UNEXPLAINED
