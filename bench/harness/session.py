"""Runs scenarios: contestants in turns, round by round, each time as a fresh process."""
import dataclasses
import json
import shlex
import subprocess
import time

from . import contestants as servers, machine
from .contestants import SECRET, free_port, stop
from .scenarios import Variant
from .stages import Stages, process_cpu
from .tracing import Tracer

EX_CHECK_FAILED = 2
READ_GAP_US = 200
PEERS = {"nchan": servers.Nchan, "nats": servers.Nats, "socketio": servers.SocketIo,
         "aspnet": servers.AspNet, "ejabberd": servers.Ejabberd}


@dataclasses.dataclass(frozen=True)
class Competitor:
    """A row of a scenario's table: a server, run in one way."""
    label: str
    contestant: object
    variant: Variant = Variant()


class NoFigures(Exception):
    """A run that broke a check, could not be run, or was limited by the client."""


class Session:
    """All measurements of one run of run.py, and why some have no figures."""

    def __init__(self, options, scenarios, folder):
        self.options = options
        self.scenarios = scenarios
        self.folder = folder
        self.database = servers.Database(folder) if options.store == "mysql" else None
        self.notes = []          # who did not take part, and why
        self.contestants = list(self.gather())
        self.results = {}        # (scenario, label) -> figures, one per round
        self.failures = {}       # (scenario, label) -> why there are none
        self.limited = {}        # (scenario, label) -> why rounds do not count
        self.commands = {}       # (scenario, label) -> the load generator's command line
        self.frame_extra = {}    # by scenario
        self.rates = {}          # (scenario, label) -> messages/s of half-rate
        self.took = {}           # scenario -> seconds of its last round
        self.has_broken_check = False
        self.began = time.monotonic()

    def gather(self):
        """Everyone who takes part; who cannot is named and left out."""
        options = self.options
        for name, path in options.parleyd:
            yield servers.Parleyd(name, self.folder, path, self.database, options.set,
                                  options.bin / "parley-inserts")
        yield servers.Floor("floor", self.folder, options.bin / "parley-floor", False)
        if options.coalescing_floor:
            yield servers.Floor("floor-coalescing", self.folder, options.bin / "parley-floor", True)
        for name in options.peers:
            more = [self.database] if name == "ejabberd" else []
            peer = PEERS[name](name, self.folder, *more)
            if missing := peer.missing():
                self.notes.append(f"{name} did not take part: it needs {missing}")
                self.say(self.notes[-1])
            else:
                yield peer

    def competitors(self, scenario):
        for each in self.contestants:
            if each.is_parleyd:
                for variant in scenario.variants:
                    is_named = len(self.options.parleyd) > 1 or not variant.label
                    parts = [each.name] if is_named else []
                    yield Competitor(" ".join(parts + [variant.label]).strip(), each, variant)
            elif scenario.others:
                yield Competitor(each.name, each)
        if scenario.program == "durable":
            yield Competitor("insert loop", None)

    def say(self, text):
        elapsed = time.monotonic() - self.began
        print(f"[{int(elapsed // 60):3}:{int(elapsed % 60):02}] {text}", flush=True)

    def expected(self, scenario):
        """Seconds of a round: as long as the last one took, before that a guess."""
        if scenario.name in self.took:
            return self.took[scenario.name]
        if scenario.program == "history":
            return scenario.extra_s
        runs = sum(1 for _ in self.competitors(scenario))
        return runs * (self.options.seconds + self.options.warmup + scenario.extra_s)

    def run(self):
        """Each scenario once; then again while rounds and minutes last."""
        deadline = self.began + self.options.minutes * 60
        guess = sum(self.expected(each) * (1 if each.program == "history" else self.options.rounds)
                    for each in self.scenarios) / 60
        guess = min(guess, self.options.minutes)
        self.say(f"{len(self.scenarios)} scenarios, about {guess:.0f} min")
        for number in range(self.options.rounds):
            for scenario in self.scenarios:
                if number > 0 and (scenario.program == "history" or
                                   time.monotonic() + self.expected(scenario) > deadline):
                    continue
                started = time.monotonic()
                self.run_round(scenario, number)
                self.took[scenario.name] = time.monotonic() - started
        if self.options.syscalls:
            for scenario in self.scenarios:
                self.trace(scenario)

    def run_round(self, scenario, number):
        if scenario.program == "history":
            return self.attempt(scenario, Competitor(self.options.store, None), number,
                                self.read_history)
        rows = list(self.competitors(scenario))
        turn = number % len(rows)
        # Round 0 begins with the first parleyd, whose bytes the floor then copies.
        for row in rows[turn:] + rows[:turn]:
            self.attempt(scenario, row, number, self.measure)
            if number == 0 and row == rows[0]:
                self.equalize(scenario, row)

    def attempt(self, scenario, row, number, measure):
        key = (scenario.name, row.label)
        if key in self.failures:
            return
        try:
            figures = measure(scenario, row)
        except NoFigures as why:
            self.failures[key] = str(why)
            self.results.pop(key, None)
            return self.say(f"{scenario.name} {row.label}: NO FIGURES: {why}")
        if figures.get("client_was_limit"):
            busy = figures["client_busy_share"]
            self.limited[key] = f"the client was the limit ({busy:.0%} busy)"
            return self.say(f"{scenario.name} {row.label}: NO FIGURES: {self.limited[key]}")
        figures["round"] = number
        self.results.setdefault(key, []).append(figures)
        told = f"{scenario.key} {figures[scenario.key]:.2f}" if scenario.key else "done"
        self.say(f"round {number + 1}/{self.options.rounds} {scenario.name} {row.label}: {told}")

    def measure(self, scenario, row, seconds=None, flags=None, trace=False):
        """One run in one fresh process. @raises NoFigures"""
        if row.contestant is None:
            return self.insert_rows(scenario)
        flags = list(scenario.flags if flags is None else flags)
        if scenario.half_rate and flags == list(scenario.flags):
            flags += ["--rate", str(self.half_rate(scenario, row))]
        port = free_port()
        server = [row.contestant.start(port, self.frame_extra.get(scenario.name, 0), row.variant)]
        try:
            figures = self.load(scenario, row, server, port, flags,
                                self.options.seconds if seconds is None else seconds, trace)
        finally:
            stop(server[0])
        if scenario.program == "durable":
            figures["stored_per_s"] = figures["messages_per_s"]
            figures["all_cpu_us"] = (
                figures["server_cpu_us_per_message"] +
                figures.get("database_cpu_us_per_message", 0) +
                figures["client_cpu_us_per_delivery"] * figures["deliveries_per_s"] /
                figures["messages_per_s"])
        return figures

    def load(self, scenario, row, server, port, flags, seconds, trace):
        """Runs parley-load. `server` holds the process; a restart puts another one there."""
        out = self.folder / "figures.json"
        command = [str(self.options.bin / "parley-load"), "--url", f"127.0.0.1:{port}",
                   "--secret", SECRET, "--protocol", row.contestant.protocol,
                   *flags, *row.variant.flags, "--bytes", str(self.options.bytes),
                   "--seconds", str(seconds), "--warmup", str(self.options.warmup),
                   "--server-pid", str(server[0].pid), "--json", str(out), "--quiet"]
        if "--protocol" in row.variant.flags:
            del command[5:7]
        if scenario.read_gap:
            command += ["--read-gap-us", str(READ_GAP_US)]
        if self.database:
            command += ["--db-pid", str(self.database.process.pid)]
        observer = self.observer(scenario, row, server[0].pid, port, trace)
        if scenario.restarts or observer:
            command.append("--phases")
        self.note_command(scenario, row.label, command)
        observed = self.drive(command, row, server, port, observer)
        return json.loads(out.read_text()) | observed

    def observer(self, scenario, row, pid, port, trace):
        """Who counts at the server while parley-load measures."""
        if trace:
            return Tracer(pid, self.folder)
        if scenario.program != "durable":
            return None
        return Stages(row.contestant.metrics_port(port), pid)

    def drive(self, command, row, server, port, observer):
        """Acts between the phases that parley-load announces. @returns what was observed"""
        observed = {}
        errors = self.folder / "parley-load.err"
        with open(errors, "w") as err, subprocess.Popen(command, stdin=subprocess.PIPE, text=True,
                                                        stdout=subprocess.PIPE, stderr=err) as load:
            for line in load.stdout:
                answer = ""
                if line == "phase measuring\n" and observer:
                    observer.start()
                elif line == "phase measured\n" and observer:
                    observed = observer.stop()
                elif line == "phase restart\n":
                    server[0].kill()
                    server[0].wait()
                    server[0] = row.contestant.start(port, 0, row.variant)
                    answer = str(server[0].pid)
                load.stdin.write(answer + "\n")
                load.stdin.flush()
        if load.returncode != 0:
            self.has_broken_check |= load.returncode == EX_CHECK_FAILED
            raise NoFigures(errors.read_text().strip())
        return observed

    def note_command(self, scenario, label, command):
        """As somebody else can type it: without this machine's paths."""
        text = shlex.join(command).replace(shlex.quote(SECRET), '"$SECRET"')
        text = text.replace(f"{machine.REPOSITORY}/", "").replace(str(self.folder), "/tmp")
        self.commands.setdefault((scenario.name, label), text)

    def half_rate(self, scenario, row):
        """Half of the messages/s that a closed loop reaches; found once, the same in all rounds."""
        key = (scenario.name, row.label)
        if key not in self.rates:
            most = self.measure(scenario, row, flags=scenario.half_rate)["messages_per_s"]
            self.rates[key] = max(1, round(most / 2))
        return self.rates[key]

    def equalize(self, scenario, first):
        """Makes the floor's deliveries as long as the first contestant's."""
        figures = self.results.get((scenario.name, first.label))
        floor = next((row for row in self.competitors(scenario)
                      if row.contestant and row.contestant.is_floor), None)
        if not figures or not floor or "bytes_per_delivery" not in figures[0]:
            return
        bare = self.measure(scenario, floor, seconds=1)
        extra = figures[0]["bytes_per_delivery"] - bare["bytes_per_delivery"]
        self.frame_extra[scenario.name] = max(0, round(extra))

    def insert_rows(self, scenario):
        storage = self.database.url("loop") if self.database else f"sqlite:{self.folder}/loop.db"
        conversations = scenario.flags[scenario.flags.index("--rooms") + 1]
        command = [str(self.options.bin / "parley-inserts"), "--storage", storage,
                   "--conversations", conversations, "--seconds", str(self.options.seconds)]
        self.note_command(scenario, "insert loop", command)
        began = process_cpu(self.database.process.pid) if self.database else 0
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise NoFigures(done.stderr.strip())
        found = json.loads(done.stdout)
        figures = {"stored_per_s": found["rows_per_s"], "all_cpu_us": found["cpu_us_per_row"]}
        if self.database:
            used = process_cpu(self.database.process.pid) - began
            figures["database_cpu_us_per_message"] = \
                used / (found["rows_per_s"] * self.options.seconds)
            figures["all_cpu_us"] += figures["database_cpu_us_per_message"]
        return figures

    def read_history(self, scenario, row):
        out = self.folder / "history.json"
        command = [str(self.options.bin / "parley-history"), "--store", self.options.store,
                   "--sizes", ",".join(scenario.sizes), "--json", str(out)]
        self.note_command(scenario, row.label, command)
        done = subprocess.run(command, stdout=subprocess.DEVNULL)  # progress is on stderr
        if done.returncode != 0:
            raise NoFigures(f"parley-history ended with {done.returncode}")
        return {"sizes": json.loads(out.read_text())}

    def trace(self, scenario):
        """One more run of each that has figures, under strace."""
        for row in self.competitors(scenario) if scenario.program != "history" else ():
            rounds = self.results.get((scenario.name, row.label))
            if not rounds or row.contestant is None or "--idle" in scenario.flags:
                continue
            try:
                figures = self.measure(scenario, row, trace=True)
            except (NoFigures, RuntimeError) as why:
                self.notes.append(f"{scenario.name} {row.label}: system calls not counted: {why}")
                self.say(self.notes[-1])
                continue
            calls = figures["syscalls"]
            for each in rounds:
                each["syscalls"] = calls
                if figures.get("deliveries"):
                    each["syscalls_per_delivery"] = sum(calls.values()) / figures["deliveries"]
            top = sorted(calls.items(), key=lambda call: -call[1])[:6]
            self.say(f"{scenario.name} {row.label}: system calls {dict(top)}")

    def close(self):
        if self.database:
            self.database.close()


