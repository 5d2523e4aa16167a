"""Every way in which a server answers with an error or closes, as seen on nats-server 2.15.1.

A row names the rule it shows by its number in the list of what was measured: 2.2 is of arguments,
2.3 of payloads, 2.4 of the texts of -ERR, 13 of what surprises. Our broker is held to each row, and
so is a real server (tests/parity). Rows that need users, accounts or TLS want a Setting of theirs.
"""

import re
from typing import NamedTuple

from natsim.broker.nats.options import Options
from natsim.broker.now import SECOND_NS

from .conversation import without_info


class Setting(NamedTuple):
    """How a server is set up: as nats-server's configuration, and as our options."""

    config: str
    options: Options


class Row(NamedTuple):
    """sent: by one client, at once. answer: all that comes back behind the greeting.

    log: what the server logs as an error, if that is said in the table. wait_s: how long the server
    is then left alone. A further INFO stands as <INFO>.
    """

    rule: str
    sent: bytes
    answer: bytes
    is_open: bool
    log: str
    setting: Setting
    wait_s: float


PLAIN = Setting("lame_duck_duration: 30s", Options())  # a configuration must say something
FULL = Setting("max_connections: 0", Options(max_connections=0))
TWO_SUBSCRIPTIONS = Setting("max_subscriptions: 2", Options(max_subscriptions=2))
TWO_TOKENS = Setting("max_subscription_tokens: 2", Options(max_subscription_tokens=2))
TEN_BYTES = Setting("max_payload: 10", Options(max_payload=10))
NO_HEADERS = Setting("no_header_support: true", Options(has_headers=False))
IMPATIENT = Setting(
    'ping_interval: "200ms", ping_max: 1', Options(ping_interval_ns=SECOND_NS // 5, ping_max=1)
)
SHORT_LINES = Setting("max_control_line: 512", Options(max_control_line=512))

_C = b'CONNECT {"verbose":false}\r\n'
_P = b'CONNECT {"verbose":false,"pedantic":false,"headers":true}\r\n'
_N = b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\n'
_H = b"NATS/1.0\r\nA: b\r\n\r\n"  # 18 bytes
_BAD = b"-ERR 'Unknown Protocol Operation'\r\n"
_LINE = b"-ERR 'maximum control line exceeded'\r\n"
_PAYLOAD = b"-ERR 'Maximum Payload Violation'\r\n"
_SUBJECT = b"-ERR 'Invalid Subject'\r\n"
_PEDANTIC = b"-ERR 'Invalid Publish Subject'\r\n"
_SUBSCRIPTIONS = b"-ERR 'maximum subscriptions exceeded'\r\n"


def row_open(
    rule: str,
    sent: bytes,
    answer: bytes,
    *,
    log: str = "",
    at: Setting = PLAIN,
    wait_s: float = 0.0,
) -> Row:
    return Row(rule, sent, answer, True, log, at, wait_s)


def row_closed(
    rule: str,
    sent: bytes,
    answer: bytes = b"",
    *,
    log: str = "",
    at: Setting = PLAIN,
    wait_s: float = 0.0,
) -> Row:
    return Row(rule, sent, answer, False, log, at, wait_s)


def _publish(argument: bytes, log: str) -> Row:
    return row_closed("2.2 PUB", _P + b"PUB " + argument + b"\r\n", log=log)


def _publish_with_headers(argument: bytes, log: str) -> Row:
    return row_closed("2.2 HPUB", _P + b"HPUB " + argument + b"\r\n", log=log)


ARGUMENTS = [
    *(_publish(words, f'processPub Parse Error: "{words.strip().decode()}"')
      for words in (b"foo", b"foo 2 3 4", b"foo bar 2 x", b" 2")),
    *(_publish(b"foo " + size, f'processPub Bad or Missing Size: "foo {size.decode()}"')
      for size in (b"-1", b"+2", b"x", b"2x", b"1.0", b"0x2", b"0000000002", b"1000000000")),
    _publish(b'a"b\\\xff\x01 x', 'processPub Bad or Missing Size: "a\\"b\\\\\\xff\\x01 x"'),
    *(_publish_with_headers(words, f'processHeaderPub Parse Error: "{words.decode()}"')
      for words in (b"foo", b"foo 2", b"a b 2 3 4")),
    *(_publish_with_headers(words, f'processHeaderPub Bad or Missing Header Size: "{words.decode()}"')
      for words in (b"foo x 2", b"foo -1 2", b"foo 0000000001 2")),
    *(_publish_with_headers(words, f'processHeaderPub Bad or Missing Total Size: "{words.decode()}"')
      for words in (b"foo 2 x", b"foo 2 -1", b"foo 2 1000000000")),
    _publish_with_headers(
        b"foo 5 2", 'processHeaderPub Header Size larger then TotalSize: "foo 5 2"'),
    row_closed("2.2 HPUB, headers not agreed", _C + b"HPUB foo 18 20\r\n" + _H + b"hi\r\n",
            log="message headers not supported"),
    row_closed("2.2 HPUB, no_header_support", _P + b"HPUB foo 18 20\r\n" + _H + b"hi\r\n",
            log="message headers not supported", at=NO_HEADERS),
    row_closed("2.2 SUB", _P + b"SUB foo\r\n", log='processSub Parse Error: "foo"'),
    row_closed("2.2 SUB", _P + b"SUB foo q 1 2\r\n", log='processSub Parse Error: "foo q 1 2"'),
    row_closed("2.2 UNSUB", _P + b"UNSUB 1 1 2\r\n", log='processUnsub Parse Error: "1 1 2"'),
    row_closed("2.2 UNSUB", _P + b"UNSUB \r\n", log='processUnsub Parse Error: "\\r"'),
    # The text of a JSON error is Go's own; ours says it otherwise.
    row_closed("2.2 CONNECT", b"CONNECT {\r\n"),
    row_closed("2.2 CONNECT", b'CONNECT {"verbose":0}\r\n'),
    row_closed("2.2 INFO", _P + b"INFO []\r\n"),
    row_closed("2.2 INFO", _P + b'INFO {"port":"4222"}\r\n'),
]  # fmt: skip

PAYLOADS = [
    row_closed("2.3 longer than announced", _P + b"SUB foo 1\r\nPUB foo 2\r\nhix\r\n", _BAD),
    row_closed("2.3 shorter than announced", _P + b"SUB foo 1\r\nPUB foo 4\r\nhi\r\nPING\r\n", _BAD),
    row_closed("2.3 LF only", _P + b"SUB foo 1\r\nPUB foo 2\r\nhi\n", _BAD),
    row_closed("2.3 CR and no LF", _P + b"SUB foo 1\r\nPUB foo 2\r\nhi\rx", _BAD),
    row_open("2.3 not there yet", _P + b"SUB foo 1\r\nPUB foo 4\r\nhi", b""),
    row_open("2.3 empty", _P + b"SUB foo 1\r\nPUB foo 0\r\n\r\n", b"MSG foo 1 0\r\n\r\n"),
    row_closed("2.3 over max_payload", _P + b"PUB foo 1048577\r\n", _PAYLOAD,
            log="maximum payload exceeded: 1048577 vs 1048576"),
    row_closed("2.3 headers count", _P + b"HPUB foo 10 11\r\n", _PAYLOAD, at=TEN_BYTES,
            log="maximum payload exceeded: 11 vs 10"),
    row_open("2.3 at max_payload", _P + b"SUB a 1\r\nPUB a 10\r\n0123456789\r\n",
          b"MSG a 1 10\r\n0123456789\r\n", at=TEN_BYTES),
    row_closed("2.3 before the pedantic check", _C + b"PUB foo. 1048577\r\n", _PAYLOAD),
    row_closed("2.3 before permissions", _C + b"PUB _GR_.x 1048577\r\n", _PAYLOAD),
    row_closed("2.3 ten digits are silent", _P + b"PUB foo 1000000000\r\n"),
]  # fmt: skip

ERRORS = [
    row_closed("2.4 Unknown Protocol Operation", b"X", _BAD),
    row_closed("2.4 Unknown Protocol Operation", _P + b"SUB\r\n", _BAD),
    row_closed("2.4 maximum control line exceeded", _P + b"SUB " + b"a" * 4095 + b" 1\r\n", _LINE,
            log="maximum control line exceeded"),
    row_closed("2.4 maximum control line exceeded", _P + b"PUB " + b"a" * 4097, _LINE),
    row_closed("2.4 maximum control line exceeded", _P + b"SUB " + b"a" * 511 + b" 1\r\n", _LINE,
            at=SHORT_LINES),
    row_open("2.4 maximum control line exceeded", _P + b"SUB " + b"a" * 510 + b" 1\r\n", b"",
          at=SHORT_LINES),
    row_closed("2.4 Maximum Payload Violation", _P + b"PUB foo 11\r\n", _PAYLOAD, at=TEN_BYTES),
    row_closed("2.4 maximum connections exceeded", b"", b"-ERR 'maximum connections exceeded'\r\n",
            at=FULL),  # the log says it once a second
    row_open("2.4 maximum subscriptions exceeded",
          _P + b"SUB a 1\r\nSUB b 2\r\nSUB c 3\r\nUNSUB 1\r\nSUB c 3\r\nPUB c 0\r\n\r\n",
          _SUBSCRIPTIONS + b"MSG c 3 0\r\n\r\n", at=TWO_SUBSCRIPTIONS,
          log="maximum subscriptions exceeded"),
    row_closed("2.4 Authorization Violation", b'CONNECT {"account":"x"}\r\n',
            b"-ERR 'Authorization Violation'\r\n"),
    row_closed("2.4 Authorization Violation", b'CONNECT {"new_account":true}\r\n',
            b"-ERR 'Authorization Violation'\r\n"),
    row_closed("2.4 invalid client protocol", b'CONNECT {"protocol":2}\r\n',
            b"-ERR 'invalid client protocol'\r\n", log="invalid client protocol"),
    row_closed("2.4 invalid client protocol", b'CONNECT {"protocol":-1}\r\n',
            b"-ERR 'invalid client protocol'\r\n"),
    row_closed("2.4 no responders requires headers support", b'CONNECT {"no_responders":true}\r\n',
            b"-ERR 'no responders requires headers support'\r\n",
            log="no responders requires headers support"),
    row_closed("2.4 no responders requires headers support", _N,
            b"-ERR 'no responders requires headers support'\r\n", at=NO_HEADERS),
    row_closed("2.4 Stale Connection", _P, b"PING\r\n-ERR 'Stale Connection'\r\n", at=IMPATIENT,
            wait_s=0.7),
    row_open("2.4 Invalid Subject", _P + b"SUB a..b 1\r\nSUB a.>.b 2\r\n", _SUBJECT * 2),
    row_open("2.4 Invalid Publish Subject", _C + b"PUB a.* 0\r\n\r\nPUB a. 0\r\n\r\n", _PEDANTIC * 2),
    *(row_open("2.4 Permissions Violation for Publish", _P + b"PUB " + name + b" 1\r\nx\r\n",
            b"-ERR 'Permissions Violation for Publish to \"" + name + b"\"'\r\n",
            log=f'Publish Violation - Subject "{name.decode()}"')
      for name in (b"_GR_.x", b"$GR.x", b"$NRG.x", b"$NRG.")),
    *(row_open("2.4 Permissions Violation for Publish with Reply",
            _P + b"SUB a 1\r\nPUB a " + name + b" 1\r\nx\r\n",
            b"-ERR 'Permissions Violation for Publish with Reply of \"" + name + b"\"'\r\n",
            log=f'Publish Violation - Reply "{name.decode()}"')
      for name in (b"_R_.x", b"_R_.", b"$JS.ACK.x", b"_GR_.x", b"$GR.x")),
    row_open("2.4 names that only begin so",
          _P + b"SUB > 1\r\nPUB a _R_ 0\r\n\r\nPUB a $JS.ACK. 0\r\n\r\nPUB a $GR. 0\r\n\r\n",
          b"MSG a 1 _R_ 0\r\n\r\nMSG a 1 $JS.ACK. 0\r\n\r\nMSG a 1 $GR. 0\r\n\r\n"),
    row_open("2.4 Permissions Violation for Subscription using queue", _P + b"SUB a _sys_ 1\r\n",
          b"-ERR 'Permissions Violation for Subscription to \"a\" using queue \"_sys_\"'\r\n",
          log='Subscription Violation - Subject "a", Queue: "_sys_", SID 1'),
    *(row_open("2.4 Permissions Violation for Subscription, too many tokens",
            _P + b"SUB " + words + b" 1\r\n",
            b"-ERR 'Permissions Violation for Subscription to \"" + words.split()[0]
            + b"\", too many tokens'\r\n", at=TWO_TOKENS,
            log=f'Subscription Violation Too Many Tokens - Subject "{words.split()[0].decode()}", SID 1')
      for words in (b"a.b.c", b"a.b.>", b"a.b.c q", b"a..c")),
    row_open("2.4 as many tokens as allowed", _P + b"SUB a.b 1\r\nPUB a.b 0\r\n\r\n",
          b"MSG a.b 1 0\r\n\r\n", at=TWO_TOKENS),
    row_open("2.4 quoting",
          _P + b"PUB $NRG.a'\"\\\x01\x7f\xff\xe2\x80\xa8\xc3\xa9 0\r\n\r\n",
          b"-ERR 'Permissions Violation for Publish to "
          b'"$NRG.a\'\\"\\\\\\x01\\x7f\\xff\\u2028\xc3\xa9"\'\r\n'),
]  # fmt: skip

SURPRISES = [
    row_open("13.1", b"CONNECT {}\r\nPING\r\n", b"+OK\r\nPONG\r\n"),
    row_open("13.1", b"PING\r\nPUB foo.* 1\r\nx\r\nPING\r\n", b"PONG\r\n" + _PEDANTIC + b"+OK\r\nPONG\r\n"),
    row_closed("13.2", _P + b"PUB foo -1\r\n"),
    row_closed("13.2", _P + b"SUB foo\r\n"),
    row_closed("13.3", _P + b"SUB\r\n", _BAD),
    row_closed("13.3", _P + b"SUB \r\n"),
    row_closed("13.4", b'CONNECT {"verbose":false}\r\nHPUB foo 18 20\r\n' + _H + b"hi\r\n"),
    row_open("13.5", _P + b"SUB foo 1\r\nPUB foo 02\r\nhi\r\nHPUB foo 018 0020\r\n" + _H + b"hi\r\n",
          b"MSG foo 1 02\r\nhi\r\nHMSG foo 1 018 0020\r\n" + _H + b"hi\r\n"),
    row_open("13.6", _P + b"SUB foo 1\r\nPUB foo 000000002\r\nhi\r\n", b"MSG foo 1 000000002\r\nhi\r\n"),
    row_closed("13.6", _P + b"SUB foo 1\r\nPUB foo 0000000002\r\nhi\r\n"),
    row_open("13.7", b"PINGxyz\r\nPING" + b"x" * 200_000 + b"\r\n", b"PONG\r\nPONG\r\n"),
    row_open("13.8", _P + b"SUB foo 1\nPUB foo 2\nhi\r\n", b"MSG foo 1 2\r\nhi\r\n"),
    row_closed("13.8", _P + b"SUB foo 1\nPUB foo 2\nhi\n", _BAD),
    row_closed("13.9", b"\r\nPING\r\n", _BAD),
    row_open("13.10", _C + b"SUB > 1\r\nPUB > 1\r\nx\r\n", _PEDANTIC + b"MSG > 1 1\r\nx\r\n"),
    row_open("13.11", _P + b"SUB foo.> 1\r\nPUB foo.* 1\r\nx\r\n", b"MSG foo.* 1 1\r\nx\r\n"),
    row_open("13.12", _P + b"SUB > 1\r\nPUB foo..bar 1\r\nx\r\nPING\r\n", b"PONG\r\n"),
    row_open("13.13", _P + b"SUB a.>b 1\r\nPUB a.>b 1\r\nx\r\n", b"MSG a.>b 1 1\r\nx\r\n"),
    row_open("13.14", _P + b"SUB foo 1\r\nSUB bar 1\r\nPUB bar 1\r\nx\r\nPUB foo 1\r\ny\r\n",
          b"MSG foo 1 1\r\ny\r\n"),
    row_open("13.15", _P + b"SUB foo 1\r\nUNSUB 1 x\r\nPUB foo 1\r\nx\r\nPING\r\n", b"PONG\r\n"),
    row_open("13.15", _P + b"SUB foo 1\r\nUNSUB 1 -1\r\nPUB foo 1\r\nx\r\nPING\r\n", b"PONG\r\n"),
    row_open("13.16", _P + b"SUB w.x g 1\r\nUNSUB 1 1\r\nSUB w.* g 2\r\nUNSUB 2 1\r\n"
          b"SUB w.> g 3\r\nUNSUB 3 1\r\n" + b"PUB w.x 0\r\n\r\n" * 4 + b"UNSUB 1\r\nPING\r\n",
          b"MSG w.x ? 0\r\n\r\n" * 3 + b"PONG\r\n"),
    row_open("13.19, as far as it goes without users",
          b"SUB a..b 1\r\nPUB $NRG.x 1\r\nx\r\nSUB b 1\r\n",
          _SUBJECT + b"-ERR 'Permissions Violation for Publish to \"$NRG.x\"'\r\n+OK\r\n"),
    row_open("13.24", _N + b"SUB rep q 1\r\nPUB foo rep 1\r\nx\r\nPING\r\n", b"PONG\r\n"),
    row_open("13.25", _N + b"SUB rep 1\r\nUNSUB 1 1\r\n" + b"PUB foo rep 1\r\nx\r\n" * 2
          + b"PUB rep 1\r\ny\r\nPUB rep 1\r\nz\r\nPING\r\n",
          b"HMSG rep 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: foo\r\n\r\n\r\n" * 2
          + b"MSG rep 1 1\r\ny\r\nPONG\r\n"),
    row_open("13.26", _P + b"PUB foo _R_.abc 1\r\nx\r\n",
          b"-ERR 'Permissions Violation for Publish with Reply of \"_R_.abc\"'\r\n"),
    row_open("13.29", b'CONNECT {"verbose":false,"protocol":1}\r\nPING\r\nPING\r\n',
          b"PONG\r\n<INFO>PONG\r\n"),
    row_open("13.29, only if the first PING found protocol 1",
          _C + b'PING\r\nCONNECT {"protocol":1}\r\nPING\r\n', b"PONG\r\nPONG\r\n"),
    row_open("13.33", _P, b"PING\r\n", wait_s=2.6),
    row_closed("13.34", b"PING\r\n", b"-ERR 'maximum connections exceeded'\r\n", at=FULL),
    row_open("13.37", _P + b"SUB a 1\r\nSUB b 2\r\nSUB a 1\r\nPING\r\n", _SUBSCRIPTIONS + b"PONG\r\n",
          at=TWO_SUBSCRIPTIONS),
    row_open("13.38", _P + b"SUB foo\rbar 1\r\nPUB foo\rbar 1\r\nx\r\nPING\r\n", b"PONG\r\n"),
    row_open("13.38", _P + b"SUB foo\rbar 1\r\nPUB foo 1\r\nx\r\n", b"MSG foo 1 1\r\nx\r\n"),
    row_open("13.51", _C + b"PUB foo.* 5\r\nhello\r\n", _PEDANTIC),
]  # fmt: skip

ROWS = [*ARGUMENTS, *PAYLOADS, *ERRORS, *SURPRISES]


def settled(heard: bytes) -> bytes:
    """Make what a client heard comparable with a row: no greeting, and ? for a sid that is chance."""
    rest = without_info(heard).removeprefix(b"<INFO>")
    return re.sub(rb"MSG w\.x [123] ", b"MSG w.x ? ", rest)
