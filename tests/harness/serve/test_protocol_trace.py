"""The trace of a server."""

from __future__ import annotations

import socket

from tests.harness.wire import HOST

from .serving import READY_S, await_line, serving


def test_the_trace_shows_commands_as_nats_server_does() -> None:
    with serving("-V") as it, socket.create_connection((HOST, it.port), READY_S) as client:
        client.sendall(
            b'CONNECT {"verbose":true,"pass":"x","user":"u","headers":true}\r\n'
            b"SUB foo 1\r\nSUB foo q 2\r\nPUB foo 2\r\nhi\r\nHPUB foo r.x 12 14\r\nNATS/1.0\r\n"
            b"\r\nhi\r\nUNSUB 1 5\r\nUNSUB 2\r\nPING\r\nSUB a..b 4\r\nBOO\r\n"
        )
        await_line(it, "[-ERR Unknown Protocol Operation]")
        traced = [line.partition(" - cid:5 - ")[2] for line in it.lines if "[TRC]" in line]

    assert [line for line in traced if line.startswith("<<-")] == [
        '<<- [CONNECT {"verbose":true,"pass":"[REDACTED]","user":"u","headers":true}]',
        "<<- [SUB foo 1]",
        "<<- [SUB foo q 2]",
        "<<- [PUB foo 2]",
        '<<- MSG_PAYLOAD: ["hi"]',
        "<<- [HPUB foo r.x 12 14]",
        r'<<- MSG_PAYLOAD: ["NATS/1.0\r\n\r\nhi"]',
        "<<- [UNSUB 1 5]",
        "<<- [UNSUB 2]",
        "<<- [PING]",
        "<<- [SUB a..b 4]",
    ]
    assert [line for line in traced if line.startswith("->>")] == [
        "->> [OK]",
        "->> [OK]",
        "->> [OK]",
        "->> [OK]",
        "->> [MSG foo 1 2]",
        '->> MSG_PAYLOAD: ["hi"]',
        "->> [MSG foo 2 2]",
        '->> MSG_PAYLOAD: ["hi"]',
        "->> [OK]",
        "->> [HMSG foo 1 r.x 12 14]",
        r'->> MSG_PAYLOAD: ["NATS/1.0\r\n\r\nhi"]',
        "->> [HMSG foo 2 r.x 12 14]",
        r'->> MSG_PAYLOAD: ["NATS/1.0\r\n\r\nhi"]',
        "->> [OK]",
        "->> [OK]",
        "->> [PONG]",
        "->> [-ERR Invalid Subject]",
        "->> [-ERR Unknown Protocol Operation]",
    ]
