"""How much of a run a report shows: report.json and report.html stay under 2,000,000 bytes.

A character of text can become five bytes of HTML (`"` is `&#34;`), so texts together stay under
some 250,000 characters; the picture and the tables take the rest. tests/reports/test_bounds.py
builds the worst directory it can and measures.
"""

REPORT_BYTES_MAX = 2_000_000
SUMMARY_BYTES_MAX = 1_048_576  # of a GitHub job summary, a step

JSON_FILE_BYTES_MAX = 64 << 20  # verdict.json and its like; more is not read
PLAN_BYTES_MAX = 1 << 20  # a longer plan is shown but not parsed
LINE_BYTES_MAX = 4 << 20  # a longer line of history.jsonl counts as unreadable
LAST_LINES_BYTES = 256 << 10  # searched for the last time of a history

BUCKETS = 240
CLIENTS_MAX = 200
SERVERS_MAX = 64
CLIENT_LANES_MAX = 40  # drawn in the time line
SERVER_LANES_MAX = 16
SPELLS_MAX = 100  # connection spells kept of one client
FAULTS_MAX = 80
PHASES_MAX = 16
UNREACHED_MAX = 1_000_000  # messages on the way, or lost, held in memory at once

GUARANTEES_MAX = 40
NOTES_MAX = 3
ANOMALIES_MAX = 80
ANOMALIES_OF_ONE_MAX = 20
PROOF_ENTRIES_MAX = 6  # of one anomaly
ENTRY_BYTES_MAX = 2_000  # a longer entry is shortened
ENTRIES_BYTES_MAX = 50_000  # of all proving entries together

NAME_MAX = 60
WORDS_MAX = 160  # what a fault planned or achieved, a note
SENTENCE_MAX = 320
COMMAND_MAX = 1_000
REMARKS_MAX = 20
VERSIONS_MAX = 12
DIGESTS_MAX = 8
DIGEST_MAX = 160

PLAN_TEXT_MAX = 24_000
LOGS_MAX = 16
LOG_TEXT_MAX = 4_000
LOGS_TEXT_MAX = 24_000

CAMPAIGN_GROUPS_MAX = 50
CAMPAIGN_FIRST_SEEDS = 10
CAMPAIGN_CELLS_MAX = 2_000

CONFORMANCE_SERVERS_MAX = 12
CONFORMANCE_CASES_MAX = 2_000
CONFORMANCE_REQUIREMENTS_MAX = 2_000
CONFORMANCE_CAPABILITIES_MAX = 40  # of one server
CONFORMANCE_COVERS_MAX = 20  # requirements of one case, and cases of one requirement
CONFORMANCE_GONE_MAX = 500
CASE_ID_MAX = 100
RULE_MAX = 600
INFO_TEXTS_MAX = 60  # keys of a server's INFO
WIRE_MAX = 600  # characters of one text of a dialogue, around what differs
DIALOGUE_LINES_MAX = 100  # of one result, around what differs
CONFORMANCE_XML_TEXT_MAX = 8 << 20  # of all failures together in junit.xml
CONFORMANCE_SUMMARY_BYTES_MAX = 900 << 10
# Of the parts of its page; the rest of it is small by the limits above.
CONFORMANCE_MATRIX_BYTES_MAX = 450_000
CONFORMANCE_CARDS_BYTES_MAX = 500_000  # of cases with their dialogues
CONFORMANCE_SHORT_CARDS_BYTES_MAX = 150_000  # of cases whose dialogues have no room
CONFORMANCE_COVERAGE_BYTES_MAX = 260_000
CONFORMANCE_SKIPS_BYTES_MAX = 80_000
CONFORMANCE_LISTS_BYTES_MAX = 60_000  # of known failures, and of changes
CONFORMANCE_DETAILS_BYTES_MAX = 130_000  # of servers
