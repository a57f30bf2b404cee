"""The table of scenarios. A name says the load shape; most names are patterns:

    10x10w1        rooms x members, w messages in flight in each room (closed loop)
    direct2000r500 direct conversations, r messages a second over all (open loop)
    idle5000       signed-in connections that only ping
    storm2000      users who connect, join and catch up at once, and again after a restart

`find` makes a Scenario of a name, SETS name lists of names.
"""
import dataclasses
import re

FAN_OUT = [f"{rooms}w{in_flight}" for rooms in ("10x10", "1x100", "1x1000", "1x5000")
           for in_flight in (1, 4, 16, 64)]
TARGET_SHAPES = ["10x10w1", "1x100w1", "1x1000w1", "10x10w16", "1x100w16", "1x1000w16", "1x5000w1"]

SETS = {
    "bench": TARGET_SHAPES + [
        "direct1000r500", "durable1000", "half-rate", "idle5000", "idle2000-transports",
        "transports10x10w4", "storm2000", "presence20x50", "typing20x50", "chats2000", "day200r300",
        "active2000", "stored20000", "history1e5"],
    "peers": TARGET_SHAPES + ["idle5000"],
    "targets": TARGET_SHAPES + ["idle15000"],
    "own-targets": ["durable1000", "half-rate", "history1e7", "active5000", "stored20000"],
    "fan-out": FAN_OUT,
}


