# Makes the papers of this folder as strangers make them: by python-docx with direct formatting, and by LibreOffice.
# Usage: python make.py FONTS (needs python-docx and soffice; FONTS is the repository's fonts/). The tests read the results only.
import os, pathlib, re, subprocess, sys, tempfile, zipfile
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as AT, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

HERE = pathlib.Path(__file__).parent
FANG, KAI, HEI, XBS, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
ROW, CHARACTER, RED = Pt(28.95), Pt(15.8), RGBColor(255, 0, 0)

def run(paragraph, text, face=FANG, points=16, red=False):
    made = paragraph.add_run(text)
    made.font.size, made.font.name = Pt(points), "Times New Roman" if face != SONG else SONG
    made._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    if red:
        made.font.color.rgb = RED
    return made

def row(paper, text="", face=FANG, points=16, at=AT.JUSTIFY, first=2, left=0, right=0, before=0, line=None, red=False):
    paragraph = paper.add_paragraph()
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, line or ROW
    shape.space_before, shape.space_after, paragraph.alignment = before, Pt(0), at
    size = CHARACTER if points == 16 else Pt(points)
    shape.first_line_indent, shape.left_indent, shape.right_indent = int(size * first), int(size * left), int(size * right)
    for part in text.split("\n") if text else []:
        if paragraph.runs:
            paragraph.runs[-1].add_break()
        run(paragraph, part, face, points, red)
    return paragraph

def border(paragraph, side, kind, eighths, space, colour):
    xml = f'<w:pBdr {nsdecls("w")}><w:{side} w:val="{kind}" w:sz="{eighths}" w:space="{space}" w:color="{colour}"/></w:pBdr>'
    paragraph._element.get_or_add_pPr().insert_element_before(parse_xml(xml), "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")

def field(paragraph):
    run(paragraph, "— ", SONG, 14)
    for kind, text in (("begin", None), (None, " PAGE "), ("separate", None), (None, "1"), ("end", None)):
        made = run(paragraph, "", SONG, 14)._element
        if kind:
            made.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
        else:
            name = "w:instrText" if "PAGE" in text else "w:t"
            made.append(parse_xml(f'<{name} {nsdecls("w")} xml:space="preserve">{text}</{name}>'))
    run(paragraph, " —", SONG, 14)

def paper():
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    section.footer_distance = Mm(25.5)
    grid = section._sectPr.find(qn("w:docGrid"))
    for name, value in (("w:type", "linesAndChars"), ("w:linePitch", "579"), ("w:charSpace", "-848")):
        grid.set(qn(name), value)
    made.settings.odd_and_even_pages_header_footer = True
    for foot, at in ((section.footer, AT.RIGHT), (section.even_page_footer, AT.LEFT)):
        foot.is_linked_to_previous = False
        paragraph = foot.paragraphs[0]
        paragraph.alignment = at
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        field(paragraph)
    return made

