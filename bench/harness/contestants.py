"""What run.py runs side by side: parleyd, the floors, and the peers of bench/peers.

A contestant starts one server on a loopback port and says how parley-load speaks to it. Peers are
started with the configuration that is checked in beside this file; one that is not installed says
what is missing and is left out.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from . import machine
from .scenarios import Variant

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
TRUSTING = ssl._create_unverified_context()  # our own certificate
SECRET = "a benchmark's secret of more than thirty-two bytes"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process):
    """SIGTERM, and SIGKILL after five seconds."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(url):
    """Any HTTP answer but a failure of the server's own."""
    try:
        with urllib.request.urlopen(url, timeout=1, context=TRUSTING) as answer:
            return answer.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (urllib.error.URLError, OSError):
        return False


def fill(template, target, **values):
    """A checked-in configuration with its @NAMES@ filled in. @returns target"""
    text = template.read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    target.write_text(text)
    return target


class Database:
    """A private mariadbd in a directory of its own; flushes every commit, no binary log."""

    def __init__(self, folder):
        self.socket = folder / "db.sock"
        self.port = free_port()
        data = folder / "db"
        self.log = open(folder / "mariadbd.log", "wb")
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={data}",
                        "--auth-root-authentication-method=normal", "--skip-test-db"],
                       check=True, stdout=self.log, stderr=self.log)
        self.process = subprocess.Popen(
            [shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults",
             f"--datadir={data}", f"--socket={self.socket}", f"--pid-file={folder}/db.pid",
             "--bind-address=127.0.0.1", f"--port={self.port}",
             "--innodb-flush-log-at-trx-commit=1", "--user=root"],
            stdout=self.log, stderr=self.log)
        self.execute("CREATE USER parley@localhost IDENTIFIED BY "
                     "'parley'; CREATE USER parley@127.0.0.1 IDENTIFIED BY 'parley'; "
                     "GRANT ALL ON *.* TO parley@localhost; GRANT ALL ON *.* TO parley@127.0.0.1;")

    def execute(self, statements, database=""):
        """Waits until the server is up; for set-up only."""
        for _ in range(200):
            done = subprocess.run(["mariadb", "--no-defaults", "-uroot", f"-S{self.socket}",
                                   *([database] if database else [])],
                                  input=statements, capture_output=True, text=True)
            if done.returncode == 0:
                return
            time.sleep(0.1)
        self.close()
        sys.exit("the database did not start: " + done.stderr)

    def url(self, name="messaging"):
        self.execute(f"CREATE DATABASE IF NOT EXISTS `{name}`")
        return f"mysql://parley:parley@/{name}?socket={self.socket}"

    def close(self):
        stop(self.process)
        self.log.close()


def make_certificate(folder):
    """@returns key and certificate, made once for a folder"""
    key, certificate = folder / "tls-key.pem", folder / "tls-certificate.pem"
    if not certificate.exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-days",
                        "30", "-keyout", key, "-out", certificate], check=True,
                       stderr=subprocess.DEVNULL)
    return key, certificate


class Contestant:
    """One server program. `folder` is the run's own directory."""

    protocol = "hub"
    stores = "nothing"    # what a message leaves behind on disk
    ready_path = "/readyz"
    is_floor = False      # delivers as many bytes as the first parleyd
    is_parleyd = False

    def __init__(self, name, folder):
        self.name = name
        self.folder = folder

    def missing(self):
        """What must be installed first; None when it can run."""
        return None

    def version(self):
        return ""

    def command(self, port, frame_extra):
        raise NotImplementedError

    def settings(self, _port, _variant):
        """What is set in its environment beside what is there."""
        return {}

    def metrics_port(self, port):
        """Where it shows its figures, when it serves on `port`."""
        return port

    def start(self, port, frame_extra=0, variant=Variant()):
        """A fresh process, ready to serve."""
        with open(self.folder / f"{self.name}.log", "ab") as log:
            process = subprocess.Popen(self.command(port, frame_extra), stdout=log, stderr=log,
                                       env=os.environ | self.settings(port, variant),
                                       cwd=self.folder)
        deadline = time.monotonic() + 60
        scheme = "https" if variant.tls else "http"
        while not answers(f"{scheme}://127.0.0.1:{port}{self.ready_path}"):
            if process.poll() is not None:
                sys.exit(f"{self.name} ended at once with status {process.returncode}; see its log")
            if time.monotonic() > deadline:
                stop(process)
                sys.exit(f"{self.name} was not ready within 60 s; see its log")
            time.sleep(0.05)
        return process


