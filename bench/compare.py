#!/usr/bin/python3
"""Measures parleyd beside the floor and its peers, in one run on one machine.

For every shape the contestants take turns, several rounds, each time as a fresh process; what is
reported is the median over the rounds with its spread, and the ratio to the floor of the same
round. Results go to bench/results/ as JSON and as a Markdown table. Exit status: 0 measured,
1 could not run, 2 a delivery check failed.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

import contestants as servers
import plots
from contestants import SECRET, free_port, stop

HERE = pathlib.Path(__file__).resolve().parent
DEFAULT_SHAPES = "1x100w1,10x10w1,1x100w16,1x1000w1,1x1000w16,idle5000"
FLOOR = "floor"
COALESCING_FLOOR = "floor-coalescing"
PEERS = {"nchan": servers.Nchan, "nats": servers.Nats, "socketio": servers.SocketIo,
         "aspnet": servers.AspNet, "ejabberd": servers.Ejabberd}
EX_CHECK_FAILED = 2


class Shape:
    """ROOMSxMEMBERSwINFLIGHT, or idleN."""

    def __init__(self, text):
        self.name = text
        self.idle = int(text[4:]) if text.startswith("idle") else 0
        if not self.idle:
            rooms, rest = text.split("x")
            members, in_flight = rest.split("w")
            self.flags = ["--rooms", rooms, "--members", members, "--in-flight", in_flight]
        else:
            self.flags = ["--idle", str(self.idle)]


class Bench:
    def __init__(self, args, folder):
        self.args = args
        self.folder = folder
        self.database = servers.Database(folder) if args.store == "mysql" else None
        self.frame_extra = {}   # by shape
        self.results = {}       # (shape, contestant) -> list of figures, one per round
        self.failures = []      # a server broke its word: no figure
        self.notes = []         # who did not take part, and why
        self.contestants = {each.name: each for each in self.gather()}

    def gather(self):
        """Everyone who takes part; who cannot is named and left out."""
        for name, path in self.args.parleyd:
            yield servers.Parleyd(name, self.folder, path, self.database, self.args.set)
        yield servers.Floor(FLOOR, self.folder, self.args.floor, False)
        if self.args.coalescing_floor:
            yield servers.Floor(COALESCING_FLOOR, self.folder, self.args.floor, True)
        for name in self.args.peers:
            more = [self.database] if name == "ejabberd" else []
            peer = PEERS[name](name, self.folder, *more)
            if missing := peer.missing():
                self.notes.append(f"{name} did not take part: it needs {missing}")
                print(self.notes[-1], file=sys.stderr)
            else:
                yield peer

    def load(self, shape, contestant, process, port, seconds, warmup):
        """One run of parley-load; its figures, or None after a failed check."""
        out = self.folder / "figures.json"
        command = [self.args.load, "--url", f"127.0.0.1:{port}", "--secret", SECRET, *shape.flags,
                   "--protocol", self.contestants[contestant].protocol,
                   "--bytes", str(self.args.bytes), "--seconds", str(seconds),
                   "--warmup", str(warmup), "--read-gap-us", str(self.args.read_gap_us),
                   "--server-pid", str(process.pid), "--json", str(out), "--quiet"]
        if self.database:
            command += ["--db-pid", str(self.database.process.pid)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            return json.loads(out.read_text())
        print(done.stderr, file=sys.stderr, end="")
        if done.returncode != EX_CHECK_FAILED and contestant not in PEERS:
            sys.exit(1)
        self.failures.append(f"{shape.name} {contestant}: {done.stderr.strip()}")
        return None

    def run_once(self, shape, contestant, seconds, warmup):
        port = free_port()
        server = self.contestants[contestant]
        process = server.start(port, self.frame_extra.get(shape.name, 0))
        try:
            return self.load(shape, contestant, process, port, seconds, warmup)
        finally:
            stop(process)

    def equalize(self, shape, figures):
        """Makes the floor's deliveries as long as the first contestant's."""
        bare = self.run_once(shape, FLOOR, 1, 0)
        if bare and figures:
            extra = figures["bytes_per_delivery"] - bare["bytes_per_delivery"]
            self.frame_extra[shape.name] = max(0, round(extra))

    def run_shape(self, shape, round_number):
        names = list(self.contestants)
        turn = round_number % len(names)
        # Round 0 begins with the first parleyd, whose bytes the floor then copies.
        for name in names[turn:] + names[:turn]:
            figures = self.run_once(shape, name, self.args.seconds, self.args.warmup)
            if figures:
                figures["round"] = round_number
                self.results.setdefault((shape.name, name), []).append(figures)
                say(shape, name, round_number, figures)
            if round_number == 0 and name == names[0] != FLOOR and not shape.idle:
                self.equalize(shape, figures)

    def run(self):
        for round_number in range(self.args.rounds):
            for shape in self.args.shapes:
                self.run_shape(shape, round_number)

    def close(self):
        if self.database:
            self.database.close()


def key_figure(shape):
    return "server_bytes_per_connection" if shape.idle else "server_cpu_us_per_delivery"


def say(shape, name, round_number, figures):
    warning = "  CLIENT WAS THE LIMIT" if figures["client_was_limit"] else ""
    print(f"round {round_number + 1}  {shape.name:12} {name:18} "
          f"{figures[key_figure(shape)]:10.2f} {key_figure(shape)}{warning}", flush=True)


def spread(values, digits=2):
    """Median [lowest..highest]."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} [{low:.{digits}f}..{high:.{digits}f}]"


