"""Times the hook and git on the same packs, interleaved; see server.sh."""

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ZERO = "0" * 40
PLAIN = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C", "PATH": os.environ["PATH"]}
WORDS = "alpha beta gamma delta value index count name path text line open read write close list node tree".split()


def git(folder, *words, data=None, **variables):
    done = subprocess.run(["git", "-C", folder, *words], input=data, stdout=subprocess.PIPE, check=True,
                          env={**PLAIN, **variables})
    return done.stdout


def code(rng, lines):
    """Returns lines that look like code."""
    return "".join(f"{'    ' * rng.randrange(3)}{' '.join(rng.choices(WORDS, k=rng.randrange(3, 9)))}\n"
                   for _ in range(lines)).encode()


def history(folder, commits):
    """Makes commits that each change a few lines of one file in a folder: four objects each."""
    rng = random.Random(commits)
    files = {f"src/part{number % 20}/file{number}.py": code(rng, 120).splitlines(True) for number in range(500)}
    stream = bytearray()
    for number in range(commits):
        name = rng.choice(sorted(files)) if number else next(iter(files))
        lines = files[name]
        at = rng.randrange(len(lines))
        lines[at:at + 2] = code(rng, 3).splitlines(True)
        body = b"".join(lines)
        stream += b"commit refs/heads/main\ncommitter C <c@example.org> %d +0000\ndata 7\nchange\n\n" % (10**9 + number)
        stream += b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(body), body)
    git(folder, "fast-import", "--quiet", data=bytes(stream))
    git(folder, "repack", "-adq", "--window=20")


def timed(command, folder, data, env):
    """Returns how long a program runs. What Python takes to start one with pipes would be half of the shortest time."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, open(os.devnull, "wb") as nothing:
        given.write(data)
        given.seek(0)
        streams = [(os.POSIX_SPAWN_DUP2, one.fileno(), number) for number, one in enumerate((given, nothing, said))]
        path = shutil.which(command[0])
        os.chdir(folder)
        start = time.monotonic()
        _, status = os.waitpid(os.posix_spawn(path, command, env, file_actions=streams), 0)
        took = time.monotonic() - start
        if status != 0:
            said.seek(0)
            code = os.waitstatus_to_exitcode(status)
            sys.exit(f"server.py: {command[0]} ended with {code}: {said.read().decode()}")
    return took


def quarantine(server):
    folder = tempfile.mkdtemp(prefix="tmp_objdir-incoming-", dir=os.path.join(server, "objects"))
    env = {**PLAIN, "GIT_DIR": ".", "GIT_QUARANTINE_PATH": folder, "GIT_OBJECT_DIRECTORY": folder,
           "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.path.join(server, "objects"), "HOME": server}
    return folder, env


def rows(title, figures):
    print(title)
    for name, times in figures.items():
        print(f"  {name:24} {statistics.median(times) * 1000:9.1f} ms")


def push(top, objects):
    """Puts a push of about so many objects into quarantine: returns the server, the pack, the line and the environment."""
    source, server = os.path.join(top, f"source{objects}"), os.path.join(top, f"server{objects}")
    for folder in (source, server):
        git(top, "init", "--quiet", "--bare", "--initial-branch=main", folder)
    if objects == 1:
        tip = git(source, "hash-object", "-w", "--stdin", data=code(random.Random(1), 120)).decode().strip()
        wanted = tip + "\n"
    else:
        history(source, objects // 4)
        tip = git(source, "rev-parse", "main").decode().strip()
        wanted = "main\n"
    pack = git(source, "pack-objects", "--revs" if objects > 1 else "--quiet", "--stdout", "--delta-base-offset",
               "--quiet", data=wanted.encode())
    line = f"{ZERO} {tip} refs/heads/main\n".encode() if objects > 1 else f"{ZERO} {tip} refs/tags/t\n".encode()
    folder, env = quarantine(server)
    git(server, "index-pack", "--stdin", data=pack, GIT_OBJECT_DIRECTORY=folder)
    return server, pack, line, env


def packs(program, top, runs):
    for objects in (1, 1000, 50_000):
        server, pack, line, env = push(top, objects)
        count = int.from_bytes(pack[8:12], "big")
        other = os.path.join(top, "other")
        figures = {"git index-pack": [], "hook": []}
        for number in range(runs + 1):
            subprocess.run(["rm", "-rf", other], check=True)
            git(top, "init", "--quiet", "--bare", other)
            indexed = timed(["git", "index-pack", "--stdin"], other, pack, PLAIN)
            hooked = timed([program, "hook", "pre-receive"], server, line, env)
            if number > 0:
                figures["git index-pack"].append(indexed)
                figures["hook"].append(hooked)
        rows(f"{count} objects, {len(pack) / 1e6:.1f} MB", figures)
        pairs = zip(figures["hook"], figures["git index-pack"])
        print(f"  hook against index-pack  {statistics.median(one / other for one, other in pairs):9.2f}")


def references(program, top, runs):
    server = os.path.join(top, "many")
    git(top, "init", "--quiet", "--bare", "--initial-branch=main", server)
    history(server, 2000)
    ids = git(server, "rev-list", "main").decode().split()
    lines = [f"{ids[number % len(ids)]} refs/heads/many/{number:06}\n" for number in range(300_000)]
    with open(os.path.join(server, "packed-refs"), "w") as packed:
        packed.write("# pack-refs with: peeled fully-peeled sorted \n")
        packed.write(f"{ids[0]} refs/heads/main\n" + "".join(lines))
    os.remove(os.path.join(server, "refs/heads/main"))
    old = ids[0]
    folder, env = quarantine(server)
    variables = {name: env[name] for name in env if name.startswith("GIT_") and name != "GIT_QUARANTINE_PATH"}
    blob = git(server, "hash-object", "-w", "--stdin", data=b"new\n", **variables).decode().strip()
    tree = git(server, "ls-tree", old, **variables) + f"100644 blob {blob}\tnew.txt\n".encode()
    tree = git(server, "mktree", data=tree, **variables).decode().strip()
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
           for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))}
    new = git(server, "commit-tree", tree, "-p", old, "-m", "m", **variables, **who).decode().strip()
    ways = {
        "hook, branch that is there": f"{old} {new} refs/heads/main\n",
        "hook, new branch": f"{ZERO} {new} refs/heads/topic\n",
        "hook, branch of a branch": f"{ZERO} {new} refs/heads/topic\n",
    }
    figures = {name: [] for name in ways}
    figures["git rev-list --not --all"] = []
    for number in range(runs + 1):
        for name, line in ways.items():
            if name.endswith("of a branch"):
                git(server, "symbolic-ref", "HEAD", "refs/heads/none")
            took = timed([program, "hook", "pre-receive"], server, line.encode(), env)
            git(server, "symbolic-ref", "HEAD", "refs/heads/main")
            if number > 0:
                figures[name].append(took)
        took = timed(["git", "rev-list", "--objects", "--stdin", "--not", "--all"], server, f"{new}\n".encode(), env)
        if number > 0:
            figures["git rev-list --not --all"].append(took)
    rows("one commit, 300,000 references", figures)


def main():
    program = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as top:
        packs(program, top, runs)
        references(program, top, runs)


if __name__ == "__main__":
    main()
