"""Every bound of the core server, with nats-server's defaults where it has one."""

from natsim.broker.now import SECOND_NS

MAX_CONTROL_LINE_BYTES = 4096
MAX_PAYLOAD_BYTES = 1024 * 1024
MAX_PENDING_BYTES = 64 * 1024 * 1024
MAX_CONNECTIONS = 65_536
PING_INTERVAL_NS = 120 * SECOND_NS
PING_MAX = 2

FIRST_PING_NS = 2 * SECOND_NS
"""The PING after CONNECT, which measures the round trip, comes no later than this plus a fifth."""

RTT_MEASURE_NS = 3600 * SECOND_NS
"""A round trip older than this is measured again, even on a busy connection."""

NUMBER_DIGITS_MAX = 9
"""Sizes and counts on the wire have 1 to 9 digits; a tenth makes them invalid."""

STALL_NUMERATOR, STALL_DENOMINATOR = 3, 4
"""A publisher is stalled while a receiver's pending bytes exceed this part of max_pending."""

STALL_NS = 10_000_000
"""How long a publisher is not read after it published to such a receiver."""

MATCH_CACHE_BYTES = 8 * 1024 * 1024
"""What the sublist may spend on remembered matches, by its own estimate."""

MATCH_JOURNAL_CHANGES = 64
"""How many changes of patterns a remembered match may be behind: to look back further would cost
as much as a new search."""

FANOUT_BYTES_PER_CLIENT = 128 * 1024
"""What one client's compiled publish lines may take in any case, by our own estimate."""

SEEN_BYTES_PER_CLIENT = 2 * 1024 * 1024
"""What those take of it that a client was seen to send once: lines of answers never come again."""

FANOUT_BYTES = 64 * 1024 * 1024
"""What all clients' compiled publish lines take when one may have more than that."""

WRITE_DEADLINE_NS = 10 * SECOND_NS
LAME_DUCK_DURATION_NS = 120 * SECOND_NS
LAME_DUCK_GRACE_NS = 10 * SECOND_NS
MAX_CLOSED_CLIENTS = 10_000
AUTH_TIMEOUT_NS = 2 * SECOND_NS
CONNECT_ERROR_REPORTS = 3600
RECONNECT_ERROR_REPORTS = 1

PERMISSION_CACHE_BYTES = 64 * 1024
"""What one client's remembered permissions may take, twice, by our own estimate."""

RESPONSES_MAX = 65_536
"""The requests that one client may answer at a time; nats-server has no bound."""

RESPONSES_PRUNE_COUNT = 4096
RESPONSES_PRUNE_NS = SECOND_NS
"""Requests that can no longer be answered are dropped after so many more, and so often."""

SERVICE_CACHE_BYTES = 64 * 1024
"""What an account may spend on remembering which subjects the server takes itself."""

ANSWERS_MAX = 65_536
"""Answers that other accounts wait for, of one account; nats-server has no bound."""

ANSWER_THRESHOLD_NS = 120 * SECOND_NS
"""How long an answer from another account is waited for, unless its export says otherwise."""

SWEEP_NS_MIN = SECOND_NS
"""Old answers are looked for no more often than this."""

STATISTICS_EVENT_NS = 10 * SECOND_NS
"""How often the system account is told how the server is."""

CONNECTIONS_EVENT_NS = 30 * SECOND_NS
"""How long after the last time the system account is told again how many clients an account has."""
