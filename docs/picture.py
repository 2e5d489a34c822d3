#!/usr/bin/env python3
"""Draws the README's picture: a commit that is refused, as a terminal shows it.

usage: docs/picture.py [--check] PROGRAM

PROGRAM runs as the hook of a scratch repository; the key in it is made up, and the same each time.
With --check nothing is written, and the picture must be the one that would be.
"""

import base64
import fcntl
import html
import os
import pty
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

PICTURE = Path(__file__).parent / "src" / "refused.svg"
COLUMNS, ROWS = 80, 50
# What a character takes, in pixels.
WIDE, HIGH = 8.4, 19
# The words of the SGR escapes that programs use here: https://en.wikipedia.org/wiki/ANSI_escape_code#SGR
CLASSES = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "34": "blue", "36": "cyan"}
STYLE = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328 }
.paper { fill: #f6f8fa; stroke: #d0d7de } .bold { font-weight: 700 } .dim { fill: #59636e }
.red { fill: #b3131d } .green { fill: #116329 } .yellow { fill: #7d4e00 } .blue { fill: #0550ae } .cyan { fill: #1b6b76 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .paper { fill: #0d1117; stroke: #30363d } .dim { fill: #9198a1 }
.red { fill: #ff8078 } .green { fill: #56d364 } .yellow { fill: #e3b341 } .blue { fill: #79c0ff } .cyan { fill: #56d4dd } }
"""


def git(folder, *words):
    """Runs git where nothing of the user's own setup counts."""
    subprocess.run(["git", *words], cwd=folder, env=environment(folder), check=True, stdout=subprocess.DEVNULL)


def environment(folder, program=None):
    """What the commands of the scratch repository see."""
    ours = f"{Path(program).resolve().parent}:" if program else ""
    who = {f"GIT_{one}_{what}": "demo@example.org" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    shown = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    return {"PATH": ours + os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **who, **shown}


def in_terminal(words, folder, program):
    """Runs a command in a terminal of our size; returns what it wrote."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execvpe(words[0], words, environment(folder, program))
    written = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the terminal is gone with its last program
            part = b""
        if not part:
            break
        written += part
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 1, f"the commit was to be refused:\n{written.decode()}"
    return written.decode().replace("\r\n", "\n")


def session(program):
    """What a reader types, and what a terminal then shows."""
    with tempfile.TemporaryDirectory() as folder:
        git(folder, "init", "--quiet")
        key = base64.urlsafe_b64encode(random.Random(1).randbytes(64)).decode().rstrip("=")
        Path(folder, "app.py").write_text(f'import ideogram\n\nIDEOGRAM_API_KEY = "{key}"\n')
        git(folder, "add", "app.py")
        subprocess.run([program, "install", "--quiet"], cwd=folder, env=environment(folder), check=True, stdout=subprocess.DEVNULL)
        shown = in_terminal(["git", "commit", "--message", "draw a cat"], folder, program)
    return "\x1b[2m$\x1b[0m \x1b[1mgit commit --message 'draw a cat'\x1b[0m\n" + shown


def spans(line, classes):
    """Takes a line apart into texts of one style; changes `classes` as the line does."""
    column = 0
    for part in re.split(r"(\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\)", line):
        if part.startswith("\x1b["):
            for word in part[2:-1].split(";"):
                classes.clear() if word in ("", "0") else classes.add(CLASSES[word])
        elif part and not part.startswith("\x1b"):
            style = f' class="{" ".join(sorted(classes))}"' if classes else ""
            start = column + len(part) - len(part.lstrip())
            if part.strip():
                yield f'<tspan x="{16 + start * WIDE:.1f}"{style}>{html.escape(part.strip())}</tspan>'
            column += len(part)


def drawn(text):
    """Draws a text with its colours."""
    lines, classes = text.rstrip("\n").split("\n"), set()
    width, height = COLUMNS * WIDE + 32, len(lines) * HIGH + 28
    rows = [f'<text y="{28 + row * HIGH}">{"".join(spans(line, classes))}</text>' for row, line in enumerate(lines) if line]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" role="img"'
    title = "<title>git commit is refused: ideoguard found an Ideogram API key in app.py</title>"
    paper = f'<rect class="paper" x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>'
    body = "\n".join([f"{title}<style>{STYLE}</style>{paper}", *rows])
    return f"{head}>\n{body}\n</svg>\n"


def main():
    words = sys.argv[1:]
    program = shutil.which(words[-1]) if words else None
    program = program and os.path.abspath(program)
    if not program:
        sys.exit(__doc__)
    picture = drawn(session(program))
    if "--check" not in words:
        PICTURE.write_text(picture)
    elif PICTURE.read_text() != picture:
        sys.exit(f"{PICTURE} is not what the program shows today; draw it anew: docs/picture.py {words[-1]}")


main()
