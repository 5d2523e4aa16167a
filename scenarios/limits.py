"""Bounds of a scenario; reaching one is a mistake that is reported, never a crash."""

FILE_BYTES_MAX = 4 * 2**20
NESTING_MAX = 32
VALUES_MAX = 100_000  # keys, items and scalars of one file
MISTAKES_MAX = 100  # reported of one file

SERVERS_MAX = 100
CLIENTS_MAX = 1_000
DOINGS_MAX = 100  # of one client
OPERATIONS_MAX = 1_000_000
FAULTS_MAX = 1_000
SUBJECTS_MAX = 1_000  # of one series, after its placeholders are filled

NAME_LENGTH_MAX = 20
TITLE_LENGTH_MAX = 60
SUBJECT_LENGTH_MAX = 255

# A payload begins with its message id and a space. The longest is a name of 20, a dot, two letters,
# a slash, six digits: 31 bytes with the space.
SIZE_MIN = 32
SIZE_MAX = 64 * 2**20

TIME_MAX_NS = 1_000 * 3_600 * 10**9
