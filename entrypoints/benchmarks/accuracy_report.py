"""The result of `tieout bench accuracy`, and how it is printed."""

import io

import attrs
from rich.console import Console
from rich.table import Table

from entrypoints.benchmarks.replicas import REPLICAS
from entrypoints.benchmarks.scoring import BINS, Reliability, Tally


@attrs.frozen(kw_only=True)
class ProfileResult:
    """What every rule did in one profile."""

    name: str
    says: str
    companies: int
    unlike_defaults: bool
    tallies: dict[str, Tally]
    """By rule; the engine's first."""
    reliability: tuple[Reliability, ...]
    """The engine's, by bin of stated probability."""


@attrs.frozen(kw_only=True)
class AccuracyReport:
    """Every rule in every profile."""

    payouts: int
    seed: int
    profiles: tuple[ProfileResult, ...]

    def total(self) -> dict[str, Tally]:
        """Each rule over all profiles."""
        result: dict[str, Tally] = {}
        for profile in self.profiles:
            for rule, tally in profile.tallies.items():
                result[rule] = result.get(rule, Tally()) + tally
        return result

    def render(self, console: Console) -> None:
        """Prints the tables: coloured on a terminal, plain otherwise."""
        console.print(f"{self.payouts:,} payouts in {len(self.profiles)} profiles, seed {self.seed}", highlight=False)
        console.print(_share_table(self))
        for profile in self.profiles:
            console.print(_rules_table(f"{profile.name}: {profile.says}", profile.tallies))
        console.print(_rules_table("All profiles", self.total()))
        console.print(_parameters_table())
        console.print(_reliability_table("Reliability of the engine's probabilities, all profiles", self.profiles))
        unlike = tuple(profile for profile in self.profiles if profile.unlike_defaults)
        if unlike:
            names = ", ".join(profile.name for profile in unlike)
            console.print(_reliability_table(f"The same where laws are far from the defaults: {names}", unlike))
        for profile in self.profiles:
            for example in next(iter(profile.tallies.values())).wrong_examples:
                console.print(f"wrong in {profile.name}: {example}", highlight=False, markup=False)

    def as_text(self) -> str:
        """The same as plain text."""
        out = io.StringIO()
        self.render(Console(file=out, width=150, force_terminal=False, color_system=None))
        return out.getvalue()


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"


def _share_table(report: AccuracyReport) -> Table:
    table = Table(title="The engine, by profile", title_justify="left")
    for heading in (
        "profile",
        "companies",
        "payouts",
        "bank lines",
        "decidable",
        "matched",
        "undecidable",
        "abstained",
        "wrong",
    ):
        table.add_column(heading, justify="left" if heading == "profile" else "right")
    total = Tally()
    for profile in report.profiles:
        tally = next(iter(profile.tallies.values()))
        total += tally
        table.add_row(profile.name, f"{profile.companies:,}", *_engine_cells(tally))
    companies = sum(profile.companies for profile in report.profiles)
    table.add_section()
    table.add_row("all", f"{companies:,}", *_engine_cells(total))
    return table


def _engine_cells(tally: Tally) -> tuple[str, ...]:
    return (
        f"{tally.payouts:,}",
        f"{tally.deposits:,}",
        f"{tally.decidable:,}",
        _percent(tally.found, tally.decidable),
        f"{tally.undecidable:,}",
        _percent(tally.abstained, tally.undecidable),
        f"[bold red]{tally.wrong:,}[/]" if tally.wrong else "0",
    )


def _rules_table(title: str, tallies: dict[str, Tally]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in (
        "rule",
        "automatic",
        "wrong",
        "wrong of automatic",
        "matched of the decidable",
        "abstained on the undecidable",
    ):
        table.add_column(heading, justify="left" if heading == "rule" else "right")
    for rule, tally in tallies.items():
        table.add_row(
            rule,
            f"{tally.automatic:,}",
            f"{tally.wrong:,}",
            _percent(tally.wrong, tally.automatic),
            _percent(tally.found, tally.decidable),
            _percent(tally.abstained, tally.undecidable),
        )
    return table


def _parameters_table() -> Table:
    table = Table("rule", "parameters", title="Clean-room replicas of others' rules", title_justify="left")
    for replica in REPLICAS:
        table.add_row(replica.name, replica.parameters)
    return table


def _reliability_table(title: str, profiles: tuple[ProfileResult, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("stated probability", "matches", "mean stated", "right", "share right"):
        table.add_column(heading, justify="right")
    for place in range(len(BINS) - 1):
        sum_ = Reliability()
        for profile in profiles:
            sum_ += profile.reliability[place]
        if not sum_.count:
            continue
        table.add_row(
            f"{BINS[place]:g} … {BINS[place + 1]:g}",
            f"{sum_.count:,}",
            f"{sum_.stated / sum_.count:.5f}",
            f"{sum_.right:,}",
            f"{sum_.right / sum_.count:.5f}",
        )
    return table
