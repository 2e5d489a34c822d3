"""Lists the functions of a program that run when pushes of a few objects are judged; see order.sh."""

import os
import re
import subprocess
import sys
import tempfile

import server

# A pattern that means more functions than this would bring together what never runs.
MOST_ALIKE = 8
# A push runs more functions than this.
LEAST = 100


def ran(program, folder, line, env, out):
    """Returns the symbols of the functions of a program that a push ran."""
    words = ["valgrind", "--quiet", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out}", program]
    subprocess.run([*words, "hook", "pre-receive"], cwd=folder, input=line, env=env, check=True)
    names, found, file = {}, set(), None
    with open(out) as report:
        for text in report:
            # A name is written once, and known by its number from then on.
            named = re.match(r"c?(ob|fn)=\((\d+)\)(?: (.*))?", text)
            if not named:
                continue
            kind, number, name = named.groups()
            if name:
                names[kind, number] = name
            if text.startswith("ob="):
                file = names[kind, number]
            elif text.startswith("fn=") and file == program:
                found.add(re.sub(r"'\d+$", "", names[kind, number]))
    return found


def pattern(symbol):
    """Returns a symbol with `*` for what the compiler derives from versions and flags."""
    for differs, kept in ((r"17h[0-9a-f]{16}E.*$", "17h*"), (r"Cs[0-9A-Za-z]+_", "Cs*_"), (r"\.\d+$", ".*")):
        symbol = re.sub(differs, kept, symbol)
    return symbol


def main():
    program = os.path.realpath(sys.argv[1])
    listed = subprocess.run(["nm", "--defined-only", program], stdout=subprocess.PIPE, check=True, text=True).stdout
    alike = {}
    for row in listed.splitlines():
        _, kind, symbol = row.split(" ", 2)
        if kind in "tT":
            alike.setdefault(pattern(symbol), set()).add(symbol)
    found = set()
    with tempfile.TemporaryDirectory() as top:
        for objects in (1, 4):
            folder, _, line, env = server.push(top, objects)
            found |= ran(program, folder, line, env, os.path.join(top, "report"))
    patterns = {pattern(symbol) for symbol in found}
    patterns = sorted(one for one in patterns if 0 < len(alike.get(one, ())) <= MOST_ALIKE)
    if len(patterns) < LEAST:
        sys.exit(f"order.py: only {len(patterns)} functions were seen; is it a program with names and without an order?")
    print("\n".join(patterns))


if __name__ == "__main__":
    main()
