#!/usr/bin/python3
"""Durable sends beside a plain insert loop, in turns on one machine.

parleyd takes sends in many conversations at once and answers each after its commit; parley-inserts
stores the same rows in a loop and does nothing else. Reported: acks/s, their p99, rows/s of the loop,
and the ratio of each round. Results go to bench/results/.
"""
import argparse
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from compare import machine, server, spread
from contestants import SECRET, Database, Parleyd, free_port, stop

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench" / "bench"


def sends(args, folder, database):
    """One run of parleyd; its figures."""
    port = free_port()
    parleyd = Parleyd(args.parleyd[0], folder, args.parleyd[1], database, [])
    process = parleyd.start(port)
    out = folder / "figures.json"
    try:
        subprocess.run([args.bin / "parley-load", "--url", f"127.0.0.1:{port}", "--secret", SECRET,
                        "--rooms", str(args.conversations), "--members", "2", "--in-flight",
                        str(args.in_flight), "--seconds", str(args.seconds), "--warmup", "2",
                        "--read-gap-us", "200", "--server-pid", str(process.pid),
                        "--json", out, "--quiet"], check=True)
    finally:
        stop(process)
    return json.loads(out.read_text())


def loop(args, folder, database):
    """One run of the plain loop; rows/s."""
    storage = database.url() if database else f"sqlite:{folder}/loop.db"
    done = subprocess.run([args.bin / "parley-inserts", "--storage", storage, "--conversations",
                           str(args.conversations), "--seconds", str(args.seconds)],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["rows_per_s"]


def run(args, folder):
    database = Database(folder) if args.store == "mysql" else None
    acks, p99, rows = [], [], []
    try:
        for number in range(args.rounds):
            figures = sends(args, folder, database)
            acks.append(figures["messages_per_s"])
            p99.append(figures["ack_p99_us"] / 1000)
            rows.append(loop(args, folder, database))
            print(f"round {number + 1}: {acks[-1]:.0f} acks/s, p99 {p99[-1]:.1f} ms; "
                  f"loop {rows[-1]:.0f} rows/s; ratio {acks[-1] / rows[-1]:.2f}", flush=True)
    finally:
        if database:
            database.close()
    return acks, p99, rows


def report(args, acks, p99, rows):
    info = machine()
    ratio = [a / r for a, r in zip(acks, rows)]
    return (f"{info['processor']}, {info['cores']} cores, Linux {info['kernel']}; load before "
            f"{info['load_before']:.2f}; commit {info['commit']}; store {args.store}; "
            f"{args.conversations} conversations of two, {args.in_flight} in flight in each, "
            f"{args.rounds} rounds of {args.seconds:g} s. Median [lowest..highest].\n\n"
            "| acked sends/s | ack p99, ms | plain loop, rows/s | ratio |\n|---|---|---|---|\n"
            f"| {spread(acks, 0)} | {spread(p99, 1)} | {spread(rows, 0)} | {spread(ratio)} |\n\n"
            f"Made by `bench/durable.py {' '.join(sys.argv[1:])}`.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--parleyd", type=server, default=("parleyd", str(BUILD.parent / "parleyd")))
    add("--bin", type=pathlib.Path, default=BUILD, help="where parley-load and parley-inserts are")
    add("--store", choices=["sqlite", "mysql"], default="mysql")
    add("--conversations", type=int, default=1000)
    add("--in-flight", type=int, default=1)
    add("--rounds", type=int, default=3)
    add("--seconds", type=float, default=5)
    add("--results", type=pathlib.Path, default=HERE / "results")
    args = parser.parse_args()
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
