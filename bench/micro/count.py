#!/usr/bin/python3
"""Counts the instructions of each station of a message's way, with callgrind.

Instructions do not depend on how busy the machine is, so a regression shows anywhere. Compares with
instructions.json beside this file and exits with 1 when a count grew by more than 10 %; `--update`
writes the counts of now instead. The counts are those of the `dev` preset with Debian's g++ 12; they
differ with another compiler.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

KEPT = pathlib.Path(__file__).resolve().parent / "instructions.json"
TOLERANCE = 1.10
FEW, MANY = 20, 220  # the difference leaves the cost of the loop's entry out


def counted(program, name, times, folder):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--toggle-collect=counted_part", "--collect-atstart=no",
         f"--callgrind-out-file={folder}/out", str(program), name, str(times)],
        capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{name} could not be counted:\n{done.stderr}")
    return int(found.group(1))


def count_all(program):
    names = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    with tempfile.TemporaryDirectory() as folder:
        return {name: round((counted(program, name, MANY, folder) -
                             counted(program, name, FEW, folder)) / (MANY - FEW))
                for name in names}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path, help="build/dev/bench/parley-count")
    parser.add_argument("--update", action="store_true", help="keep the counts of now")
    args = parser.parse_args()
    counts = count_all(args.program)
    if args.update:
        KEPT.write_text(json.dumps(counts, indent=2) + "\n")
    kept = json.loads(KEPT.read_text())
    worse = []
    for name, count in counts.items():
        before = kept.get(name)
        ratio = count / before if before else float("inf")
        print(f"{name:28} {count:10} instructions, {ratio:5.2f} x of what is checked in")
        if ratio > TOLERANCE:
            worse.append(name)
    if forgotten := sorted(set(kept) - set(counts)):
        worse += forgotten
        print("checked in, but not measured any more: " + ", ".join(forgotten))
    if worse:
        print("grew by more than 10 %: " + ", ".join(worse) +
              "\nIf that is worth it, say why and run count.py --update.")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
