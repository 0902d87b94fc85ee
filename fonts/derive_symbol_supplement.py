"""Makes SymbolSupplement.ttf: what Noto Serif SC has beside Han and the other bundled faces lack, ⑪–⑳ ㎥ ✓ among it, and the marks of
forms that it lacks itself, drawn from its own □ ✓ ×.

Usage: python3 derive_symbol_supplement.py NotoSerifSC-Regular.otf
Needs fontTools (pip install fonttools) and the other faces beside this file.
"""

import pathlib
import sys

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

NAME = "Banwen Symbol Supplement"
# the mark: glyphs of the face, each with its size and where its middle goes
BOX, TICK, CROSS = ("□", 1.0, (500, 380)), ("✓", 0.72, (500, 390)), ("×", 1.0, (500, 380))
MARKS = {
    "☐": [BOX], "☑": [BOX, TICK], "☒": [BOX, ("×", 0.95, (500, 380))], "✔": [("✓", 1.0, (500, 420))],
    "✕": [CROSS], "✖": [("×", 1.2, (500, 380))], "✗": [("×", 1.1, (500, 380))], "✘": [("×", 1.2, (500, 380))],
}
MIDDLE = {"□": (500, 380), "✓": (336, 435), "×": (500, 368)}
# chosen by some keyboards after a mark, and not to be seen
SELECTORS = [0xFE0E, 0xFE0F]


def main(source):
    here = pathlib.Path(__file__).parent
    face = TTFont(source, lazy=True)
    drawn, codes = face.getGlyphSet(), face.getBestCmap()
    there = set()
    for path in sorted([*here.glob("*.otf"), *here.glob("*.ttf")]):
        if path.name != "SymbolSupplement.ttf":
            there |= set(TTFont(path, lazy=True).getBestCmap())
    wanted = sorted(code for code in codes if code not in there and code not in SELECTORS)

    glyphs, widths, cmap = {}, {}, {}

    def add(code, parts, width):
        name = f"u{code:04X}" if code else ".notdef"
        pen = TTGlyphPen(None)
        curves = Cu2QuPen(pen, 1.0, reverse_direction=True)
        for glyph, size, (x, y) in parts:
            drawn[glyph].draw(TransformPen(curves, (size, 0, 0, size, x, y)))
        glyphs[name], widths[name] = pen.glyph(), (width, 0)
        if code:
            cmap[code] = name

    add(0, [(codes[ord("□")], 1, (0, 0))], 1000)
    for code in wanted:
        # a tick takes the room of a character, as the box does
        shift = (1000 - drawn[codes[code]].width) / 2 if chr(code) == "✓" else 0
        add(code, [(codes[code], 1, (shift, 0))], 1000 if shift else drawn[codes[code]].width)
    for mark, parts in MARKS.items():
        placed = [
            (codes[ord(it)], size, (x - size * MIDDLE[it][0], y - size * MIDDLE[it][1])) for it, size, (x, y) in parts
        ]
        add(ord(mark), placed, 1000)
    for code in SELECTORS:
        add(code, [], 0)

    font = FontBuilder(1000, isTTF=True)
    font.updateHead(created=0, modified=0)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap(cmap)
    font.setupGlyf(glyphs)
    table = font.font["glyf"]
    font.setupHorizontalMetrics({name: (width, getattr(table[name], "xMin", 0)) for name, (width, _) in widths.items()})
    font.setupHorizontalHeader(ascent=880, descent=-120)
    font.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=1160, usWinDescent=288, achVendID="BNWN")
    font.setupPost()
    licence = "This Font Software is licensed under the SIL Open Font License, Version 1.1"
    font.setupNameTable({
        "copyright": "© 2014-2021 Adobe (http://www.adobe.com/)", "familyName": NAME, "styleName": "Regular",
        "uniqueFontIdentifier": NAME + ", from Noto Serif SC", "fullName": NAME, "version": "Version 1.0",
        "psName": "BanwenSymbolSupplement", "licenseDescription": licence, "licenseInfoURL": "http://scripts.sil.org/OFL",
    }, mac=False)
    font.font.recalcTimestamp = False
    font.save(here / "SymbolSupplement.ttf")
    print(len(cmap), "characters")


main(*sys.argv[1:])
