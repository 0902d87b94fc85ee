"""Makes HanSupplement.ttf: the Han characters of GB 18030-2022 that the other bundled faces lack, all of its level 3 among them.

Usage: python3 derive_han_supplement.py HanaMinA.ttf HanaMinB.ttf
Needs fontTools (pip install fonttools) and the other faces beside this file. HanaMinB has the extensions; the components and
radicals come from HanaMinA.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

COMPONENTS = [0x2E81, 0x2E84, 0x2E88, 0x2E8B, 0x2E8C, 0x2E97, 0x2EA7, 0x2EAA, 0x2EAE, 0x2EB3, 0x2EB6, 0x2EB7, 0x2EBB, 0x2ECA]
LEVEL_3 = [(0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2F00, 0x2FD5)]
NAME = "Banwen Han Supplement"


def main(radicals, extensions):
    here = pathlib.Path(__file__).parent
    wanted = set(COMPONENTS) | {code for first, last in LEVEL_3 for code in range(first, last + 1)}
    for path in sorted(here.glob("*.otf")):
        wanted -= set(TTFont(path, lazy=True).getBestCmap())

    font = TTFont(extensions, recalcTimestamp=False)
    other = TTFont(radicals, lazy=True)
    for code in sorted(wanted - set(font.getBestCmap())):
        glyph = other.getBestCmap()[code]
        name = f"radical{code:04X}"
        font["glyf"][name] = other["glyf"][glyph]
        font["hmtx"][name] = other["hmtx"][glyph]
        for table in font["cmap"].tables:
            if table.isUnicode() and table.format != 14:
                table.cmap[code] = name

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
    words = {1: NAME, 2: "Regular", 3: NAME + ", from HanaMin 2017-09-04", 4: NAME, 6: "BanwenHanSupplement",
             13: "Hanazono Font License: free to use, copy and distribute, with or without modification"}
    for number, text in words.items():
        names.setName(text, number, 3, 1, 0x409)
    font.save(here / "HanSupplement.ttf")
    print(len(wanted), "characters")


main(*sys.argv[1:])
