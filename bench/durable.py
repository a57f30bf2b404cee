#!/usr/bin/python3
"""Durable sends beside a plain insert loop, in turns on one machine.

parleyd takes sends in many conversations at once and answers each after its commit; parley-inserts
stores the same rows in a loop and does nothing else: same table and indexes, same flush per commit.
Reported: acks/s, their p99, rows/s of the loop, the ratio of each round, and where the time of a
send goes: CPU per thread of the server, of the database and of the client, rows and time per commit.
Several servers are compared by repeating --parleyd. Results go to bench/results/.
"""
import argparse
import collections
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from compare import machine, pair, server, spread
from contestants import SECRET, Database, Parleyd, free_port, stop

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench" / "bench"
WARMUP = 2
WORKER = '{worker="chat-message-to-db"}'


def thread_cpu(pid):
    """CPU microseconds of each living thread, by (name, thread id)."""
    used = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            used[name, int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1000
        except (FileNotFoundError, ProcessLookupError):
            pass  # it ended meanwhile
    return used


def scrape(port):
    """The figures of GET /metrics, by name with labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(number) for name, number in pairs}


class Watch(threading.Thread):
    """Where the time of the sends goes, over the seconds that parley-load measures too."""

    def __init__(self, port, pids, seconds):
        super().__init__(daemon=True)
        self.port, self.pids, self.seconds = port, pids, seconds
        self.figures = {}

    def take(self):
        threads = {who: thread_cpu(pid) for who, pid in self.pids.items()}
        return time.monotonic(), scrape(self.port), threads

    def run(self):
        rows = "parley_persistence_rows_total" + WORKER
        while scrape(self.port)[rows] == 0:
            time.sleep(0.05)
        time.sleep(WARMUP)
        before = self.take()
        time.sleep(self.seconds - 0.5)  # ends before the load does
        self.figures = self.compare(before, self.take())

    def compare(self, before, after):
        def grown(name):
            return after[1].get(name, 0) - before[1].get(name, 0)

        stored = grown("parley_persistence_rows_total" + WORKER)
        batches = grown("parley_persistence_batch_rows_count" + WORKER)
        commit = grown("parley_persistence_commit_seconds_sum" + WORKER)
        wall = after[0] - before[0]
        out = {"rows/commit": stored / batches, "commit ms": 1000 * commit / batches,
               "committing %": 100 * commit / wall,
               "writes/send": grown("parley_socket_writes_total") / stored}
        cpu = collections.Counter()
        for who, threads in after[2].items():
            for key, used in threads.items():
                took = used - before[2][who].get(key, 0)
                cpu[who] += took
                if who == "server":
                    cpu["of it " + key[0]] += took
        out |= {f"{who} us": took / stored for who, took in cpu.items()}
        return out


def sends(args, folder, database, label, path):
    """One run of parleyd; its figures."""
    port = free_port()
    parleyd = Parleyd(label, folder, path, database, args.set)
    process = parleyd.start(port)
    out = folder / "figures.json"
    pids = {"server": process.pid}
    if database:
        pids["database"] = database.process.pid
    try:
        load = subprocess.Popen(
            [args.bin / "parley-load", "--url", f"127.0.0.1:{port}", "--secret", SECRET,
             "--rooms", str(args.conversations), "--members", "2", "--in-flight",
             str(args.in_flight), "--seconds", str(args.seconds), "--warmup", str(WARMUP),
             "--read-gap-us", "200", "--server-pid", str(process.pid), "--json", out, "--quiet"])
        watch = Watch(port, pids | {"client": load.pid}, args.seconds)
        watch.start()
        if load.wait() != 0:
            sys.exit(f"{label}: parley-load failed")
        watch.join()
    finally:
        stop(process)
    figures = json.loads(out.read_text())
    return {"acks": figures["messages_per_s"], "p99": figures["ack_p99_us"] / 1000,
            "where": watch.figures}


def loop(args, folder, database):
    """One run of the plain loop; its figures."""
    storage = database.url() if database else f"sqlite:{folder}/loop.db"
    begin = sum(thread_cpu(database.process.pid).values()) if database else 0
    done = subprocess.run([args.bin / "parley-inserts", "--storage", storage, "--conversations",
                           str(args.conversations), "--seconds", str(args.seconds)],
                          check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    if database:
        used = sum(thread_cpu(database.process.pid).values()) - begin
        figures["database us"] = used / (figures["rows_per_s"] * args.seconds)
    return figures


def cpu_of(figures):
    """All CPU of one send, or of one row of the loop, in microseconds."""
    return sum(figures.get(who + " us", 0) for who in ("server", "database", "client"))


def say(number, label, one, plain):
    print(f"round {number + 1} {label}: {one['acks']:.0f} acks/s, p99 {one['p99']:.1f} ms; "
          f"loop {plain['rows_per_s']:.0f} rows/s; ratio {one['acks'] / plain['rows_per_s']:.3f}; "
          f"CPU of a send over a row's {cpu_of(one['where']) / cpu_of(plain):.2f}", flush=True)
    print("   " + ", ".join(f"{name} {value:.1f}" for name, value in one["where"].items()),
          flush=True)


def run(args, folder):
    """@returns the runs of each server by label, and those of the loop; one of each per round"""
    database = Database(folder) if args.store == "mysql" else None
    taken, loops = collections.defaultdict(list), []
    try:
        for number in range(args.rounds):
            loops.append(loop(args, folder, database))
            print(f"round {number + 1} loop: {json.dumps(loops[-1])}", flush=True)
            turn = number % len(args.parleyd)
            for label, path in args.parleyd[turn:] + args.parleyd[:turn]:
                taken[label].append(sends(args, folder, database, label, path))
                say(number, label, taken[label][-1], loops[-1])
    finally:
        if database:
            database.close()
    return taken, loops


def where_rows(label, runs):
    names = list(dict.fromkeys(name for one in runs for name in one["where"]))
    for name in names:
        yield f"| {label} | {name} | {spread([one['where'].get(name, 0) for one in runs], 1)} |"


def report(args, taken, loops):
    info = machine()
    rows = [one["rows_per_s"] for one in loops]
    lines = [f"{info['processor']}, {info['cores']} cores, Linux {info['kernel']}; load before "
             f"{info['load_before']:.2f}; commit {info['commit']}; store {args.store}; "
             f"{args.conversations} conversations of two, {args.in_flight} in flight in each, "
             f"{args.rounds} rounds of {args.seconds:g} s. Median [lowest..highest].", "",
             f"The plain loop stores {spread(rows, 0)} rows/s.", "",
             "| server | acked sends/s | ack p99, ms | share of the loop's rows/s "
             "| CPU of a send over that of a row |",
             "|---|---|---|---|---|"]
    for label, runs in taken.items():
        acks = [one["acks"] for one in runs]
        ratio = [a / r for a, r in zip(acks, rows)]
        over = [cpu_of(one["where"]) / cpu_of(plain) for one, plain in zip(runs, loops)]
        lines.append(f"| {label} | {spread(acks, 0)} | {spread([one['p99'] for one in runs], 1)} "
                     f"| {spread(ratio, 3)} | {spread(over)} |")
    lines += ["", "us: CPU microseconds per send.", "", "| server | figure | |", "|---|---|---|"]
    for label, runs in taken.items():
        lines += where_rows(label, runs)
    return "\n".join(lines) + f"\n\nMade by `bench/durable.py {' '.join(sys.argv[1:])}`.\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--parleyd", type=server, action="append", metavar="[LABEL=]PATH",
        help="server to measure; several to compare builds")
    add("--bin", type=pathlib.Path, default=BUILD, help="where parley-load and parley-inserts are")
    add("--store", choices=["sqlite", "mysql"], default="mysql")
    add("--set", type=pair, action="append", default=[], metavar="PARLEY_...=VALUE",
        help="one more setting of every parleyd")
    add("--conversations", type=int, default=1000)
    add("--in-flight", type=int, default=1)
    add("--rounds", type=int, default=3)
    add("--seconds", type=float, default=5)
    add("--results", type=pathlib.Path, default=HERE / "results")
    args = parser.parse_args()
    args.parleyd = args.parleyd or [("parleyd", str(BUILD.parent / "parleyd"))]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parley-durable-"))
    try:
        text = report(args, *run(args, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    (args.results / f"{stamp}-durable-{args.store}.md").write_text(text)
    print("\n" + text)


if __name__ == "__main__":
    main()
