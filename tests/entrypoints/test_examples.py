"""The example files that are shipped are the ones that the simulator makes."""

from adapters.simulator.example_world import example_files
from entrypoints import reconcile_command


def test_the_shipped_files_are_the_simulators() -> None:
    """After a change of the simulator, write them anew: `example_files()` gives name and content."""
    shipped = {path.name: path.read_bytes() for path in reconcile_command.EXAMPLES.iterdir() if path.is_file()}

    assert shipped == example_files()


def test_stripes_files_are_told_from_the_banks() -> None:
    stripe, bank = reconcile_command.example_files()

    assert stripe
    assert bank
    assert {path.name for path in (*stripe, *bank)} == set(example_files())
