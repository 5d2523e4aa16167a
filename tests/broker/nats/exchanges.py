"""What a client says and what nats-server answers, byte for byte, as seen on 2.15.1.

The broker is held to this table at every cut of the input, and so is a real server (tests/parity).
The greeting is left out; a later INFO stands as <INFO>.
"""

from typing import NamedTuple


class Exchange(NamedTuple):
    """sent: by the client, all at once. answer: all that comes back. is_open: afterwards."""

    name: str
    sent: bytes
    answer: bytes
    is_open: bool = True


_BAD = b"-ERR 'Unknown Protocol Operation'\r\n"
_C = b'CONNECT {"verbose":false}\r\n'
_P = b'CONNECT {"verbose":false,"pedantic":false,"headers":true}\r\n'
_N = b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\n'
_V = b'CONNECT {"verbose":true,"headers":true}\r\n'
_H = b"NATS/1.0\r\nA: b\r\n\r\n"  # 18 bytes


def _x(name: str, sent: bytes, answer: bytes) -> Exchange:
    return Exchange(name, sent, answer)


def _closed(name: str, sent: bytes, answer: bytes = b"") -> Exchange:
    return Exchange(name, sent, answer, is_open=False)


EXCHANGES = [
    # The grammar of control lines.
    _x("verbs-in-any-case", b"ping\r\nPiNg\r\n", b"PONG\r\nPONG\r\n"),
    _x("lf-ends-a-line", b"PING\n", b"PONG\r\n"),
    _x("ping-swallows-the-rest-of-its-line", b"PINGxyz \t\r\n", b"PONG\r\n"),
    _x("pong-and-ok-swallow-theirs", b"PONGxyz\r\n+OKxyz\r\n+ok\nPING\r\n", b"PONG\r\n"),
    _closed("a-leading-space-is-fatal", b" PING\r\n", _BAD),
    _closed("a-blank-line-is-fatal", b"\r\nPING\r\n", _BAD),
    _closed("an-unknown-first-letter-is-fatal-at-once", b"X", _BAD),
    _closed("an-unknown-second-letter-is-fatal-at-once", b"PX", _BAD),
    _closed("http-is-refused", b"GET / HTTP/1.1\r\n", _BAD),
    _closed("a-tls-hello-is-refused", b"\x16\x03\x01\x02", _BAD),
    _closed("msg-is-a-servers-word", _C + b"MSG foo 1 2\r\nhi\r\n", _BAD),
    _closed("sub-without-argument", _C + b"SUB\r\n", _BAD),
    _closed("sub-with-a-longer-verb", _C + b"SUBX foo 1\r\n", _BAD),
    _closed("minus-err-without-argument", _C + b"-ERR\r\n", _BAD),
    _closed("minus-err-ends-the-connection", _C + b"-ERR 'x'\r\nPING\r\n"),
    _x("minus-err-waits-for-its-line", _C + b"-ERR x", b""),
    _x("hmsg-is-an-empty-publication", _V + b"HMSG any thing\r\n\r\nPING\r\n",
       b"+OK\r\n+OK\r\nPONG\r\n"),
    _closed("hmsg-has-no-payload", _C + b"HMSG foo 1 2 4\r\nabcd\r\n", _BAD),
    _x("separators-are-runs-of-spaces-and-tabs", _P + b"SUB \t foo \t 1 \r\nPUB\tfoo\t 2 \r\nhi\r\n",
       b"MSG foo 1 2\r\nhi\r\n"),
    _x("the-first-byte-of-an-argument-may-be-lf", _P + b"SUB \nfoo 1\r\nPUB foo 0\r\n\r\n",
       b"MSG foo 1 0\r\n\r\n"),
    _x("one-more-cr-is-a-separator-in-sub", _P + b"SUB foo 1\r\r\nPUB foo 0\r\n\r\n",
       b"MSG foo 1 0\r\n\r\n"),
    _x("cr-makes-a-queue-in-sub-and-a-subject-in-pub",
       _P + b"SUB foo\rbar 1\r\nPUB foo 0\r\n\r\nPUB foo\rbar 0\r\n\r\nPING\r\n",
       b"MSG foo 1 0\r\n\r\nPONG\r\n"),
    _closed("a-cr-inside-eats-the-last-byte-before-a-bare-lf", _P + b"SUB foo\r1\nPING\r\n"),
    _x("many-commands-in-one-segment", _P + b"SUB a 1\r\nPUB a 1\r\nx\r\nUNSUB 1\r\nPING\r\n",
       b"MSG a 1 1\r\nx\r\nPONG\r\n"),
    _closed("what-came-before-an-error-is-done", _P + b"SUB a 1\r\nPUB a 1\r\nx\r\nbad\r\n",
            b"MSG a 1 1\r\nx\r\n" + _BAD),
    # The control line's length.
    _x("4096-bytes-of-argument-pass", _P + b"SUB " + b"a" * 4094 + b" 1\r\nPING\r\n", b"PONG\r\n"),
    _closed("4097-do-not", _P + b"SUB " + b"a" * 4095 + b" 1\r\nPING\r\n",
            b"-ERR 'maximum control line exceeded'\r\n"),
    _closed("nor-without-a-line-end", _P + b"PUB " + b"a" * 4097,
            b"-ERR 'maximum control line exceeded'\r\n"),
    _x("ping-has-no-such-limit", b"PING" + b"x" * 9000 + b"\r\n", b"PONG\r\n"),
    # CONNECT.
    _x("nothing-said-means-verbose-and-pedantic", b"CONNECT {}\r\nPING\r\n", b"+OK\r\nPONG\r\n"),
    _x("connect-is-optional", b"SUB foo 1\r\nPUB foo 1\r\nx\r\n",
       b"+OK\r\n+OK\r\nMSG foo 1 1\r\nx\r\n"),
    _x("null-changes-nothing", b"CONNECT null\r\nPING\r\n", b"+OK\r\nPONG\r\n"),
    _x("connect-needs-no-separator", b"CONNECT{}\r\n", b"+OK\r\n"),
    _x("connect-takes-a-leading-line-end", b"CONNECT \n{}\r\n", b"+OK\r\n"),
    _x("keys-match-in-any-case", b'CONNECT {"VERBOSE":false}\r\nPING\r\n', b"PONG\r\n"),
    _x("a-later-key-wins", b'CONNECT {"verbose":true,"verbose":false}\r\nPING\r\n', b"PONG\r\n"),
    _x("unknown-keys-are-ignored", b'CONNECT {"x":[1,{"y":null}]}\r\n', b"+OK\r\n"),
    _x("bad-utf-8-in-a-text-passes", b'CONNECT {"name":"\xff"}\r\n', b"+OK\r\n"),
    _x("a-cr-in-the-json-is-white-space", b'CONNECT {"verbose":false}\r \r\nPING\r\n', b"PONG\r\n"),
    _x("import-and-export-are-harmless", b'CONNECT {"import":{"allow":["a"]}}\r\n', b"+OK\r\n"),
    _closed("a-text-for-a-bool-closes", b'CONNECT {"verbose":"false"}\r\nPING\r\n'),
    _closed("a-number-for-a-bool-closes", b'CONNECT {"verbose":0}\r\nPING\r\n'),
    _closed("a-fraction-for-a-whole-number-closes", b'CONNECT {"protocol":1.0}\r\nPING\r\n'),
    _closed("a-number-for-a-text-closes", b'CONNECT {"name":123}\r\nPING\r\n'),
    _closed("a-bad-permission-closes", b'CONNECT {"import":{"allow":1}}\r\nPING\r\n'),
    _closed("bad-json-closes", b"CONNECT {\r\nPING\r\n"),
    _closed("nan-is-no-json", b'CONNECT {"x":NaN}\r\nPING\r\n'),
    _closed("an-array-closes", b"CONNECT []\r\nPING\r\n"),
    _closed("text-after-the-object-closes", b"CONNECT {} {}\r\nPING\r\n"),
    _closed("a-control-character-in-a-text-closes", b'CONNECT {"name":"\x01"}\r\nPING\r\n'),
    _closed("connect-without-argument-closes", b"CONNECT\r\nPING\r\n"),
    _closed("a-byte-order-mark-closes", b"CONNECT \xef\xbb\xbf{}\r\n"),
    _closed("protocol-2", b'CONNECT {"protocol":2}\r\n', b"-ERR 'invalid client protocol'\r\n"),
    _closed("no-responders-needs-headers", b'CONNECT {"no_responders":true}\r\n',
            b"-ERR 'no responders requires headers support'\r\n"),
    _closed("an-account", b'CONNECT {"account":"x"}\r\n', b"-ERR 'Authorization Violation'\r\n"),
    _x("credentials-are-ignored", b'CONNECT {"user":"a","pass":"b","auth_token":"c"}\r\n',
       b"+OK\r\n"),
    _x("a-second-connect-drops-the-subscriptions",
       _C + b'SUB foo 1\r\nCONNECT {"verbose":true}\r\nPUB foo 1\r\nx\r\nPING\r\n',
       b"+OK\r\n+OK\r\nPONG\r\n"),
    _x("a-second-connect-keeps-what-it-does-not-name",
       b'CONNECT {"verbose":false,"echo":false}\r\nCONNECT {}\r\nSUB a 1\r\nPUB a 0\r\n\r\nPING\r\n',
       b"PONG\r\n"),
    _x("protocol-1-gets-an-info-after-its-first-pong",
       b'CONNECT {"verbose":false,"protocol":1}\r\nPING\r\nPING\r\n',
       b"PONG\r\n<INFO>PONG\r\n"),
    _x("a-ping-before-connect-is-not-the-first",
       b'PING\r\nCONNECT {"verbose":false,"protocol":1}\r\nPING\r\n', b"PONG\r\nPONG\r\n<INFO>"),
    _x("info-from-a-client-is-thrown-away", b"INFO {}\r\nINFO{}\r\nINFO null\r\nPING\r\n",
       b"PONG\r\n"),
    _closed("unless-it-is-no-object", b"INFO []\r\nPING\r\n"),
    # Verbose and pedantic.
    _x("verbose-confirms-before-it-delivers",
       _V + b"PING\r\nSUB foo 1\r\nPUB foo 1\r\nx\r\nUNSUB 1\r\nUNSUB 99\r\nPONG\r\nPUB no 0\r\n\r\n",
       b"+OK\r\nPONG\r\n+OK\r\n+OK\r\nMSG foo 1 1\r\nx\r\n+OK\r\n+OK\r\n+OK\r\n"),
    _x("a-duplicate-sid-is-confirmed", _V + b"SUB a 1\r\nSUB b 1\r\n", b"+OK\r\n+OK\r\n+OK\r\n"),
    _x("a-refused-subscription-is-not", _V + b"SUB a..b 1\r\n", b"+OK\r\n-ERR 'Invalid Subject'\r\n"),
    _x("pedantic-complains-and-delivers", _C + b"SUB foo.* 1\r\nPUB foo.* 1\r\nx\r\nPING\r\n",
       b"-ERR 'Invalid Publish Subject'\r\nMSG foo.* 1 1\r\nx\r\nPONG\r\n"),
    _x("pedantic-takes-a-star-inside-a-token", _C + b"SUB foo* 1\r\nPUB foo* 1\r\nx\r\n",
       b"MSG foo* 1 1\r\nx\r\n"),
    _x("verbose-and-pedantic-complain-and-confirm",
       b"PING\r\nPUB foo.* 1\r\nx\r\nPING\r\n",
       b"PONG\r\n-ERR 'Invalid Publish Subject'\r\n+OK\r\nPONG\r\n"),
    # PUB and HPUB.
    _x("an-empty-payload", _P + b"SUB foo 1\r\nPUB foo 0\r\n\r\n", b"MSG foo 1 0\r\n\r\n"),
    _x("the-size-is-repeated-as-written", _P + b"SUB foo 1\r\nPUB foo 02\r\nhi\r\n",
       b"MSG foo 1 02\r\nhi\r\n"),
    _x("nine-digits-are-a-size", _P + b"SUB foo 1\r\nPUB foo 000000002\r\nhi\r\n",
       b"MSG foo 1 000000002\r\nhi\r\n"),
    _closed("ten-are-not", _P + b"PUB foo 0000000002\r\nhi\r\n"),
    _closed("nor-is-a-minus", _P + b"PUB foo -1\r\n"),
    _closed("nor-is-a-plus", _P + b"PUB foo +2\r\nhi\r\n"),
    _closed("nor-hexadecimal", _P + b"PUB foo 0x2\r\nhi\r\n"),
    _closed("pub-with-one-argument", _P + b"PUB foo\r\n"),
    _closed("pub-with-four", _P + b"PUB foo 2 3 4\r\n"),
    _closed("pub-with-two-cr", _P + b"PUB foo 2\r\r\nhi\r\n"),
    _closed("a-payload-too-long", _P + b"SUB foo 1\r\nPUB foo 2\r\nhix\r\n", _BAD),
    _closed("a-payload-with-a-bare-lf", _P + b"SUB foo 1\r\nPUB foo 2\r\nhi\n", _BAD),
    _closed("a-payload-with-a-wrong-end-is-fatal-at-once", _P + b"PUB foo 2\r\nhi\rX", _BAD),
    _x("a-payload-may-hold-anything", _P + b"SUB foo 1\r\nPUB foo 8\r\nPING\r\n\0\xff\r\n",
       b"MSG foo 1 8\r\nPING\r\n\0\xff\r\n"),
    _closed("a-payload-over-the-limit", _P + b"PUB foo 1048577\r\n",
            b"-ERR 'Maximum Payload Violation'\r\n"),
    _closed("the-limit-comes-before-the-pedantic-check", _C + b"PUB foo. 2000000\r\n",
            b"-ERR 'Maximum Payload Violation'\r\n"),
    _closed("headers-count", _P + b"HPUB foo 12 1048577\r\n",
            b"-ERR 'Maximum Payload Violation'\r\n"),
    _x("the-reply-is-passed-on", _P + b"SUB foo 1\r\nPUB foo a..b 2\r\nhi\r\n",
       b"MSG foo 1 a..b 2\r\nhi\r\n"),
    _x("headers-pass-byte-for-byte", _P + b"SUB foo 1\r\nHPUB foo r 018 0020\r\n" + _H + b"hi\r\n",
       b"HMSG foo 1 r 018 0020\r\n" + _H + b"hi\r\n"),
    _x("headers-are-not-validated", _P + b"SUB foo 1\r\nHPUB foo 4 4\r\nxxxx\r\n",
       b"HMSG foo 1 4 4\r\nxxxx\r\n"),
    _x("headers-of-no-length-make-a-plain-message", _P + b"SUB foo 1\r\nHPUB foo 0 02\r\nhi\r\n",
       b"MSG foo 1 02\r\nhi\r\n"),
    _closed("headers-longer-than-all", _P + b"HPUB foo 5 2\r\n"),
    _closed("hpub-with-two-arguments", _P + b"HPUB foo 2\r\n"),
    _closed("hpub-without-headers-agreed", _C + b"HPUB foo 18 20\r\n" + _H + b"hi\r\n"),
    # Subjects.
    _x("an-empty-token-reaches-nobody", _P + b"SUB > 1\r\nPUB a..b 0\r\n\r\nPUB . 0\r\n\r\nPING\r\n",
       b"PONG\r\n"),
    _x("empty-tokens-cannot-be-subscribed", _P + b"SUB a. 1\r\nSUB .a 2\r\nSUB a..b 3\r\nSUB . 4\r\n",
       b"-ERR 'Invalid Subject'\r\n" * 4),
    _x("nor-a-tail-in-the-middle", _P + b"SUB a.>.b 1\r\nSUB >.a 2\r\n",
       b"-ERR 'Invalid Subject'\r\n" * 2),
    _x("wildcards-inside-tokens-are-literal",
       _P + b"SUB a.>b 1\r\nSUB a* 2\r\nPUB a.>b 0\r\n\r\nPUB ab 0\r\n\r\nPING\r\n",
       b"MSG a.>b 1 0\r\n\r\nPONG\r\n"),
    _x("the-tail-needs-a-token", _P + b"SUB foo.> 1\r\nPUB foo 0\r\n\r\nPUB foo.a.b 0\r\n\r\n",
       b"MSG foo.a.b 1 0\r\n\r\n"),
    _x("a-star-is-one-token", _P + b"SUB a.* 1\r\nPUB a 0\r\n\r\nPUB a.b 0\r\n\r\nPUB a.b.c 0\r\n\r\n",
       b"MSG a.b 1 0\r\n\r\n"),
    _x("a-published-wildcard-is-text",
       _P + b"SUB foo.> 1\r\nSUB foo.bar 2\r\nPUB foo.* 0\r\n\r\nPING\r\n",
       b"MSG foo.* 1 0\r\n\r\nPONG\r\n"),
    _x("subjects-keep-their-case", _P + b"SUB Foo 1\r\nPUB foo 0\r\n\r\nPING\r\n", b"PONG\r\n"),
    _x("subjects-take-any-byte", _P + b"SUB a\0\x7f\xff 1\r\nPUB a\0\x7f\xff 0\r\n\r\n",
       b"MSG a\0\x7f\xff 1 0\r\n\r\n"),
    _x("all-is-matched-by-the-tail", _P + b"SUB > 1\r\nPUB $SYS.x 0\r\n\r\nPUB _INBOX.x 0\r\n\r\n",
       b"MSG $SYS.x 1 0\r\n\r\nMSG _INBOX.x 1 0\r\n\r\n"),
    # Reserved names.
    _x("reserved-subjects-are-refused", _P + b"PUB _GR_.x 1\r\nx\r\nPUB $NRG. 1\r\nx\r\nPING\r\n",
       b"-ERR 'Permissions Violation for Publish to \"_GR_.x\"'\r\n"
       b"-ERR 'Permissions Violation for Publish to \"$NRG.\"'\r\nPONG\r\n"),
    _x("reserved-replies-are-refused",
       _P + b"PUB a _R_. 0\r\n\r\nPUB a $JS.ACK.x 0\r\n\r\nPUB a _GR_.x 0\r\n\r\n",
       b"-ERR 'Permissions Violation for Publish with Reply of \"_R_.\"'\r\n"
       b"-ERR 'Permissions Violation for Publish with Reply of \"$JS.ACK.x\"'\r\n"
       b"-ERR 'Permissions Violation for Publish with Reply of \"_GR_.x\"'\r\n"),
    _x("what-only-begins-so-is-not",
       _P + b"PUB _GR_. 0\r\n\r\nPUB a $JS.ACK. 0\r\n\r\nPUB a _R_ 0\r\n\r\nPUB a _R_x 0\r\n\r\nPING\r\n",
       b"PONG\r\n"),
    _x("the-system-queue-is-refused-with-the-subject-quoted",
       _P + b"SUB a'\"\\\x01\x7f\xff\xe2\x80\xa8\xc3\xa9 _sys_ 1\r\nPING\r\n",
       b"-ERR 'Permissions Violation for Subscription to "
       b'"a\'\\"\\\\\\x01\\x7f\\xff\\u2028\xc3\xa9" using queue "_sys_"\'\r\nPONG\r\n'),
    _x("a-refused-message-is-not-confirmed", _V + b"PUB a _R_.a 1\r\nx\r\nPING\r\n",
       b"+OK\r\n-ERR 'Permissions Violation for Publish with Reply of \"_R_.a\"'\r\nPONG\r\n"),
    # Subscriptions.
    _x("a-sid-is-any-text", _P + b"SUB foo a.b>*\r\nPUB foo 0\r\n\r\n", b"MSG foo a.b>* 0\r\n\r\n"),
    _x("a-second-sub-of-a-sid-is-ignored",
       _P + b"SUB foo 1\r\nSUB bar 1\r\nPUB bar 0\r\n\r\nPUB foo 0\r\n\r\n", b"MSG foo 1 0\r\n\r\n"),
    _x("two-sids-are-two-deliveries", _P + b"SUB a 1\r\nSUB a 1x\r\nUNSUB 1x\r\nPUB a 0\r\n\r\n",
       b"MSG a 1 0\r\n\r\n"),
    _x("unsub-of-an-unknown-sid", _P + b"UNSUB 9\r\nUNSUB 9 3\r\nSUB a 9\r\nPUB a 0\r\n\r\n",
       b"MSG a 9 0\r\n\r\n"),
    _x("unsub-after-two", _P + b"SUB a 1\r\nUNSUB 1 2\r\n" + b"PUB a 0\r\n\r\n" * 3 + b"PING\r\n",
       b"MSG a 1 0\r\n\r\n" * 2 + b"PONG\r\n"),
    _x("unsub-counts-from-sub",
       _P + b"SUB a 1\r\nPUB a 0\r\n\r\nUNSUB 1 2\r\n" + b"PUB a 0\r\n\r\n" * 3 + b"PING\r\n",
       b"MSG a 1 0\r\n\r\n" * 2 + b"PONG\r\n"),
    _x("unsub-with-a-count-already-reached",
       _P + b"SUB a 1\r\n" + b"PUB a 0\r\n\r\n" * 3 + b"UNSUB 1 2\r\nPUB a 0\r\n\r\nPING\r\n",
       b"MSG a 1 0\r\n\r\n" * 3 + b"PONG\r\n"),
    _x("a-second-unsub-replaces-the-count",
       _P + b"SUB a 1\r\nUNSUB 1 1\r\nUNSUB 1 3\r\n" + b"PUB a 0\r\n\r\n" * 4 + b"PING\r\n",
       b"MSG a 1 0\r\n\r\n" * 3 + b"PONG\r\n"),
    _x("a-count-that-is-no-number-is-none",
       _P + b"SUB a 1\r\nUNSUB 1 x\r\nPUB a 0\r\n\r\nSUB a 2\r\nUNSUB 2 -1\r\nPUB a 0\r\n\r\nPING\r\n",
       b"PONG\r\n"),
    _x("a-sid-is-free-again-after-its-limit",
       _P + b"SUB a 1\r\nUNSUB 1 1\r\nPUB a 0\r\n\r\nSUB a 1\r\n" + b"PUB a 0\r\n\r\n" * 2,
       b"MSG a 1 0\r\n\r\n" * 3),
    _closed("sub-with-one-argument", _P + b"SUB foo\r\n"),
    _closed("sub-with-an-empty-argument", _P + b"SUB \r\n"),
    _closed("sub-with-four", _P + b"SUB foo q 1 2\r\n"),
    _closed("unsub-with-three", _P + b"UNSUB 1 1 2\r\n"),
    _closed("unsub-with-none", _P + b"UNSUB \r\n"),
    _x("no-echo", b'CONNECT {"verbose":false,"echo":false}\r\nSUB a 1\r\nPUB a 0\r\n\r\nPING\r\n',
       b"PONG\r\n"),
    # Queue groups of one connection.
    _x("a-group-of-one-gets-all", _P + b"SUB a q 1\r\n" + b"PUB a 0\r\n\r\n" * 2,
       b"MSG a 1 0\r\n\r\n" * 2),
    _x("each-group-gets-one-and-plain-ones-come-first",
       _P + b"SUB a q1 1\r\nSUB a 2\r\nPUB a 0\r\n\r\n", b"MSG a 2 0\r\n\r\nMSG a 1 0\r\n\r\n"),
    # No responders.
    _x("nobody-there", _N + b"SUB rep.* 1\r\nPUB foo.bar rep.x 1\r\nx\r\n",
       b"HMSG rep.x 1 39 39\r\nNATS/1.0 503\r\nNats-Subject: foo.bar\r\n\r\n\r\n"),
    _x("somebody-there", _N + b"SUB rep 1\r\nSUB foo 2\r\nPUB foo rep 1\r\nx\r\n",
       b"MSG foo 2 rep 1\r\nx\r\n"),
    _x("a-queue-inbox-is-not-told", _N + b"SUB rep q 1\r\nPUB foo rep 1\r\nx\r\nPING\r\n",
       b"PONG\r\n"),
    _x("nor-one-who-did-not-ask", _P + b"SUB rep 1\r\nPUB foo rep 1\r\nx\r\nPING\r\n", b"PONG\r\n"),
    _x("a-503-does-not-count-for-unsub",
       _N + b"SUB rep 1\r\nUNSUB 1 1\r\nPUB foo rep 1\r\nx\r\nPUB rep 1\r\ny\r\nPUB rep 1\r\nz\r\n"
       b"PING\r\n",
       b"HMSG rep 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: foo\r\n\r\n\r\nMSG rep 1 1\r\ny\r\nPONG\r\n"),
    _x("no-echo-leaves-nobody",
       b'CONNECT {"verbose":false,"headers":true,"no_responders":true,"echo":false}\r\n'
       b"SUB rep 1\r\nSUB foo 2\r\nPUB foo rep 1\r\nx\r\n",
       b"HMSG rep 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: foo\r\n\r\n\r\n"),
]  # fmt: skip