class Parleyd(Contestant):
    is_parleyd = True

    def __init__(self, name, folder, path, database, settings, inserts):
        super().__init__(name, folder)
        self.path, self.database, self.more = path, database, dict(settings)
        self.inserts = inserts   # parley-inserts, which stores idle conversations
        self.metrics = None      # the port of its figures, once it is known; 0: none of its own
        self.stores = "each message, committed in " + ("MariaDB" if database else "SQLite")

    def version(self):
        return machine.output(self.path, "--version")

    def command(self, port, frame_extra):
        return [self.path, "serve"]

    def storage(self, variant):
        # Each has a database of its own: builds may differ in their schema.
        name = f"{self.name}_stored{variant.stored}" if variant.stored else self.name
        if self.database:
            return self.database.url("messaging_" + name)
        return f"sqlite:{self.folder}/{name}.db"

    def fill(self, variant):
        """Stores the variant's idle conversations; once for the whole run."""
        done = self.folder / f"{self.name}-stored-{variant.stored}"
        if not variant.stored or done.exists():
            return
        if self.database:
            self.database.execute("SET GLOBAL innodb_flush_log_at_trx_commit=0")
        subprocess.run([self.inserts, "--storage", self.storage(variant), "--idle",
                        str(variant.stored)], check=True)
        if self.database:
            self.database.execute("SET GLOBAL innodb_flush_log_at_trx_commit=1")
        done.touch()

    def metrics_port(self, port):
        if self.metrics is None:  # a build from before there was one shows them where it serves
            settings = subprocess.run([self.path, "config", "print"], capture_output=True)
            self.metrics = free_port() if b"metrics.port" in settings.stdout else 0
        return self.metrics or port

    def settings(self, port, variant):
        self.fill(variant)
        metrics = self.metrics_port(port)
        own = {} if metrics == port else {"PARLEY_METRICS__PORT": str(metrics)}
        tls = {}
        if variant.tls:
            key, certificate = make_certificate(self.folder)
            tls = {"PARLEY_HTTP__TLS_KEY": str(key),
                   "PARLEY_HTTP__TLS_CERTIFICATE": str(certificate)}
        return {"PARLEY_HTTP__PORT": str(port), "PARLEY_STORAGE__URL": self.storage(variant),
                "PARLEY_AUTH__HS256_SECRET": SECRET, "PARLEY_LIMITS__ENABLED": "false",
                "PARLEY_STORAGE__MIGRATE_ON_START": "true"} | own | tls | self.more | \
            dict(variant.settings)


class Floor(Contestant):
    is_floor = True

    def __init__(self, name, folder, path, coalesce):
        super().__init__(name, folder)
        self.path, self.coalesce = path, coalesce

    def command(self, port, frame_extra):
        return [self.path, "--port", str(port), "--frame-extra", str(frame_extra),
                *(["--coalesce"] if self.coalesce else [])]


class Nchan(Contestant):
    """nginx with nchan, from Debian."""

    protocol = "nchan"

    def missing(self):
        module = pathlib.Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
        return None if module.exists() else "apt-get install nginx-light libnginx-mod-nchan"

    def version(self):
        return machine.output("dpkg-query", "-W", "libnginx-mod-nchan").replace("\t", " ")

    def command(self, port, frame_extra):
        conf = fill(PEERS / "nchan/nginx.conf", self.folder / "nginx.conf",
                    PORT=port, FOLDER=self.folder)
        return ["/usr/sbin/nginx", "-p", "/usr/share/nginx", "-c", str(conf)]


