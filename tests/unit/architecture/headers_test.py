#!/usr/bin/env python3
"""Checks that headers compile alone: each includes what it uses.

usage: headers_test.py PROJECT_FOLDER COMPILE_COMMANDS (--all | HEADER...)

Takes the flags by which the sources of the header's folder are compiled, with the compiler of the
build, and makes no object. All of them take many minutes of CPU: `scripts/check` asks for those that a
change touches.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

FOLDERS = ["actors", "app", "chat", "config", "net", "storage", "telemetry", "tests", "bench"]


def flags_of(command):
    """The command without its launcher, its source, and what it would write."""
    words = shlex.split(command)
    while "ccache" in words[0]:
        words = words[1:]
    kept, skips = [], 0
    for word in words:
        if skips:
            skips -= 1
        elif word in ("-o", "-MF", "-MT", "-c"):
            skips = 1
        elif word != "-MD":
            kept.append(word)
    return kept


def flags_by_folder(root, commands):
    """Of units that the build made, the sources in them are not named: their target's folder is."""
    found = {}
    for one in commands:
        name = os.path.relpath(os.path.join(one["directory"], one["file"]), root)
        if "Unity/unity_" in name:
            name = name.split("Unity/unity_")[1].replace("_", "/")
        found.setdefault(name.split("/")[0], flags_of(one["command"]))
    return found


def compiled_alone(flags, root, header):
    done = subprocess.run(flags + ["-fsyntax-only", "-x", "c++", "-Wno-pragma-once-outside-header", header],
                          cwd=root, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if " error: " in line]
    return header, "\n".join(errors[:3] or done.stderr.splitlines()[:3]) if done.returncode else ""


def main():
    root, commands, *headers = sys.argv[1:]
    if headers == ["--all"]:
        headers = [path.relative_to(root).as_posix() for folder in FOLDERS
                   for path in sorted((pathlib.Path(root) / folder).rglob("*.hpp"))]
    by_folder = flags_by_folder(os.path.realpath(root), json.loads(pathlib.Path(commands).read_text()))
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", "2"))) as pool:
        asked = [pool.submit(compiled_alone, by_folder[header.split("/")[0]], root, header)
                 for header in headers if header.split("/")[0] in by_folder]
        for one in concurrent.futures.as_completed(asked):
            header, why = one.result()
            if why:
                bad += 1
                print(f"{header} does not compile alone:\n{why}")
    print(f"{len(asked)} headers, {bad} of them not alone")
    sys.exit(1 if bad or not asked else 0)


if __name__ == "__main__":
    main()