def ratios(rows, floor_rows, key):
    """This contestant over the floor, for every round that both finished."""
    floors = {row["round"]: row[key] for row in floor_rows if row[key] > 0}
    return [row[key] / floors[row["round"]] for row in rows if row["round"] in floors]


def machine():
    model = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    commit = subprocess.run(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True).stdout.strip()
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "load_before": os.getloadavg()[0], "commit": commit}


def load_row(shape, name, rows, floor_rows):
    def middle(key, digits=0):
        return f"{statistics.median(row[key] for row in rows):.{digits}f}"

    cpu = "server_cpu_us_per_delivery"
    over = ratios(rows, floor_rows, cpu) if name != FLOOR else []
    ratio = spread(over) if over else ""
    return (f"| {shape.name} | {name} | {spread([row[cpu] for row in rows])} | {ratio} | "
            f"{middle('server_user_us_per_delivery', 2)} | "
            f"{middle('database_cpu_us_per_message', 1)} | "
            f"{middle('deliveries_per_s')} | {middle('messages_per_s')} | "
            f"{middle('delivery_p50_us')} / {middle('delivery_p99_us')} | "
            f"{middle('ack_p50_us')} / {middle('ack_p99_us')} | "
            f"{middle('bytes_per_delivery')} | {middle('other_events_per_delivery', 2)} | "
            f"{middle('client_cpu_us_per_delivery', 2)} | "
            f"{max(row['client_busy_share'] for row in rows) * 100:.0f} % |")


def idle_row(shape, name, rows):
    def values(key):
        return [row[key] for row in rows]

    return (f"| {shape.idle} | {name} | {spread(values('server_bytes_per_connection'), 0)} | "
            f"{spread(values('server_open_cpu_us_per_connection'), 1)} | "
            f"{spread(values('server_idle_cpu_ms_per_s'))} |")


def peer_table(bench, args):
    """The first parleyd's CPU over each peer's, in the same round."""
    peers = [name for name in bench.contestants if name in PEERS]
    first = args.parleyd[0][0] if args.parleyd else None
    if not first or not peers:
        return []
    lines = ["", f"CPU per delivery of {first} as a multiple of the peer's, and in brackets what the "
             "peer keeps of a message:", "",
             "| shape | " + " | ".join(f"{name} ({bench.contestants[name].stores})"
                                       for name in peers) + " |",
             "|---" * (len(peers) + 1) + "|"]
    for shape in args.shapes:
        key = key_figure(shape)
        ours = bench.results.get((shape.name, first), [])
        cells = [ratios(ours, bench.results.get((shape.name, name), []), key) for name in peers]
        lines.append(f"| {shape.name}{' (memory)' if shape.idle else ''} | " +
                     " | ".join(spread(cell) if cell else "-" for cell in cells) + " |")
    return lines


