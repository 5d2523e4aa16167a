"""The five folders are one import package, in the wheel and in the editable install alike."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("broker", "conformance", "harness", "reports", "scenarios")


def _build() -> dict[str, Any]:
    text = (ROOT / "pyproject.toml").read_text()
    build: dict[str, Any] = tomllib.loads(text)["tool"]["hatch"]["build"]
    return build


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_folder_is_linked_for_editors_and_type_checkers(folder: str) -> None:
    link = ROOT / "src" / "natsim" / folder

    assert link.is_symlink()
    assert link.resolve() == ROOT / folder


def test_links_and_wheel_and_sdist_name_the_same_folders() -> None:
    build = _build()
    sources = build["targets"]["wheel"]["sources"]

    links = sorted(path.name for path in (ROOT / "src" / "natsim").iterdir() if path.is_symlink())
    assert links == sorted(FOLDERS)
    assert {folder: sources[folder] for folder in FOLDERS} == {
        folder: f"natsim/{folder}" for folder in FOLDERS
    }
    assert set(FOLDERS) <= set(build["only-include"])


def test_every_file_of_the_package_root_is_shipped() -> None:
    files = {
        f"src/natsim/{path.name}"
        for path in (ROOT / "src" / "natsim").iterdir()
        if path.is_file() and not path.is_symlink()
    }

    assert files <= set(_build()["only-include"])


def test_no_package_has_an_empty_docstring() -> None:
    empty = [
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("__init__.py")
        if not path.read_text().strip('" \n')
    ]

    assert empty == []
