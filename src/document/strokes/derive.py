"""Makes total.txt and order.txt, the tables behind by_strokes.

Usage: python3 derive.py Unihan_IRGSources.txt cnchar.order.min.js

total.txt, from the property kTotalStrokes of Unicode's Unihan database (15.0.0): a line for each count, the count, a space,
and the characters that have it. Where Unihan gives two counts the first is taken: that of the mainland form.

order.txt, from cnchar-order 3.2.6 (npm): a line for each sequence of strokes, in the classes 1 横提 2 竖竖钩 3 撇 4 点捺 5 折,
a space, and the characters that are written so. A character whose sequence is not as long as its count is left out.
"""

import collections
import json
import pathlib
import re
import sys

# The letters of cnchar-order: its README lists the stroke each stands for. All others are 折.
CLASSES = {**dict.fromkeys("ji", "1"), **dict.fromkeys("fg", "2"), "s": "3", **dict.fromkeys("kdl", "4")}


def totals(path):
    found = {}
    for line in open(path, encoding="utf-8"):
        parts = line.rstrip("\n").split("\t")
        if len(parts) == 3 and parts[1] == "kTotalStrokes":
            found[chr(int(parts[0][2:], 16))] = int(parts[2].split()[0])
    return found


def orders(path):
    text = open(path, encoding="utf-8").read()
    table = json.loads(re.search(r"JSON\.parse\('(\{.*?\})'\)", text).group(1))
    return {c: "".join(CLASSES.get(letter, "5") for letter in word) for c, word in table.items()}


def write(path, groups):
    lines = [f"{key} {''.join(sorted(characters))}\n" for key, characters in sorted(groups.items())]
    path.write_text("".join(lines), encoding="utf-8")


def main(unihan, cnchar):
    here = pathlib.Path(__file__).parent
    total = totals(unihan)
    by_total, by_order = collections.defaultdict(list), collections.defaultdict(list)
    for character, count in total.items():
        by_total[count].append(character)
    for character, order in orders(cnchar).items():
        if total.get(character) == len(order):
            by_order[order].append(character)
    write(here / "total.txt", by_total)
    write(here / "order.txt", by_order)


main(*sys.argv[1:])
