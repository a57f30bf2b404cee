"""Which machine, which versions, and how many files may be open."""
import os
import pathlib
import platform
import resource
import shutil
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MOST_FILES = 1_048_576


def raise_file_limit():
    """For this process and all it starts; root may go above the hard limit. @returns the limit"""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (MOST_FILES, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def output(*command, cwd=None):
    """The first line of what a command says; empty when it cannot be run."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    return (done.stdout + done.stderr).strip().split("\n")[0]


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def describe(file_limit):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"processor": processor(), "cores": os.cpu_count(), "memory_bytes": memory,
            "kernel": platform.release(), "load_before": os.getloadavg()[0],
            "file_limit": file_limit,
            "commit": output("git", "rev-parse", "--short", "HEAD", cwd=REPOSITORY),
            "compiler": output("g++", "--version"),
            "mariadb": output("mariadbd", "--version")}


def text(info):
    return (f"{info['processor']}, {info['cores']} cores, {info['memory_bytes'] / 2**30:.0f} GiB, "
            f"Linux {info['kernel']}; load before the run {info['load_before']:.2f}; commit "
            f"{info['commit']}; {info['compiler']}; {info['mariadb']}")