class Nats(Contestant):
    """nats-server (core NATS) over its WebSocket, from Debian."""

    protocol = "nats"
    ready_path = "/healthz"

    def missing(self):
        return None if shutil.which("nats-server") else "apt-get install nats-server"

    def version(self):
        return machine.output("nats-server", "-v")

    def command(self, port, frame_extra):
        conf = fill(PEERS / "nats/nats.conf", self.folder / "nats.conf",
                    PORT=port, MONITOR=free_port())
        return ["nats-server", "-c", str(conf)]


class SocketIo(Contestant):
    """Socket.IO on Node, from npm."""

    protocol = "socketio"

    def missing(self):
        if (PEERS / "socketio/node_modules/socket.io").exists():
            return None
        return "npm ci in bench/peers/socketio"

    def version(self):
        return "socket.io " + json.loads((PEERS / "socketio/node_modules/socket.io/package.json")
                                         .read_text())["version"] + \
            ", node " + machine.output("node", "-v")

    def command(self, port, frame_extra):
        return ["node", str(PEERS / "socketio/server.mjs"), str(port)]


class AspNet(Contestant):
    """ASP.NET Core SignalR, built with the SDK that is on the machine."""

    protocol = "unnumbered-hub"
    library = HERE.parents[1] / "build/peers/aspnet/aspnet.dll"

    def missing(self):
        if not shutil.which("dotnet"):
            return "a .NET SDK (dotnet)"
        return None if self.library.exists() else \
            f"dotnet publish bench/peers/aspnet -c Release -o {self.library.parent}"

    def version(self):
        return "ASP.NET Core of .NET SDK " + machine.output("dotnet", "--version")

    def command(self, port, frame_extra):
        return ["dotnet", str(self.library), "--urls", f"http://127.0.0.1:{port}"]


class Ejabberd(Contestant):
    """ejabberd with its message archive (mod_mam) on the run's MariaDB, from Debian."""

    protocol = "xmpp"
    stores = "each message, in MariaDB, after it was shown"
    ready_path = "/ws"

    def __init__(self, name, folder, database):
        super().__init__(name, folder)
        self.database = database
        self.is_prepared = False

    def missing(self):
        if not shutil.which("ejabberdctl"):
            return "apt-get install --no-install-recommends ejabberd erlang-p1-mysql"
        return None if self.database else "--store mysql"

    def prepare(self):
        schema = pathlib.Path("/usr/share/ejabberd/sql/mysql.sql")
        self.database.execute("CREATE DATABASE IF NOT EXISTS ejabberd")
        self.database.execute(schema.read_text(), "ejabberd")
        self.is_prepared = True

    def version(self):
        return machine.output("dpkg-query", "-W", "ejabberd").replace("\t", " ")

    def command(self, port, frame_extra):
        if not self.is_prepared:
            self.prepare()
        fill(PEERS / "ejabberd/ejabberd.yml", self.folder / "ejabberd.yml", PORT=port,
             DB_PORT=self.database.port)
        spool = tempfile.mkdtemp(dir=self.folder, prefix="mnesia-")
        return ["erl", "-noinput", "-sname", f"bench{port}@localhost", "-boot", "start_sasl",
                "+K", "true", "+P", "250000", "-mnesia", "dir", f'"{spool}"', "-s", "ejabberd"]

    def settings(self, _port, _variant):
        return {"EJABBERD_CONFIG_PATH": str(self.folder / "ejabberd.yml"),
                "EJABBERD_LOG_PATH": str(self.folder / "ejabberd-own.log"),
                "ERL_LIBS": "/usr/lib/x86_64-linux-gnu", "HOME": str(self.folder)}