@dataclasses.dataclass(frozen=True)
class Column:
    """One figure of the table: median, and with `spread` its range. `per` divides."""
    key: str
    title: str
    digits: int = 1
    per: float = 1
    spread: bool = False


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way of running parleyd in a scenario."""
    label: str = ""
    flags: tuple = ()       # more flags of parley-load
    settings: tuple = ()    # (PARLEY_..., value)
    stored: int = 0         # idle conversations that are in the store beforehand
    tls: bool = False


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    flags: tuple
    columns: tuple
    key: str = "server_cpu_us_per_delivery"   # plotted, and compared as a ratio
    others: bool = False                      # the floor and the peers take part
    variants: tuple = (Variant(),)
    program: str = "load"                     # load, durable or history
    half_rate: tuple = ()                     # flags of the closed loop that finds the limit
    restarts: bool = False                    # parley-load asks for a restart of the server
    read_gap: bool = True                     # see README.md; off where latency is the figure
    sizes: tuple = ()                         # of history
    extra_s: float = 3                        # setting up, beyond the load: a guess


DELIVERY_COLUMNS = (
    Column("server_cpu_us_per_delivery", "CPU us per delivery", 2, spread=True),
    Column("server_user_us_per_delivery", "user", 2),
    Column("server_system_us_per_delivery", "system", 2),
    Column("server_cpu_us_per_message", "CPU us per message"),
    Column("database_cpu_us_per_message", "database CPU us per message"),
    Column("deliveries_per_s", "deliveries/s", 0),
    Column("messages_per_s", "messages/s", 0),
    Column("delivery_p50_us", "delivery p50 us", 0),
    Column("delivery_p99_us", "delivery p99 us", 0),
    Column("ack_p50_us", "ack p50 us", 0),
    Column("ack_p99_us", "ack p99 us", 0),
    Column("bytes_per_delivery", "bytes per delivery", 0),
    Column("other_events_per_delivery", "other events per delivery", 2),
    Column("syscalls_per_delivery", "syscalls per delivery", 2),
    Column("client_cpu_us_per_delivery", "client CPU us per delivery", 2),
    Column("client_busy_share", "client busy %", 0, 0.01),
)
IDLE_COLUMNS = (
    Column("server_bytes_per_connection", "resident bytes per connection", 0, spread=True),
    Column("server_open_cpu_us_per_connection", "CPU us to open one"),
    Column("server_idle_cpu_ms_per_s", "idle CPU ms/s", 2),
    Column("server_resident_bytes_end", "resident MB", 1, 1e6),
)


def latency(key, title):
    return (Column(f"{key}_p50_us", f"{title} p50 ms", 2, 1e3),
            Column(f"{key}_p99_us", f"{title} p99 ms", 2, 1e3))


def costs(unit):
    return (Column(f"server_cpu_us_per_{unit}", f"CPU us per {unit.replace('_', ' ')}", 2,
                   spread=True),
            Column(f"server_user_us_per_{unit}", "user", 2),
            Column(f"server_system_us_per_{unit}", "system", 2),
            Column(f"database_cpu_us_per_{unit}", "database CPU us", 1))


TRANSPORTS = (
    Variant("WebSocket JSON"),
    Variant("WebSocket MessagePack", ("--protocol", "binary-hub")),
    Variant("SSE JSON", ("--transport", "sse")),
    Variant("Long Polling JSON", ("--transport", "poll")),
    Variant("Long Polling MessagePack", ("--transport", "poll", "--protocol", "binary-hub")))
IDLE_TRANSPORTS = (
    Variant("WebSocket"), Variant("SSE", ("--transport", "sse")),
    Variant("Long Polling", ("--transport", "poll")),
    Variant("WebSocket, TLS", ("--tls",), tls=True),
    Variant("SSE, TLS", ("--transport", "sse", "--tls"), tls=True),
    Variant("Long Polling, TLS", ("--transport", "poll", "--tls"), tls=True))
DELIVERY_MODES = (Variant("stored"), Variant("immediate", (), (("PARLEY_DELIVERY", "immediate"),)))


def fan_out(name, rooms, members, in_flight):
    flags = ("--rooms", rooms, "--members", members, "--in-flight", in_flight)
    return Scenario(name, f"{rooms} rooms x {members} members, {in_flight} in flight in each",
                    flags, DELIVERY_COLUMNS, others=True,
                    extra_s=2 + int(rooms) * int(members) / 1000)


def transports(name, rooms, members, in_flight):
    flags = ("--rooms", rooms, "--members", members, "--in-flight", in_flight)
    return Scenario(name, f"{rooms} rooms x {members} members, {in_flight} in flight in each, by "
                    "transport and protocol", flags, DELIVERY_COLUMNS, variants=TRANSPORTS)


def idle(name, count):
    return Scenario(name, f"{count} idle signed-in connections", ("--idle", count), IDLE_COLUMNS,
                    "server_bytes_per_connection", others=True, extra_s=4 + int(count) / 1000)


def idle_transports(name, count):
    return Scenario(name, f"{count} idle signed-in connections by transport", ("--idle", count),
                    IDLE_COLUMNS, "server_bytes_per_connection", variants=IDLE_TRANSPORTS,
                    extra_s=4 + int(count) / 1000)


def direct(name, pairs, rate):
    flags = ("--direct", "--rooms", pairs, "--members", "2", "--rate", rate)
    return Scenario(name, f"{pairs} direct conversations, {rate} messages/s over all (open loop, "
                    "latency from the time a message was due)", flags,
                    DELIVERY_COLUMNS + (Column("never_begun", "due, never sent", 0),),
                    read_gap=False, extra_s=3 + int(pairs) / 300)


def half_rate(name, rooms, members):
    shape = ("--rooms", rooms, "--members", members)
    return Scenario(name, f"{rooms} rooms x {members} members at half of the messages/s that 16 in "
                    "flight in each room reach (open loop)", shape,
                    (Column("rate", "messages/s asked", 0),) + DELIVERY_COLUMNS, "delivery_p99_us",
                    variants=DELIVERY_MODES, half_rate=shape + ("--in-flight", "16"),
                    read_gap=False, extra_s=10)


def durable(name, conversations):
    flags = ("--rooms", conversations, "--members", "2", "--in-flight", "1")
    return Scenario(name, f"{conversations} conversations of two, one send under way in each, "
                    "beside a loop that stores the same rows", flags, (
                        Column("stored_per_s", "acked sends/s, or rows/s", 0, spread=True),
                        Column("ack_p99_us", "ack p99 ms", 1, 1e3),
                        *costs("message"), Column("all_cpu_us", "CPU us of all, per message"),
                        Column("rows_per_commit", "rows per commit"),
                        Column("commit_ms", "commit ms", 2),
                        Column("committing_share", "committing %", 0, 0.01),
                        Column("socket_writes_per_message", "socket writes per message", 2)),
                    "stored_per_s", program="durable", extra_s=8)


def storm(name, users):
    flags = ("--scenario", "storm", "--rooms", str(max(1, int(users) // 10)), "--members", "10")
    columns = []
    for key, title in (("storm", "at once"), ("restart", "after a restart")):
        columns += [Column(f"{key}_users_per_s", f"{title}: users/s", 0, spread=True),
                    *latency(f"{key}_ready", "ready"),
                    Column(f"{key}_server_cpu_us_per_user", "CPU us per user", 0),
                    Column(f"{key}_database_cpu_us_per_user", "database CPU us per user", 0)]
    return Scenario(name, f"{users} users in groups of 10 connect, shake hands, join and catch up "
                    "with 5 messages at once; then again after the server was killed and started",
                    flags, tuple(columns), "storm_users_per_s", restarts=True,
                    extra_s=6 + int(users) / 400)


def signals(name, kind, rooms, members):
    what = {"presence": ("comes and goes", "gone", "back"),
            "typing": ("types and stops", "begun", "ended")}[kind]
    return Scenario(name, f"{rooms} rooms x {members} members; in each room one at a time "
                    f"{what[0]}, the next step when all others have heard of it",
                    ("--scenario", kind, "--rooms", rooms, "--members", members),
                    (Column("signals_per_s", "signals/s", 0, spread=True), *costs("signal"),
                     *latency("start", what[1]), *latency("stop", what[2])),
                    "server_cpu_us_per_signal", read_gap=False, extra_s=6)


def chats(name, count):
    return Scenario(name, f"chat list of somebody with {count} conversations, 50 rows a page",
                    ("--scenario", "chats", "--rooms", count, "--members", "2"),
                    (*latency("first_page", "first page"), *latency("whole_list", "all pages"),
                     *costs("first_page"), *costs("page_of_all")), "server_cpu_us_per_first_page",
                    read_gap=False, extra_s=5 + int(count) / 150)


def day(name, users, rate):
    return Scenario(name, f"a mixed day of {users} people, {rate} actions/s (open loop)",
                    ("--scenario", "day", "--members", users, "--rate", rate),
                    (Column("actions_per_s", "actions/s", 0),
                     Column("deliveries_per_s", "deliveries/s", 0), *costs("action"),
                     *latency("delivery", "delivery"), *latency("ack", "ack"),
                     *latency("coming", "connect and catch up"), *latency("history", "history"),
                     *latency("chat_list", "chat list")), "server_cpu_us_per_action",
                    read_gap=False, extra_s=6 + int(users) / 60)


def active(name, count):
    return Scenario(name, f"{count} active conversations of 10, of 1,000 users",
                    ("--scenario", "active", "--rooms", count, "--members", "10"),
                    (Column("server_bytes_per_active_conversation",
                            "resident bytes per conversation, all joined", 0, spread=True),
                     Column("server_bytes_per_conversation_posted_in",
                            "posted in, nobody joined", 0, spread=True),
                     Column("server_resident_bytes_end", "resident MB", 1, 1e6)),
                    "server_bytes_per_active_conversation", extra_s=8 + int(count) / 150)


def stored(name, count):
    return Scenario(name, f"10x10w1 with an empty store, and with {count} idle conversations of 10 "
                    "in it", ("--rooms", "10", "--members", "10", "--in-flight", "1"),
                    DELIVERY_COLUMNS + (Column("server_resident_bytes", "resident MB", 1, 1e6),),
                    variants=(Variant("nothing stored"),
                              Variant(f"{count} stored", stored=int(count))),
                    extra_s=4)


def history(name, largest):
    sizes = tuple(str(10 ** power) for power in range(4, int(largest) + 1))
    return Scenario(name, "reading near and far in one conversation, 50 messages at a time", (), (),
                    "", program="history", sizes=sizes, extra_s=10 ** int(largest) / 20_000)


PATTERNS = (
    (r"(\d+)x(\d+)w(\d+)", fan_out), (r"transports(\d+)x(\d+)w(\d+)", transports),
    (r"idle(\d+)", idle), (r"idle(\d+)-transports", idle_transports),
    (r"direct(\d+)r(\d+)", direct), (r"durable(\d+)", durable), (r"storm(\d+)", storm),
    (r"(presence|typing)(\d+)x(\d+)", signals), (r"chats(\d+)", chats), (r"day(\d+)r(\d+)", day),
    (r"active(\d+)", active), (r"stored(\d+)", stored), (r"history1e([4-8])", history),
    (r"half-rate", lambda name: half_rate(name, "10", "10")),
    (r"half-rate(\d+)x(\d+)", half_rate),
)


def find(name):
    """@raises ValueError for a name of no scenario"""
    for pattern, make in PATTERNS:
        if found := re.fullmatch(pattern, name):
            return make(name, *found.groups())
    raise ValueError(f"no such scenario: {name}")


def select(names):
    """Scenarios of names and of sets, each once, in order."""
    wanted = [each for name in names for each in SETS.get(name, [name])]
    return [find(name) for name in dict.fromkeys(wanted)]
