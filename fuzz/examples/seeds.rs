//! Writes what each target begins with into `corpus/`: forms of our own, and the small files of the tests.

use banwen_fuzz::*;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = std::env::args().nth(1).map_or_else(|| root.join("corpus"), Into::into);
    let put = |target: &str, name: &str, bytes: &[u8]| {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)
    };
    let kept = |path: &str| std::fs::read(root.join("..").join(path));
    let failed = |error: spool::forms::FormError| std::io::Error::other(error.to_string());
    let (workbook, word) =
        (spool::forms::write(&form()).map_err(failed)?, spool::forms::write_word(&form()).map_err(failed)?);
    let (xls, ods) = (kept("tests/data/forms/form.xls")?, kept("tests/data/forms/form.ods")?);
    let (list_xls, list_ods) = (kept("tests/data/forms/list.xls")?, kept("tests/data/forms/list.ods")?);
    put("workbook", "form", &unpacked(&workbook))?;
    put("word_form", "form", &unpacked(&word))?;
    put("opendocument", "form", &unpacked(&ods))?;
    put("opendocument", "list", &unpacked(&list_ods))?;
    put("old_workbook", "form", &xls)?;
    put("old_workbook", "list", &list_xls)?;
    let yaml = "banwen: { what: task, office: zb1, about: 七一表彰, task: 7, revision: 1 }\n填表人: 张三\nrows:\n  - { 姓名: 李四, 比例: 5 }\n";
    let json = r#"{"banwen":{"what":"task","office":"zb1","about":"a"},"填表人":"张三","rows":[{"姓名":"李四"}]}"#;
    let csv = "推荐对象名单\n姓名,身份证号,入党时间\n张三,110105194912310021,2001.1\n\"李\n四\",,\n";
    for (name, text) in [("a.yaml", yaml), ("a.json", json), ("a.csv", csv)] {
        put("text", name, text.as_bytes())?;
        let wide: Vec<u8> = [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        put("text", &format!("{name}.utf16"), &wide)?;
        put("drop", name, text.as_bytes())?;
    }
    put("text", "gbk", b"\xD0\xD5\xC3\xFB,\xB1\xB8\xD7\xA2\n\xD5\xC5\xC8\xFD,1\n")?;
    put("definition", "a", &kept("workflows/荣誉.yaml")?)?;
    let zip = packed(b"\0a.yaml\nbanwen: {}\0\xE9\x99\x84/b.txt\nmark\0c.docx\nPK");
    put("zipped", "a", &zip)?;
    for (name, bytes) in
        [("a.xlsx", &workbook), ("a.docx", &word), ("a.xls", &list_xls), ("a.ods", &list_ods), ("a.zip", &zip)]
    {
        put("drop", name, bytes)?;
    }
    let png = kept("tests/scenarios/附件泄密/溪边.png")?;
    put("picture", "a.png", &png)?;
    put(
        "picture",
        "a.jpg",
        b"\xFF\xD8\xFF\xE1\0\x10Exif\0\0II*\0\x08\0\0\0\0\0\xFF\xC0\0\x0B\x08\0\x10\0\x10\x01\x01\x11\0\xFF\xDA\0\x02",
    )?;
    put(
        "picture",
        "a.tif",
        b"II*\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x10\0\0\0\x01\x01\x03\0\x01\0\0\0\x10\0\0\0\0\0\0\0",
    )?;
    put("picture", "a.jp2", b"\0\0\0\x0CjP  \r\n\x87\n\0\0\0\x20uuidJpgTiffExif->JP2II*\0\x08\0\0\0\0\0\0\0jp2cx")?;
    put("pdf", "a", PDF)?;
    for (name, object) in IN_PDFS {
        put("pdf", name, &[PDF, object].concat())?;
    }
    put("drop", "a.rtf", b"{\\rtf1 {\\object{\\*\\objdata 0105}}{\\*\\template http://a}}")?;
    put("drop", "a.pdf", PDF)?;
    put("private", "a", "电话138-1234-5678，（0716）5123457，11010519491231002X <b>&#49;</b> a@b.cn".as_bytes())
}

/// Objects that a PDF may bring along; they come after its end, where readers that mend a file find them.
const IN_PDFS: [(&str, &[u8]); 5] = [
    ("script", b"\n9 0 obj\n<< /S /JavaScript /JS (app.alert) >>\nendobj\n"),
    ("launch", b"\n9 0 obj\n<< /Type /Annot /A << /S /Launch /F (a.exe) >> >>\nendobj\n"),
    ("program", b"\n9 0 obj\n<< /Type /EmbeddedFile /Length 4 >>\nstream\nMZ..\nendstream\nendobj\n"),
    ("picture", b"\n9 0 obj\n<< /Subtype /Image /Filter [/ASCIIHexDecode /DCTDecode] /Length 9 >>\nstream\nFFD8FFDA>\nendstream\nendobj\n"),
    ("locked", b"\n9 0 obj\n<< /Filter /Standard /V 1 /R 2 /O (a) /U (b) /P -4 >>\nendobj\ntrailer\n<< /Root 1 0 R /Encrypt 9 0 R >>\n"),
];
/// A page with a row of text, an annotation and the properties of the file.
const PDF: &[u8] = b"%PDF-1.7
1 0 obj
<< /Type /Catalog /Pages 2 0 R /Names 5 0 R >>
endobj
2 0 obj
<< /Type /Pages /Kids [3 0 R] /Count 1 >>
endobj
3 0 obj
<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>
endobj
4 0 obj
<< /Length 75 >>
stream
q BT /F1 12 Tf 90 700 Td (secret 13812345671) Tj ET 10 10 m 90 10 l S Q   \n
endstream
endobj
5 0 obj
<< /Author (a) /Title <FEFF0031> /Annots [<< /Type /Annot /Contents (b) >>] >>
endobj
xref
0 6
0000000000 65535 f 
trailer
<< /Size 6 /Root 1 0 R /Info 5 0 R >>
startxref
600
%%EOF
";