def imprint(made, rows):
    table = made.add_table(len(rows), 1)
    borders = "".join(f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>' for side, size in (("top", 8), ("bottom", 8), ("insideH", 6)))
    table._element.tblPr.append(parse_xml(f'<w:tblBorders {nsdecls("w")}>{borders}</w:tblBorders>'))
    for cell, text in zip(table.column_cells(0), rows):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.left_indent = Pt(14)
        run(paragraph, text, FANG, 14)

def save(made, name):
    path = HERE / name
    made.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {it: old.read(it) for it in old.namelist() if not any(part in it for part in ("thumbnail", "customXml", "stylesWithEffects", "theme/"))}
    parts["_rels/.rels"] = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", parts["_rels/.rels"])
    for name in ("word/_rels/document.xml.rels", "[Content_Types].xml"):
        parts[name] = re.sub(rb"<(?:Relationship|Override) [^>]*(?:customXml|stylesWithEffects|theme)[^>]*/>", b"", parts[name])
    # the template's unused styles are most of the file
    used = (b'"TableNormal"', b'"TableGrid"', b'"Normal"', b'"Header"', b'"Footer"')
    kept = lambda found: found.group() if any(name in found.group().split(b">")[0] for name in used) else b""
    styles = re.sub(rb"<w:style .*?</w:style>", kept, parts["word/styles.xml"], flags=re.S)
    parts["word/styles.xml"] = re.sub(rb"<w:latentStyles.*?</w:latentStyles>", b"", styles, flags=re.S)
    parts["word/numbering.xml"] = re.sub(rb"<w:(abstractNum|num) .*?</w:\1>", b"", parts["word/numbering.xml"], flags=re.S)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for it, data in parts.items():
            new.writestr(zipfile.ZipInfo(it), data, zipfile.ZIP_DEFLATED)

def notice():
    made = paper()
    row(made, "香泉镇人民政府文件", XBS, 46, AT.CENTER, 0, before=Mm(33), line=Pt(56), red=True)
    border(row(made, "香政发〔2023〕12号", at=AT.CENTER, first=0, before=2 * ROW), "bottom", "single", 12, 11, "FF0000")
    row(made, "香泉镇人民政府\n关于做好2023年秋季森林防火工作的通知", XBS, 22, AT.CENTER, 0, before=2 * ROW, line=Pt(33))
    row(made, "各村（居）民委员会，镇直各单位：", first=0, before=ROW)
    row(made, "入秋以来，全镇降水偏少，林区可燃物增多，森林火险等级持续偏高。为做好今年秋季森林防火工作，根据《香城县森林防火办法》（香政〔2019〕7号），现将有关事项通知如下：")
    row(made, "一、压实责任", HEI)
    row(made, "（一）明确分工", KAI)
    row(made, "各村对本辖区森林防火负总责，村民小组长和护林员分片包干，责任到人、到山头、到地块。")
    row(made, "1.每日巡查不少于两次，并做好记录。")
    row(made, "2.发现火情立即报告，不得自行组织扑救。")
    row(made, "（二）严格管控", KAI)
    row(made, "10月1日至12月31日为防火期，禁止一切野外用火。")
    row(made, "二、强化保障", HEI)
    row(made, "镇财政安排专项经费，补充风力灭火机、防护服等器材。各村于9月30日前完成防火通道清理。")
    row(made, "附件：1. 各村责任区划分表", first=2, before=ROW)
    row(made, "2. 值班安排", first=5)
    row(made, "香泉镇人民政府", at=AT.RIGHT, first=0, right=3.75, before=2 * ROW)
    row(made, "2023年9月8日", at=AT.RIGHT, first=0, right=4)
    row(made, "（此件公开发布）")
    for number, title, text in ((1, "各村责任区划分表", "东山村负责东山林场及周边山头，西岭村负责西岭一线。"), (2, "值班安排", "防火期内实行24小时值班，值班电话另行公布。")):
        label = row(made, f"附件{number}", HEI, first=0)
        label.paragraph_format.page_break_before = True
        row(made, title, XBS, 22, AT.CENTER, 0, before=ROW, line=Pt(33))
        row(made, text, before=ROW)
    row(made)
    imprint(made, ["抄送：县应急管理局，县林业局，镇党委各部门。", "香泉镇党政综合办公室　　　　　　　2023年9月8日印发"])
    save(made, "通知.docx")

def letter():
    made = paper()
    section = made.sections[0]
    section.different_first_page_header_footer = True
    section.header_distance = Mm(27)
    section.first_page_header.is_linked_to_previous = section.first_page_footer.is_linked_to_previous = False
    head, foot = section.first_page_header.paragraphs[0], section.first_page_footer.paragraphs[0]
    head.alignment = AT.CENTER
    run(head, "香泉镇人民政府", XBS, 44, True)
    border(head, "bottom", "thickThinSmallGap", 24, 11, "FF0000")
    border(foot, "bottom", "thinThickSmallGap", 24, 0, "FF0000")
    row(made, "香政函〔2023〕3号", at=AT.RIGHT, first=0)
    row(made, "香泉镇人民政府\n关于商请协助清理河道的函", XBS, 22, AT.CENTER, 0, before=2 * ROW, line=Pt(33))
    row(made, "县水务局：", first=0, before=ROW)
    row(made, "香泉河镇区段淤积严重，影响行洪安全。为在汛期前完成清理，商请贵局派技术人员到场指导。")
    row(made, "请予支持。")
    row(made, "香泉镇人民政府", at=AT.RIGHT, first=0, right=3.5, before=2 * ROW)
    row(made, "2023年4月10日", at=AT.RIGHT, first=0, right=4)
    row(made, "（联系人：赵一鸣，电话：0550-0000000）")
    row(made, "抄送：县应急管理局。", points=14, first=1, before=3 * ROW)
    save(made, "函.docx")

def command():
    made = paper()
    row(made, "香城县人民政府令", XBS, 46, AT.CENTER, 0, before=Mm(18), line=Pt(56), red=True)
    row(made, "第3号", at=AT.CENTER, first=0, before=2 * ROW)
    row(made, "《香城县古树名木保护办法》已经2023年5月6日县政府第8次常务会议通过，现予公布，自2023年7月1日起施行。", before=2 * ROW)
    row(made, "县长　李一川", KAI, at=AT.RIGHT, first=0, right=4, before=2 * ROW)
    row(made, "2023年5月20日", at=AT.RIGHT, first=0, right=4, before=ROW)
    imprint(made, ["抄送：县委办公室。", "香城县人民政府办公室　　　　　　　2023年5月22日印发"])
    save(made, "令.docx")

def minutes():
    made = paper()
    row(made, "香泉镇镇长办公会议纪要", XBS, 40, AT.CENTER, 0, before=Mm(33), line=Pt(50), red=True)
    border(row(made, "〔2023〕5号", at=AT.CENTER, first=0, before=2 * ROW), "bottom", "single", 12, 11, "FF0000")
    row(made, "关于研究集镇供水工作的会议纪要", XBS, 22, AT.CENTER, 0, before=2 * ROW, line=Pt(33))
    row(made, "6月2日，镇长主持召开会议，研究集镇供水工作。会议认为，老旧管网漏损严重，应当抓紧改造。", before=ROW)
    row(made, "会议议定，由镇建设办牵头，于8月底前完成改造。")
    row(made, "出席：赵一鸣、钱二", before=ROW)
    imprint(made, ["分送：镇党政班子成员，镇直各单位。", "香泉镇党政综合办公室　　　　　　　2023年6月5日印发"])
    save(made, "纪要.docx")

def announcement():
    made = paper()
    row(made, "关于拟评定先进集体的公示", XBS, 22, AT.CENTER, 0, before=ROW, line=Pt(33))
    row(made, "经推荐和审核，拟评定东山村等3个集体为先进集体，现予公示。公示期自2023年3月1日至2023年3月7日。", before=ROW)
    row(made, "如有异议，请在公示期内向镇党政综合办公室反映。")
    row(made, "香泉镇党政综合办公室", at=AT.RIGHT, first=0, right=2, before=ROW)
    row(made, "2023年3月1日", at=AT.LEFT, first=0, left=18)
    save(made, "公示.docx")

def sheet():
    made = paper()
    section = made.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    row(made, "2023年度先进集体汇总表", XBS, 22, AT.CENTER, 0, line=Pt(33))
    table = made.add_table(3, 3, "Table Grid")
    for cell, text in zip((cell for line in table.rows for cell in line.cells), "序号 名称 得分 1 东山村 98.50 2 西岭村 97.25".split()):
        run(cell.paragraphs[0], text, FANG, 12)
    save(made, "汇总表.docx")

def office(fonts):
    """An upward paper written in LibreOffice: as a Word file with an office's faces, and as a PDF with free ones."""
    source = (HERE / "请示.fodt").read_text()
    free = {XBS: "Noto Serif CJK SC", FANG: "FandolFang", KAI: "FandolKai", HEI: "Noto Sans SC", SONG: "Noto Serif SC"}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "fonts.conf").write_text(f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{fonts}</dir><cachedir>{folder}/cache</cachedir></fontconfig>')
        environment = dict(os.environ, FONTCONFIG_FILE=str(folder / "fonts.conf"), HOME=str(folder), SOURCE_DATE_EPOCH="1700000000")
        (folder / "请示.fodt").write_text(source)
        for mine, other in free.items():
            source = source.replace(mine, other)
        (folder / "请示 (2).fodt").write_text(source)
        archival = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'
        for name, kind, how in (("请示", "docx", "docx"), ("请示 (2)", "pdf", archival)):
            subprocess.run(["soffice", "--headless", "--convert-to", how, f"{name}.fodt"], cwd=folder, env=environment, check=True)
            (HERE / f"请示.{kind}").write_bytes((folder / f"{name}.{kind}").read_bytes())

for make in (notice, letter, command, minutes, announcement, sheet):
    make()
office(pathlib.Path(sys.argv[1]).resolve())
