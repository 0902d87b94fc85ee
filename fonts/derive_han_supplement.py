"""Makes HanSupplement.ttf: the characters of GB 18030 level 3 that the other bundled faces lack, as far as names need them.

Usage: python3 derive_han_supplement.py HanaMinB.ttf Unihan_IRGSources.txt Unihan_Readings.txt
Needs fontTools (pip install fonttools) and the other faces beside this file.

Taken are, of the ideographs in the extensions C to F, those with a source of mainland China (kIRG_GSource), and of
extension B those with a reading in Mandarin (kMandarin): a character that nobody can read aloud is in no name.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

LEVEL_3_B = range(0x20000, 0x2A6D7)
LEVEL_3_C_TO_F = [range(0x2A700, 0x2B735), range(0x2B740, 0x2B81E), range(0x2B820, 0x2CEA2), range(0x2CEB0, 0x2EBE1)]
NAME = "Banwen Han Supplement"


def having(path, key):
    """The code points a file of Unihan gives `key` for."""
    lines = (line.split("\t") for line in open(path, encoding="utf-8") if line.startswith("U+"))
    return {int(parts[0][2:], 16) for parts in lines if parts[1] == key}


def main(face, sources, readings):
    here = pathlib.Path(__file__).parent
    covered = set()
    for path in sorted(here.glob("*.otf")):
        covered |= set(TTFont(path, lazy=True).getBestCmap())
    mainland = having(sources, "kIRG_GSource")
    read = having(readings, "kMandarin")
    wanted = {c for c in LEVEL_3_B if c in read} | {c for r in LEVEL_3_C_TO_F for c in r if c in mainland}
    wanted -= covered

    font = TTFont(face, recalcTimestamp=False)
    options = subset.Options()
    options.hinting = False
    options.layout_features = []
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6]
    options.drop_tables += ["BASE", "FFTM", "GDEF", "vhea", "vmtx", "gasp"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    names = font["name"]
    names.names = [n for n in names.names if n.nameID in (0, 5) and n.langID in (0, 0x409)]
    words = {1: NAME, 2: "Regular", 3: NAME + ", from HanaMinB 2017-09-04", 4: NAME, 6: "BanwenHanSupplement",
             13: "Hanazono Font License: free to use, copy and distribute, with or without modification"}
    for number, text in words.items():
        names.setName(text, number, 3, 1, 0x409)
    font.save(here / "HanSupplement.ttf")
    print(len(wanted), "characters")


main(*sys.argv[1:])
