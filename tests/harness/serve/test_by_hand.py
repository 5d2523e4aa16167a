"""A server that someone types to."""

from __future__ import annotations

import shutil

import pexpect
import pytest
from tests.harness.wire import HOST

from .serving import READY_S, serving


def test_the_protocol_demo_works_by_hand_over_telnet() -> None:
    telnet = shutil.which("telnet")
    if telnet is None:
        pytest.skip("no telnet on PATH (apt-get install telnet)")
    with serving() as it:
        child: pexpect.spawn[bytes] = pexpect.spawn(
            telnet, [HOST, str(it.port)], timeout=READY_S, echo=False
        )
        try:
            child.expect(r"INFO \{.*\} \r\n")
            child.sendline('connect {"name":"telnet"}')
            child.expect_exact("+OK\r\n")
            child.sendline("sub test 5")
            child.expect_exact("+OK\r\n")
            child.sendline("pub test 12")
            child.sendline("NATS Rulez!!")
            child.expect_exact("+OK\r\n")
            child.expect_exact("MSG test 5 12\r\nNATS Rulez!!\r\n")
            child.sendline("unsub 5")
            child.expect_exact("+OK\r\n")
        finally:
            child.close()
