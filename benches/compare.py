"""Measures ideoguard beside `git diff --cached` and ripgrep; called by compare.sh."""

import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FILES = 200
FILE_BYTES = 20 * 1024
WARM_UPS = 3
LITERAL = "ideoguard_looks_for_more"


def main():
    """Measures the cases and prints them as a table."""
    program, repo = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 21
    with tempfile.TemporaryDirectory(prefix="ideoguard-compare-") as scratch:
        clone = os.path.join(scratch, "clone")
        git(scratch, "clone", "--quiet", "--no-hardlinks", repo, clone)
        head = git(clone, "rev-parse", "HEAD").decode().strip()
        texts = tracked_texts(clone)
        rows = [start_up(program, scratch, runs)]
        if shutil.which("rg"):
            rows.append(against("all files", [program, "scan"], ["rg", "-c", LITERAL], clone, (3.0, 0.0), runs))
        else:
            print("all files are not measured: ripgrep (rg), to compare with, is missing", file=sys.stderr)
        stage_one_line(clone, texts)
        rows.append(staged("one staged line", program, clone, ["--raw"], (2.0, 5.0), runs))
        git(clone, "reset", "--quiet", "--hard")
        stage_many_files(clone, texts)
        rows.append(staged(f"{FILES} staged files of 20 KB", program, clone, ["-U0"], (1.5, 0.0), runs))
    print_table(program, repo, head, runs, rows)


def start_up(program, folder, runs):
    """Measures the CPU time of a scan of six bytes."""
    path = os.path.join(folder, "six")
    with open(path, "wb") as file:
        file.write(b"hello\n")
    ours = [program, "scan", "--stdin"]
    (measured,) = interleaved([(ours, path)], folder, runs)
    cpu = statistics.median(measured["cpu"])
    verdict = "met" if cpu < 5.0 else "NOT met"
    wall = statistics.median(measured["wall"])
    return ("start-up, 6 bytes", shown(ours), "-", wall, cpu, None, None, f"CPU < 5 ms: {verdict}")


def staged(name, program, clone, words, bar, runs):
    """Measures what is staged in the clone against `git diff --cached`."""
    return against(name, [program, "scan", "--staged"], ["git", "diff", "--cached", *words], clone, bar, runs)


def against(name, ours, theirs, clone, bar, runs):
    """Measures one command in the clone against another."""
    mine, other = interleaved([(ours, os.devnull), (theirs, os.devnull)], clone, runs)
    wall, cpu = statistics.median(mine["wall"]), statistics.median(mine["cpu"])
    other_wall, other_cpu = statistics.median(other["wall"]), statistics.median(other["cpu"])
    factor, extra = bar
    limit = factor * other_wall + extra
    verdict = "met" if wall <= limit else "NOT met"
    text = f"wall <= {factor:g} x {theirs[0]}{f' + {extra:g} ms' if extra else ''} = {limit:.1f} ms: {verdict}"
    return (name, shown(ours), shown(theirs), wall, cpu, other_wall, other_cpu, text)


def interleaved(commands, folder, runs):
    """Runs the commands in turn, so that whatever else the machine does falls on all of them."""
    measured = [{"wall": [], "cpu": []} for _ in commands]
    for turn in range(WARM_UPS + runs):
        for (command, path), values in zip(commands, measured):
            wall, cpu = timed(command, path, folder)
            if turn >= WARM_UPS:
                values["wall"].append(wall)
                values["cpu"].append(cpu)
    return measured


def timed(command, input_path, folder):
    """Runs a command once; returns its wall and CPU time in milliseconds."""
    with open(input_path, "rb") as stdin, tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env=hermetic(), stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        # Popen must not wait again for a child that is gone.
        child.returncode = os.waitstatus_to_exitcode(status)
        # A leak (1) is a full scan; anything else that is not clean is an error, and errors are fast.
        if child.returncode not in (0, 1):
            stderr.seek(0)
            sys.exit(f"{shown(command)} ended with {child.returncode}: {stderr.read().decode(errors='replace')}")
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def tracked_texts(clone):
    """Returns the tracked files that are text, with their bytes."""
    texts = []
    for entry in git(clone, "ls-files", "--stage", "-z").split(b"\0"):
        mode, _, rest = entry.partition(b" ")
        if mode not in (b"100644", b"100755"):
            continue
        path = rest.partition(b"\t")[2]
        with open(os.path.join(os.fsencode(clone), path), "rb") as file:
            text = file.read()
        if text.endswith(b"\n") and b"\0" not in text:
            texts.append((path, text))
    if not texts:
        sys.exit("the repository has no text files")
    return texts


def stage_one_line(clone, texts):
    """Adds one line to a file of middling size and stages it."""
    path, text = sorted(texts, key=lambda entry: len(entry[1]))[len(texts) // 2]
    with open(os.path.join(os.fsencode(clone), path), "wb") as file:
        file.write(text + b"one more line\n")
    git(clone, "add", "--", path)


def stage_many_files(clone, texts):
    """Stages new files that are cut from the repository's own text, so that they look like it."""
    everything = b"".join(text for _, text in texts)
    needed = FILES * FILE_BYTES
    everything *= needed // len(everything) + 1
    folder = os.path.join(clone, "ideoguard-compare")
    os.mkdir(folder)
    for number in range(FILES):
        with open(os.path.join(folder, f"{number}.txt"), "wb") as file:
            # The number makes each blob a blob of its own.
            file.write(f"{number}\n".encode() + everything[number * FILE_BYTES :][:FILE_BYTES])
    git(clone, "add", "--force", "--", "ideoguard-compare")


def git(folder, *words):
    """Runs git, which must succeed; returns what it wrote."""
    return subprocess.run(["git", *words], cwd=folder, env=hermetic(), check=True, stdout=subprocess.PIPE).stdout


def hermetic():
    """Returns an environment in which nothing of the user's git setup counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}


def shown(command):
    """Returns a command as one would type it, the program by its name."""
    return shlex.join([os.path.basename(command[0]), *command[1:]])


def print_table(program, repo, head, runs, rows):
    """Prints machine, commands and medians."""
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"machine:    {platform.platform()}, {cpu_name()}, {os.cpu_count()} CPUs")
    print(f"programs:   {version or program}; {git('.', '--version').decode().strip()}")
    print(f"repository: {repo} at {head}")
    print(f"medians of {runs} runs, interleaved, after {WARM_UPS} warm-ups; ms\n")
    print(f"{'case':<28} {'wall':>8} {'CPU':>8} {'its wall':>9} {'its CPU':>8} {'ratio':>6}  bar")
    for name, _, _, wall, cpu, its_wall, its_cpu, bar in rows:
        if its_wall is None:
            print(f"{name:<28} {wall:>8.1f} {cpu:>8.1f} {'-':>9} {'-':>8} {'-':>6}  {bar}")
        else:
            ratio = wall / its_wall
            print(f"{name:<28} {wall:>8.1f} {cpu:>8.1f} {its_wall:>9.1f} {its_cpu:>8.1f} {ratio:>6.2f}  {bar}")
    print("\ncommands:")
    for name, ours, theirs, *_ in rows:
        print(f"  {name}: {ours}  against  {theirs}" if theirs != "-" else f"  {name}: {ours}")


def cpu_name():
    """Returns the name of the processor, as far as the system tells."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


if __name__ == "__main__":
    main()
