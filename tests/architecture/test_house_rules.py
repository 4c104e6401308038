"""The house's rules that a machine can check."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

import entrypoints

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "ports", "adapters", "entrypoints")
LINES_MAX = 400
DOMAIN_LIBRARIES = {"attrs", "holidays"}
DUMPING_GROUNDS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}

MODULES = sorted(path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_file_is_longer_than_a_room_should_be(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_no_file_is_a_dumping_ground(path: Path) -> None:
    assert not DUMPING_GROUNDS & {path.stem, *path.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", sorted((ROOT / "domain").rglob("*.py")), ids=module_name)
def test_the_domain_imports_only_itself_the_standard_library_attrs_and_a_calendar(path: Path) -> None:
    allowed = sys.stdlib_module_names | DOMAIN_LIBRARIES | {"domain"}

    assert imported_by(path) <= allowed


def imported_by(path: Path) -> set[str]:
    """Top-level names of what a module imports anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


def test_only_the_composition_names_an_adapter() -> None:
    naming = {
        module_name(path)
        for path in (ROOT / "entrypoints").rglob("*.py")
        if "adapters" in imported_by(path)
        # Benchmarks and proofs run on the simulator's worlds, and are the judge of them: nothing else names it.
        and not {"benchmarks", "proofs"} & {*path.parts}
    }

    composition = ("__init__", "service", "in_memory", "embedded_database")
    assert naming == {f"entrypoints/composition/{name}.py" for name in composition}


def test_the_package_called_entrypoints_is_ours_and_not_the_one_on_pypi() -> None:
    assert entrypoints.__file__ is not None
    assert Path(entrypoints.__file__).parent == ROOT / "entrypoints"


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(item for extra in project["project"]["optional-dependencies"].values() for item in extra),
    ]

    assert [
        item
        for item in requirements
        if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?>=[\d.]+,<[\d.]+(; sys_platform .*)?", item)
    ] == []


def test_the_constraints_are_pinned_names_and_versions_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert lines
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []
