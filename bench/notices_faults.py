#!/usr/bin/python3
"""parley-load must end with 2 for every fault of parley-floor, and with 0 for none.

Usage: notices_faults.py PARLEY_LOAD PARLEY_FLOOR
"""
import subprocess
import sys

from harness.contestants import answers, free_port, stop

FAULTS = ("none", "drop", "dup", "reorder", "wrong-room", "no-ack")


def status_of(load, floor, fault):
    port = free_port()
    server = subprocess.Popen([floor, "--port", str(port), "--fault", fault, "--fault-every", "50"])
    try:
        while not answers(f"http://127.0.0.1:{port}/readyz"):
            assert server.poll() is None, "the floor ended at once"
        return subprocess.run([load, "--url", f"127.0.0.1:{port}", "--rooms", "2", "--members", "5",
                               "--seconds", "0.5", "--warmup", "0", "--stall-s", "1", "--quiet"],
                              check=False, stderr=subprocess.PIPE).returncode
    finally:
        stop(server)


def main():
    load, floor = sys.argv[1:]
    wrong = [f"{fault}: status {status}" for fault in FAULTS
             if (status := status_of(load, floor, fault)) != (0 if fault == "none" else 2)]
    sys.exit("not noticed: " + ", ".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
