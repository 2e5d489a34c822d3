#!/usr/bin/env python3
"""Trains the table of letter pairs by which random text is told from words.

    train/pairs.py --words LIST FOLDER... > src/detect/pairs.bin

The table holds, for each pair of adjacent characters, how much likelier it is
in a word of source code or English than in random base64url, in sixteenths of
a bit. Cases are folded: a table that tells them apart is no better at telling
tokens from names in camel case, and four times as large.

A word of a folder counts once, and only if at least two files have it: what
one file has alone may be a hash or a token itself. So do not count the words
without a letter behind `f`, nor numbers written as 0x.... The words of a LIST,
a dictionary, count without that. A tenth of all words, chosen by their hash,
is held out; on these and on generated tokens the error is printed.

The same material gives the same bytes. The file begins with a line that names
the material by numbers and a digest.

The stored table was trained on what `train/material.py` fetches: packages at
exact versions, under licences that allow it, listed in `train/material.txt`.

    train/material.py FOLDER
    train/pairs.py --words FOLDER/list FOLDER/text > src/detect/pairs.bin

makes it again, to the byte, on any machine that reaches those registries.
Only these counts are kept; no text is.
"""

import argparse
import bisect
import collections
import hashlib
import math
import os
import random
import re
import sys

ALPHABET = b"abcdefghijklmnopqrstuvwxyz0123456789"
OTHERS = len(ALPHABET)
SYMBOLS = OTHERS + 1
UNIT = 16
BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SUFFIXES = (".c", ".go", ".h", ".html", ".java", ".js", ".json", ".md", ".py", ".rb", ".rs", ".sh", ".toml", ".ts", ".yml")
LARGEST_FILE = 1 << 20
WORD = re.compile(rb"[A-Za-z0-9_-]+")
LENGTHS = range(4, 61)
BEYOND_HEX = re.compile(rb"[g-zG-Z]")
NUMBER = re.compile(rb"0[xX]")
DIGIT = re.compile(rb"[0-9]")
# What is judged at all has at least so many characters.
SHORTEST_JUDGED = 16


def symbol_of(byte):
    """Returns the number of a byte's symbol: letters, digits, the rest."""
    at = ALPHABET.find(bytes([byte]).lower())
    return OTHERS if at < 0 else at


SYMBOL = [symbol_of(byte) for byte in range(256)]


def files(folders):
    """Returns the paths of all files with text, in no order that matters."""
    for folder in folders:
        for here, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(here, name)
                is_text = name.endswith(SUFFIXES) and not os.path.islink(path)
                if is_text and os.path.getsize(path) <= LARGEST_FILE:
                    yield path


def words_of(path):
    """Returns the different words of a file."""
    with open(path, "rb") as file:
        return {word for word in WORD.findall(file.read()) if len(word) in LENGTHS}


def is_word(word):
    """Tells whether this is more than a number."""
    return BEYOND_HEX.search(word) and not NUMBER.match(word)


def read(folders, lists):
    """Reads all words that count, and returns them in order, with the number of files."""
    seen, count = collections.Counter(), 0
    for path in files(folders):
        seen.update(words_of(path))
        count += 1
    words = {word for word, times in seen.items() if times > 1}
    for path in lists:
        words |= words_of(path)
    return sorted(filter(is_word, words)), count


def is_held_out(word):
    """Tells whether the table is tested on a word rather than trained."""
    return hashlib.sha256(word).digest()[0] < 26


def share(symbol):
    """Returns how often a symbol stands in random base64url."""
    is_digit = 26 <= symbol < OTHERS
    return (1 if is_digit else 2) / len(BASE64URL)


