//! What stood in a template before it was one: somebody's photograph, the first page's picture, words that were taken out.

use super::*;

const IMAGE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image";
const THUMBNAIL: &str = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x0a\0\0\0\x0a";

fn drawing(id: &str, text: &str) -> String {
    format!(
        "<w:p><w:r><w:drawing><wp:inline><wp:docPr id=\"1\" name=\"图\" descr=\"{text}\"/><a:blip r:embed=\"{id}\"/></wp:inline></w:drawing></w:r></w:p>"
    )
}

/// The parts of a paper made from a template with these drawings, whose pictures are related by these ids.
fn parts(drawings: &str, ids: [&str; 2]) -> Vec<String> {
    let mut package = package(drawings);
    for (n, id) in ids.into_iter().enumerate() {
        let name = format!("word/media/image{n}.png");
        package.add(&name, "image/png", PNG.to_vec()).unwrap();
        assert_eq!(package.relate("word/document.xml", IMAGE, &format!("media/image{n}.png")).unwrap(), id);
    }
    package.add("docProps/thumbnail.jpeg", "image/jpeg", vec![0xFF, 0xD8]).unwrap();
    package.relate("", THUMBNAIL, "docProps/thumbnail.jpeg").unwrap();
    let template = WordTemplate::read("试", "试.docx", FRONT, &package.write().unwrap()).unwrap();
    let filled = template.fill(&data(json!({ "照片": "照" })), &|_| Some(PNG.to_vec())).unwrap();
    let out = Package::read(&filled.word().unwrap()).unwrap();
    let types = String::from_utf8(out.part("[Content_Types].xml").unwrap().to_vec()).unwrap();
    let named = |name: &str| out.part(name).is_some() || !types.contains(name);
    assert!(["/docProps/thumbnail.jpeg", "/word/media/image0.png"].iter().all(|it| named(&it[1..])), "{types}");
    let kept = out.names().filter(|name| name.contains("image") || name.contains("thumbnail"));
    kept.map(str::to_owned).collect()
}

#[test]
fn the_picture_that_stood_there_does_not_travel() {
    let ids = ["rId1", "rId2"];
    let both = [drawing("rId1", "{{ 照片 }}"), drawing("rId2", "国徽")].concat();
    assert_eq!(parts(&both, ids), ["word/media/image1.png"], "what is no tag stays");
    let shared = [drawing("rId1", "{{ 照片 }}"), drawing("rId1", "国徽")].concat();
    assert_eq!(parts(&shared, ids), ["word/media/image0.png", "word/media/image1.png"], "it is shown elsewhere, too");
}

#[test]
fn what_was_taken_out_or_put_in_under_correction_is_refused() {
    let refused = |xml: &str| read(xml).map(|_| ()).unwrap_err()[0].to_string();
    for xml in [
        "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:delText>李四</w:delText></w:r></w:del></w:p>",
        "<w:p><w:ins><w:r><w:t>{{ 甲 }}</w:t></w:r></w:ins></w:p>",
        "<w:p><w:pPr><w:pPrChange w:id=\"1\"><w:pPr/></w:pPrChange></w:pPr></w:p>",
    ] {
        let said = refused(xml);
        assert!(said.contains("tracked changes (修订)") && said.contains("接受所有修订"), "{said}");
    }
}
