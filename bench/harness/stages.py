"""Where the time of a stored message goes: CPU by kind of thread, rows and time of a commit."""
import collections
import pathlib
import time
import urllib.request

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


def process_cpu(pid):
    return sum(thread_cpu(pid).values())


def scrape(port):
    """The figures of GET /metrics, by name with labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(number) for name, number in pairs}


class Stages:
    """Counts from `start` to `stop`."""

    def __init__(self, port, pid):
        self.port = port
        self.pid = pid
        self.before = None

    def take(self):
        return time.monotonic(), scrape(self.port), thread_cpu(self.pid)

    def start(self):
        self.before = self.take()

    def stop(self):
        """@returns figures per stored message, by the keys of scenarios.durable's columns"""
        began, counted, threads = self.before
        ended, counts, now = self.take()

        def grown(name):
            return counts.get(name, 0) - counted.get(name, 0)

        rows = max(1, grown("parley_persistence_rows_total" + WORKER))
        commits = max(1, grown("parley_persistence_batch_rows_count" + WORKER))
        commit_s = grown("parley_persistence_commit_seconds_sum" + WORKER)
        by_kind = collections.Counter()
        for thread, used in now.items():
            by_kind[thread[0]] += used - threads.get(thread, 0)
        return {"rows_per_commit": rows / commits, "commit_ms": 1000 * commit_s / commits,
                "committing_share": commit_s / (ended - began),
                "socket_writes_per_message": grown("parley_socket_writes_total") / rows,
                "thread_cpu_us_per_message": {name: used / rows
                                              for name, used in by_kind.items()}}
