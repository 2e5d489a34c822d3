"""Times whole processes, interleaved; see history.sh."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time


def anonymous_kib(pid):
    """Returns how much memory of its own a process has now: mapped packs are not counted."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


def run(command):
    """Runs a command; returns CPU seconds, wall seconds and the peak of its own memory in MiB."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = [0]

    def watch():
        while child.returncode is None and not done.is_set():
            peak[0] = max(peak[0], anonymous_kib(child.pid))
            time.sleep(0.005)

    done = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if child.returncode not in (0, 1):
        sys.exit(f"history.py: {command[0]} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, peak[0] / 1024


def main():
    program, repository = sys.argv[1], sys.argv[2]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    scan = [program, "scan", "--history", "--no-progress", "-q", repository]
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store.sqlite")
        ways = {
            "git cat-file": ["git", "-C", repository, "cat-file", "--batch-all-objects", "--batch", "--unordered",
                             "--buffer"],
            "scan, one thread": scan + ["--no-store", "--threads", "1"],
            "scan, two threads": scan + ["--no-store", "--threads", "2"],
            "second scan": scan + ["--store", store],
        }
        run(ways["second scan"])
        figures = {name: [] for name in ways}
        for number in range(runs + 1):
            for name, command in ways.items():
                figure = run(command)
                if number > 0:
                    figures[name].append(figure)
        for name, rows in figures.items():
            cpu, wall, memory = (statistics.median(column) for column in zip(*rows))
            print(f"{name:18} {cpu:8.3f} s CPU {wall:8.3f} s wall {memory:7.1f} MiB of its own")

    def ratio(name, other, column):
        pairs = zip(figures[name], figures[other])
        return statistics.median(row[column] / against[column] for row, against in pairs)

    print(f"CPU of a scan against git cat-file: {ratio('scan, two threads', 'git cat-file', 0):.2f}")
    print(f"CPU of a second scan against the first: {ratio('second scan', 'scan, two threads', 0):.4f}")
    print(f"two threads against one, wall: {ratio('scan, one thread', 'scan, two threads', 1):.2f} times as fast")


if __name__ == "__main__":
    main()
