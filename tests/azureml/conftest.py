"""One workspace with an agent for all samples of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.azureml.place import Place, opened


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("azureml")) as made:
        yield made