def table(bench, info, args):
    lines = [f"{info['processor']}, {info['cores']} cores, Linux {info['kernel']}; load before the "
             f"run {info['load_before']:.2f}; commit {info['commit']}; store {args.store}; "
             f"{args.rounds} rounds of {args.seconds:g} s after {args.warmup:g} s; messages of "
             f"{args.bytes} bytes; the client rests {args.read_gap_us:g} us between reads (part of "
             "every latency). Median [lowest..highest] over the rounds; times in us.", "",
             "| shape | server | CPU per delivery | over floor | user part | DB CPU per message | "
             "deliveries/s | messages/s | delivery p50 / p99 | ack p50 / p99 | "
             "bytes per delivery | other events per delivery | client CPU per delivery | "
             "client busy, worst |",
             "|---" * 14 + "|"]
    idle = ["", "| idle connections | server | bytes each | CPU to open, us | idle CPU, ms/s |",
            "|---" * 5 + "|"]
    for shape in args.shapes:
        for name in bench.contestants:
            rows = bench.results.get((shape.name, name))
            if rows and shape.idle:
                idle.append(idle_row(shape, name, rows))
            elif rows:
                floor_rows = bench.results.get((shape.name, FLOOR), [])
                lines.append(load_row(shape, name, rows, floor_rows))
    failed = ["", "**Checks failed:**", ""] + [f"- {text}" for text in bench.failures]
    notes = [""] + [f"- {text}" for text in bench.notes]
    return "\n".join(lines + (idle if len(idle) > 3 else []) + peer_table(bench, args) +
                     (failed if bench.failures else []) + (notes if bench.notes else [])) + "\n"


def medians(bench, args):
    """(shape, [(contestant, CPU per delivery)]) for the plot."""
    for shape in args.shapes:
        rows = [(name, statistics.median(row[key_figure(shape)] for row in found))
                for name in bench.contestants
                if (found := bench.results.get((shape.name, name))) and not shape.idle]
        if rows:
            yield shape.name, rows


def save(bench, info, args):
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    base = args.results / f"{stamp}-{args.store}"
    args.results.mkdir(parents=True, exist_ok=True)
    text = table(bench, info, args)
    base.with_suffix(".svg").write_text(plots.bars(
        "server CPU per delivery, microseconds (median)", medians(bench, args)))
    text += f"\n![CPU per delivery]({base.name}.svg)\n\nMade by `bench/compare.py " + \
        " ".join(sys.argv[1:]) + "`.\n"
    base.with_suffix(".md").write_text(text)
    figures = [{"shape": shape, "server": name, "rounds": rows}
               for (shape, name), rows in bench.results.items()]
    base.with_suffix(".json").write_text(json.dumps(
        {"machine": info, "store": args.store, "settings": dict(args.set),
         "frame_extra": bench.frame_extra, "failures": bench.failures, "results": figures},
        indent=1))
    print("\n" + text + f"\nsaved as {base.name}.md and .json")


def pair(text):
    """NAME=VALUE."""
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("needs NAME=VALUE")
    return name, value


def server(text):
    """PATH or LABEL=PATH."""
    label, path = pair(text) if "=" in text else ("parleyd", text)
    return label, str(pathlib.Path(path).resolve(strict=True))


def read_arguments():
    build = HERE.parent / "build" / "bench" / "bench"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--parleyd", type=server, action="append", default=[], metavar="[LABEL=]PATH",
        help="server to measure; several to compare builds, none for the floor alone")
    add("--store", choices=["sqlite", "mysql"], default="sqlite")
    add("--set", type=pair, action="append", default=[], metavar="PARLEY_...=VALUE",
        help="one more setting of every parleyd")
    add("--shapes", default=DEFAULT_SHAPES,
        type=lambda text: [Shape(part) for part in text.split(",")])
    add("--rounds", type=int, default=5)
    add("--seconds", type=float, default=5)
    add("--warmup", type=float, default=2)
    add("--bytes", type=int, default=100)
    add("--read-gap-us", type=float, default=200, help="see README.md; 0 for true latencies")
    add("--peers", default=[], type=lambda text: text.split(","), metavar="NAME,...",
        help="of " + ", ".join(PEERS))
    add("--coalescing-floor", action="store_true", help="a third contestant: the floor that "
        "writes all messages of one pass together")
    add("--load", type=pathlib.Path, default=build / "parley-load")
    add("--floor", type=pathlib.Path, default=build / "parley-floor")
    add("--results", type=pathlib.Path, default=HERE / "results")
    add("--keep-logs", action="store_true", help="leave the servers' logs and data behind")
    args = parser.parse_args()
    if unknown := [name for name in args.peers if name not in PEERS]:
        parser.error(f"no such peer: {', '.join(unknown)}")
    return args


def main():
    args = read_arguments()
    info = machine()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parley-bench-"))
    bench = None
    try:
        bench = Bench(args, folder)
        bench.run()
        save(bench, info, args)
    finally:
        if bench:
            bench.close()
        if args.keep_logs:
            print(f"logs and data are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return EX_CHECK_FAILED if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