def train(words):
    """Returns the table."""
    counts = [1] * (SYMBOLS * SYMBOLS)
    for word in words:
        for left, right in zip(word, word[1:]):
            counts[SYMBOL[left] * SYMBOLS + SYMBOL[right]] += 1
    total = sum(counts)

    def units(cell):
        expected = share(cell // SYMBOLS) * share(cell % SYMBOLS)
        return max(-127, min(127, round(UNIT * math.log2(counts[cell] / total / expected))))

    return [units(cell) for cell in range(len(counts))]


def score(table, text):
    """Returns the mean of all pairs in bits, as the program does."""
    pairs = zip(text, text[1:])
    return sum(table[SYMBOL[left] * SYMBOLS + SYMBOL[right]] for left, right in pairs) / (UNIT * (len(text) - 1))


def area(random_scores, word_scores):
    """Returns how often a random text scores below a word: the area under the curve. Both are sorted."""
    below = sum(bisect.bisect_left(random_scores, one) for one in word_scores)
    return below / max(1, len(random_scores) * len(word_scores))


def tokens(alphabet, length, count):
    """Returns the same generated tokens each time."""
    dice = random.Random(length * 1000 + len(alphabet))
    return [bytes(dice.choice(alphabet) for _ in range(length)) for _ in range(count)]


def report(table, held_out, count, out):
    """Prints the error on held-out words and generated tokens."""
    judged = [word for word in held_out if len(word) >= SHORTEST_JUDGED]
    kinds = {
        "with a digit": [word for word in judged if DIGIT.search(word)],
        "without": [word for word in judged if not DIGIT.search(word)],
    }
    scores = {name: sorted(score(table, word) for word in words) for name, words in kinds.items()}
    for name, ordered in scores.items():
        print(f"{len(ordered)} held-out words of {SHORTEST_JUDGED} or more, {name}", file=out)
    print(f"\n{'token':>10} {'length':>6} {'words':>13} {'AUC':>8}   random missed / words taken below", file=out)
    rows = [("hex", b"0123456789abcdef", "with a digit", (-0.5, -0.35)), ("base36", BASE64URL[26:62], "with a digit", (-0.8, -0.55))]
    rows += [("base62", BASE64URL[:62], "with a digit", (-0.8, -0.55, -0.3)), ("base64url", BASE64URL, "with a digit", (-0.8, -0.55))]
    rows += [("letters", BASE64URL[:52], "without", (-0.6, -0.3))]
    for name, alphabet, kind, limits in rows:
        for length in (16, 20, 32, 40, 86):
            made = sorted(score(table, token) for token in tokens(alphabet, length, count))
            rates = "  ".join(f"{limit}: {missed(made, limit):6.2f} % / {taken(scores[kind], limit):5.2f} %" for limit in limits)
            print(f"{name:>10} {length:6} {kind:>13} {area(made, scores[kind]):8.5f}   {rates}", file=out)


def missed(scores, limit):
    """Returns how many in a hundred random tokens score above a limit."""
    return 100 * (1 - bisect.bisect_left(scores, limit) / len(scores))


def taken(scores, limit):
    """Returns how many in a hundred words score below a limit."""
    return 100 * bisect.bisect_left(scores, limit) / max(1, len(scores))


def main():
    """Trains, reports, and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", action="append", default=[], help="a list of words, one a line")
    parser.add_argument("--tokens", type=int, default=20_000, help="generated tokens of each kind and length (%(default)s)")
    parser.add_argument("folders", nargs="*", help="source code and documentation")
    arguments = parser.parse_args()
    words, count = read(arguments.folders, arguments.words)
    if not words:
        parser.error("there is no word that counts in these folders and lists")
    digest = hashlib.sha256(b"\n".join(words)).hexdigest()
    header = f"letter pairs 1: {len(words)} words of {count} files, sha256 {digest}\n"
    held_out = [word for word in words if is_held_out(word)]
    table = train(word for word in words if not is_held_out(word))
    print(header, end="", file=sys.stderr)
    report(table, held_out, arguments.tokens, sys.stderr)
    sys.stdout.buffer.write(header.encode() + bytes(units & 0xFF for units in table))


if __name__ == "__main__":
    main()
