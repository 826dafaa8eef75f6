"""Every fixed limit of the chat, with its unit and its reason, in this one place."""

# API Gateway's own (quotas page of WebSocket APIs)
FRAME_BYTES = 32 * 1024  # one billed unit; a longer message would cost two
CONNECTION_SECONDS = 2 * 60 * 60  # a socket lives this long at the most

# The wire contract (docs/protocol.md)
ROOM_CHARACTERS = 64
ALIAS_BYTES = 256
TEXT_BYTES = 8192  # escaped twofold in JSON and with its alias it still fits one frame
MEMBER_ID_CHARACTERS = 32  # more than a member id has
CLIENT_CHARACTERS = (8, 36)  # up to the length of a UUID
SINCE_DIGITS = 13  # epoch milliseconds, until the year 2286

# Rooms. What an owner may choose, such as their cap, is in settings.py.
NAMED_PRESENCE_MEMBERS = 20  # up to here every arrival and departure is announced at once, by name
PRESENCE_INTERVAL_MS = 5_000  # above that: one frame per room and this long
CAPACITY_PAUSES = (
    0.0,
    0.05,
    0.1,
    0.2,
    0.4,
    0.8,
)  # seconds before each look for a place in a room that is full of rivals
CAPACITY_ROUNDS = 3  # times that one who has given up, and then sees a place after all, stands in the queue

# Busy rooms: messages that go out together (docs/decisions/0013)
BATCH_MEMBERS = 10  # that accept batches; in smaller rooms the posts saved are worth less than the waiting function
BATCH_WINDOW_MS = 250  # from the first message of a batch to its posts: nobody notices a quarter of a second
LARGE_ROOM_MEMBERS = 200  # above them a batch may wait longer, as its posts are most of the bill
LARGE_ROOM_WINDOW_MS = 500
BATCH_LOOK = 5  # newest messages that say whether a room is busy ...
BATCH_LOOK_WINDOWS = 2  # ... by having come within so many windows: 8 a second, 4 in a large room
BATCH_MESSAGES = 30  # ids in one batch's row, which stay below a write unit of 1 KB; a fuller batch is sent at once
BATCH_OVERDUE_MS = 1_000  # after its time a batch is sent by whoever comes: its function has died, or is as slow
BATCH_ROW_SECONDS = 60  # the row of a batch after the last message; it says how busy the room is

# History
OVERLAP_SECONDS = 15  # more than a function's time-out (10 s) and the skew of its clock
MEMBERS_BYTES = 12 * 1024  # of a `joined` frame; leaves room for the longest message beside it
PAGES_PER_MINUTE = 120  # of history to one connection: 3,000 messages of 1 KB each, and half of what its joins may read
HISTORY_FIRST = 4  # messages the first Query asks for: one more than a frame holds of the longest
HISTORY_PAGE = 12  # messages each later one asks for at most: few enough if they turn out to be the longest

# The table
ROW_SECONDS = CONNECTION_SECONDS + 600  # connection and member rows outlive the socket a little
ROOM_ROW_SECONDS = ROW_SECONDS + 600  # outlives the member rows: their tickets are drawn from its counter
COUNTERS_REMOVED = 8  # counters of earlier minutes that a counting update removes; see table.py
ATTEMPTS = 3  # of a request to the table: another one comes after throttling, 5xx or no answer
TABLE_TIMEOUT_SECONDS = 2  # one attempt, connecting included
TABLE_SECONDS = 6  # all attempts of one request, and the pauses between them
TABLE_BACKOFF_SECONDS = 0.2  # the longest pause before the second attempt; twice that before the third
RETRY_TOKENS = 500  # what an environment has for attempts beyond first ones; success brings some back
RETRY_COST = 5  # tokens of one such attempt
CLOCK_SECONDS = 240  # a clock that is wrong by this much is why a signature was refused: AWS takes five minutes

# The fan-out. All of it, the closing of who failed and the echo after that fit a function's time.
FUNCTION_SECONDS = 10
POSTS_AT_ONCE = 32  # sockets of one fan-out: 500 peers at 8 ms each take about 130 ms
MANY_POSTS = 100  # above them a fan-out uses more, which takes a third of the time; below it a handshake costs more ...
MANY_POSTS_AT_ONCE = 128  # ... and so one fan-out opens POSTS_AT_ONCE more than there are, at the most
POST_TIMEOUT_SECONDS = 2  # one attempt, connecting included
FANOUT_SECONDS = 3.5  # the whole of one fan-out, retries included
MARK_SECONDS = 1.5  # marking those whom it did not reach: some 200 updates
ECHO_SECONDS = 2.5  # the echo, and beside it the posts to members with a mark: one attempt, and a retry after a refusal
ANSWER_AGAIN_SECONDS = 1  # an echo or a `joined` once more, which is less than what its client would ask for otherwise
CLOSE_SECONDS = 1  # closing the connections that could not be reached
FAILURES_CLOSED = 3  # a member that no post reaches in so many fan-outs that reached others is closed: it does not read
COMMON_TROUBLE = 10  # more than one in so many first attempts failed: the trouble is everybody's, and no member's own
RETRY_JITTER_SECONDS = (0.05, 0.25)  # before the one retry after 429 or 5xx
ADDRESS_SECONDS = 60  # a looked-up address is used this long: what AWS's name servers allow
LOOKUP_PAUSE_SECONDS = 1  # after a look-up that failed
SOCKET_IDLE_SECONDS = 30  # a kept socket older than this is dropped: a frozen function's are dead
