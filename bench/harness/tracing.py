"""Counts the system calls of a process with strace -c -f."""
import os
import pathlib
import signal
import subprocess
import time


class Tracer:
    """Counts from `start` to `stop`; the traced process is several times slower meanwhile."""

    def __init__(self, pid, folder):
        self.pid = pid
        self.file = folder / "strace.txt"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["strace", "-c", "-f", "-p", str(self.pid), "-o",
                                         str(self.file)], stderr=subprocess.DEVNULL)
        while not self.is_attached():
            if self.process.poll() is not None:
                raise RuntimeError("strace cannot attach (ptrace is not allowed here?)")
            time.sleep(0.01)

    def is_attached(self):
        tasks = pathlib.Path(f"/proc/{self.pid}/task")
        return all("TracerPid:\t0" not in (tasks / task / "status").read_text()
                   for task in os.listdir(tasks))

    def stop(self):
        """@returns {"syscalls": {call: times}}"""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        return {"syscalls": parse(self.file.read_text())}


def parse(text):
    """The summary of strace -c: {call: times}, without its total."""
    counts = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 5 and words[3].isdigit() and words[-1] != "total":
            counts[words[-1]] = int(words[3])
    return counts
