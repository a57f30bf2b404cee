#!/usr/bin/python3
"""Runs benchmark scenarios by name and writes a report into bench/results/.

Exit status: 0 measured, 1 something could not be run, 2 a check failed. See bench/README.md.
"""
import argparse
import pathlib
import shlex
import shutil
import sys
import tempfile

from harness import machine, scenarios
from harness.report import Report
from harness.session import EX_CHECK_FAILED, PEERS, Session

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"


def pair(text):
    """NAME=VALUE."""
    name, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("needs NAME=VALUE")
    return name, value


def server(text):
    """PATH or LABEL=PATH."""
    label, path = pair(text) if "=" in text else ("parleyd", text)
    return label, str(pathlib.Path(path).resolve())


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter,
                                     epilog=scenarios.__doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="SCENARIO",
        help="scenarios, or sets: " + ", ".join(scenarios.SETS))
    add("--parleyd", type=server, action="append", metavar="[LABEL=]PATH",
        help="server to measure; several to compare builds")
    add("--no-parleyd", action="store_true", help="the floor and the peers alone")
    add("--bin", type=pathlib.Path, default=BUILD / "bench", help="where parley-load is")
    add("--store", choices=["sqlite", "mysql"], default="mysql")
    add("--set", type=pair, action="append", default=[], metavar="PARLEY_...=VALUE",
        help="one more setting of every parleyd")
    add("--peers", default=[], type=lambda text: text.split(","), metavar="NAME,...",
        help="of " + ", ".join(PEERS))
    add("--rounds", type=int, default=3)
    add("--minutes", type=float, default=float("inf"),
        help="begin no further round of a scenario that would end later; the first always runs")
    add("--seconds", type=float, default=5)
    add("--warmup", type=float, default=2)
    add("--bytes", type=int, default=100, help="length of a message")
    add("--syscalls", action="store_true", help="count system calls in one more run (strace)")
    add("--coalescing-floor", action="store_true", help="one more contestant: the floor that "
        "writes all messages of one pass together")
    add("--results", type=pathlib.Path, default=HERE / "results")
    add("--keep-logs", action="store_true", help="leave the servers' logs and data behind")
    add("--list", action="store_true", help="name the scenarios of the sets and end")
    options = parser.parse_args()
    if unknown := [name for name in options.peers if name not in PEERS]:
        parser.error(f"no such peer: {', '.join(unknown)}")
    if not options.list and not options.names:
        parser.error("which scenario? --list names some")
    options.parleyd = [] if options.no_parleyd else \
        options.parleyd or [("parleyd", str(BUILD / "parleyd"))]
    try:
        options.scenarios = scenarios.select(options.names or scenarios.SETS)
    except ValueError as why:
        parser.error(str(why))
    options.bin = options.bin.resolve()
    return options


def measure(options, info):
    """@returns the session, ended"""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="parley-bench-"))
    session = None
    try:
        session = Session(options, options.scenarios, folder)
        session.run()
        path = Report(session, info, shlex.join(["bench/run.py"] + sys.argv[1:])) \
            .save(options.results)
        print(path.read_text() + f"\nsaved as {path}")
    finally:
        if session:
            session.close()
        if options.keep_logs:
            print(f"logs and data are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return session


def main():
    options = read_arguments()
    if options.list:
        for each in options.scenarios:
            print(f"{each.name:22} {each.title}")
        return 0
    session = measure(options, machine.describe(machine.raise_file_limit()))
    if session.has_broken_check:
        return EX_CHECK_FAILED
    return 1 if session.failures else 0


if __name__ == "__main__":
    sys.exit(main())
