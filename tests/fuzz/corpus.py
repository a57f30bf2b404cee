#!/usr/bin/env python3
"""Inputs of the fuzz targets: one text file for each target, one input a line, escaped as Python does.

usage: corpus.py unpack FILE... FOLDER     write each line's bytes to a file of its own
       corpus.py pack FOLDER FILE          the other way, sorted; inputs over 2 KiB stay out
"""

import hashlib
import pathlib
import sys

MAX_BYTES = 2048


def escaped(data):
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")


def unescaped(line):
    return line.encode("ascii").decode("unicode_escape").encode("latin-1")


def unpack(files, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        if not file.exists():
            continue
        for line in file.read_text().splitlines():
            if not line or line.startswith("# "):
                continue
            data = unescaped(line)
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def pack(folder, file):
    inputs = {one.read_bytes() for one in folder.iterdir()}
    lines = sorted(escaped(data) for data in inputs if len(data) <= MAX_BYTES)
    file.write_text("".join(line + "\n" for line in lines))


def main():
    what, *paths = sys.argv[1:]
    paths = [pathlib.Path(path) for path in paths]
    if what == "unpack":
        unpack(paths[:-1], paths[-1])
    elif what == "pack" and len(paths) == 2:
        pack(*paths)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
