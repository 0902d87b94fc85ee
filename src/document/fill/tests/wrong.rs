//! What is wrong is said all at once, each with its tag, its words and the way out.

use super::*;

/// Kind, place, message and hint of every problem.
fn told(body: &str) -> Vec<String> {
    read(body).unwrap_err().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn one(body: &str, parts: &[&str]) {
    let told = told(body);
    assert_eq!(told.len(), 1, "{told:#?}");
    for part in parts {
        assert!(told[0].contains(part), "{part}: {told:#?}");
    }
}

#[test]
fn every_problem_is_reported_at_once() {
    let body = [
        p("公示期自{{ 开始|date_cn 起"),
        p("共}}人"),
        p("｛｛ 名单 ｝｝"),
        p("{{ 开始|date_on }}"),
        p("{{ 甲 ＋ 乙 }}"),
        p("{% form x in y %}"),
        p("{% for x in y %}甲"),
        p("{% macro a() %}"),
        p("甲{% endif %}"),
        p("{{ a b }}"),
        p("{{ 数|merge_down }}"),
        p("{% set x %}"),
    ];
    let told = told(&body.concat());
    assert_eq!(told.len(), body.len(), "{told:#?}");
    let expected = [
        "templates/试.docx 【正文】公示期自{{ 开始|date_cn 起:1:1: error: `{{ 开始|date_cn 起`: the tag is not closed by `}}`",
        "【正文】共}}人:2:1: error: `}}`: this closes a tag that was not opened",
        "full-width braces",
        "there is no filter `date_on` [word-template-tag]\n  hint: did you mean `date_cn`?",
        "the full-width `＋` stands inside the tag [word-template-tag]\n  hint: write the half-width `+`",
        "there is no statement `form` in a Word template [word-template-tag]\n  hint: did you mean `for`?",
        "no `{% endfor %}` follows",
        "there is no statement `macro`",
        "nothing was begun",
        "`{{ a b }}`",
        "outside a table's cell",
        "there is no statement `set`",
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn quotes_that_word_made_round_are_taken() {
    for tag in [
        "{{ x|default(“无”) }}",
        "{{ x|default(‘无’) }}",
        "{{ x|default(”无”) }}",
        "{{\u{A0}x|default(\"无\")\u{3000}}}",
    ] {
        assert_eq!(lines(&p(tag), json!({})), ["无"], "{tag}");
    }
    assert_eq!(lines(&p("{{ x|default(\"“先进”（甲）}}\") }}"), json!({})), ["“先进”（甲）}}"]);
}

#[test]
fn a_loop_that_crosses_is_named_with_both_its_places() {
    one(
        &table(&[&["{% for x in y %}{{ x }}", "乙{% endfor %}"]]),
        &["begins in one place", "“乙{% endfor %}”", "each alone in a row"],
    );
    one(&[p("甲{% if x %}"), p("乙{% endif %}")].concat(), &["`{% if x %}`", "“乙{% endif %}”"]);
    one(&[p("{% for x in y %}"), table(&[&["{{ x }}"], &["{% endfor %}"]])].concat(), &["“{% endfor %}”"]);
    one(&table(&[&["{% for x in y %}", "甲"], &["{{ x }}", "乙"], &["{% endfor %}", ""]]), &["{% for x in y %}"]);
    let link =
        "<w:p><w:hyperlink><w:r><w:t>{% if x %}甲</w:t></w:r></w:hyperlink><w:r><w:t>乙{% endif %}</w:t></w:r></w:p>";
    one(link, &["begins in one place"]);
    let section = "<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>{% for x in y %}</w:t></w:r></w:p>";
    one(&format!("{section}{}", p("{% endfor %}")), &["begins in one place"]);
}

#[test]
fn crossed_ends_of_two_kinds_are_both_told() {
    let told = told(&[p("{% for x in y %}"), p("{% if x %}"), p("{% endfor %}"), p("{% endif %}")].concat());
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].contains("no `{% endif %}` follows") && told[1].contains("nothing was begun"), "{told:#?}");
}

#[test]
fn everything_without_a_value_is_told_at_once() {
    let body = [
        p("自{{ 开始日起 }}始"),
        p("{% for x in 名单 %}"),
        p("{{ x.年龄 }}"),
        p("{% endfor %}"),
        p("{% if 缺 %}"),
        p("有"),
        p("{% endif %}"),
        p("{{ 数|rmb }}"),
    ];
    let template = read(&body.concat()).unwrap();
    let data = data(json!({ "开始日期": "2022-06-02", "名单": [{ "年龄": 1 }, { "年令": 2 }], "数": "x" }));
    let error = template.fill(&data, &|_| None).unwrap_err();
    let told = error.sentences();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert_eq!(told[0], "Word模板正文“自{{ 开始日起 }}始”中的“{{ 开始日起 }}”没有内容，是否应为“开始日期”，请先补齐。");
    assert_eq!(
        told[1],
        "Word模板正文“{{ x.年龄 }}”中的“{{ x.年龄 }}”（名单[2].年龄）没有内容，是否应为“年令”，请先补齐。"
    );
    let english = error.diagnostics("试.docx");
    assert!(
        english[1].contains("`{{ x.年龄 }}`: `名单[2].年龄` has no value [word-template-tag]\n  hint: there is `年令`")
    );
    assert!(told[2].contains("{% if 缺 %}") && told[3].contains("无法计算"), "{told:#?}");
    let untitled = template.fill(&json!({ "名单": [], "开始日起": 1, "缺": 1, "数": 1 }), &|_| None).unwrap_err();
    assert_eq!(
        untitled.sentences(),
        ["模板“templates/试.md”第3行第8列的“标题”没有内容（同处可用的有名单、开始日起、缺、数），请先补齐。"]
    );
}

#[test]
fn the_text_beside_says_what_the_file_cannot_and_nothing_else() {
    let file = package(&p("甲")).write().unwrap();
    let read = |front: &str| WordTemplate::read("试", "templates/试.docx", front, &file).map(|it| it.kind().to_owned());
    assert_eq!(read("---\n文种: 公示\n标题: 题\n公开属性: 主动公开\n---\n\n"), Ok("公示".to_owned()));
    let kinds = |front: &str| read(front).unwrap_err().into_iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(kinds("---\n文种: 公示\n标题: 题\n---\n正文"), ["template-two-texts"]);
    assert_eq!(kinds("---\n文种: 公示\n标题: 题\n印章: true\n版式: 普通\n---\n").len(), 2);
    assert_eq!(kinds("---\n文种: 公示\n---\n"), ["template-element-missing"]);
}

#[test]
fn what_could_run_or_fetch_is_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Package)| {
        let mut package = package(&p("甲"));
        change(&mut package);
        let bytes = package.write().unwrap();
        WordTemplate::read("试", "试.docx", FRONT, &bytes).map(|_| ()).unwrap_err()[0].to_string()
    };
    let relate = |kind: &str, external: bool| {
        let kind = format!("{OFFICE}/{kind}");
        refused(&|package| {
            package.relate("word/document.xml", &kind, "x.bin").unwrap();
            if external {
                let name = "word/_rels/document.xml.rels";
                let text = String::from_utf8(package.part(name).unwrap().to_vec()).unwrap();
                package.put(
                    name,
                    text.replace("Target=\"x.bin\"", "Target=\"http://x/\" TargetMode=\"External\"").into_bytes(),
                );
            }
        })
    };
    assert!(refused(&|package| package.put("word/vbaProject.bin", Vec::new())).contains("macros"));
    let dotx = |package: &mut Package| {
        let types = String::from_utf8(package.part("[Content_Types].xml").unwrap().to_vec()).unwrap();
        package.put("[Content_Types].xml", types.replace("document.main+xml", "template.main+xml").into_bytes());
    };
    assert!(refused(&dotx).contains(".dotx"));
    assert!(relate("oleObject", false).contains("OLE"));
    assert!(relate("control", false).contains("ActiveX"));
    assert!(relate("aFChunk", false).contains("embedded document"));
    assert!(relate("image", true).contains("links to \"http://x/\" outside (image)"));
    assert!(relate("attachedTemplate", true).contains("attachedTemplate"));
    let field = |code: &str| format!("<w:document {SPACES}><w:body><w:p>{code}</w:p></w:body></w:document>");
    for code in [
        "<w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\x</w:instrText></w:r>",
        "<w:fldSimple w:instr=\" includetext x\"/>",
    ] {
        let xml = field(code);
        let said = refused(&|package| package.put("word/document.xml", xml.clone().into_bytes()));
        assert!(said.contains("it holds the field"), "{said}");
    }
    let elsewhere = field("<w:r><w:instrText>INCLUDEPICTURE \"http://x/\"</w:instrText></w:r>");
    for name in ["doc/document.xml", "doc/body"] {
        let said = refused(&|package| package.put(name, elsewhere.clone().into_bytes()));
        assert!(said.contains("INCLUDEPICTURE"), "{name}: {said}");
    }
    // in another encoding, under whatever name: no field is looked for in vain
    for big in [true, false] {
        let units = "\u{FEFF}".chars().filter(|_| big).chain(elsewhere.chars());
        let units: Vec<u16> = units.collect::<String>().encode_utf16().collect();
        let bytes = units.iter().flat_map(|it| if big { it.to_be_bytes() } else { it.to_le_bytes() });
        let bytes: Vec<u8> = bytes.collect();
        for name in ["word/footer9", "word/footer9.xml", "word/media/image1.png"] {
            let said = refused(&|package| package.put(name, bytes.clone()));
            assert!(said.contains(name) && said.contains("UTF-16"), "{name}: {said}");
        }
    }
    // what the list of content types calls XML is read as such
    let typed = refused(&|package| package.add("word/footer9", "application/x+xml", b"\x01\x02".to_vec()).unwrap());
    assert!(typed.contains("word/footer9"), "{typed}");
    let capitals = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"a\" Type=\"x/attachedTemplate\" Target=\"http://x/\" TargetMode=\"External\"/></Relationships>";
    let said = refused(&|package| package.put("word/_rels/settings.xml.RELS", capitals.as_bytes().to_vec()));
    assert!(said.contains("attachedTemplate"), "{said}");
    let deep = format!("<w:document {SPACES}>{}", "<w:p>".repeat(300));
    assert!(refused(&|package| package.put("word/document.xml", deep.clone().into_bytes())).contains("nested deeper"));
    let other = refused(&|package| package.put("word/document.xml", b"<ns0:document/>".to_vec()));
    assert!(other.contains("<ns0:document>"), "{other}");
}

#[test]
fn a_link_to_click_on_is_no_danger() {
    let mut package = package("<w:p><w:hyperlink r:id=\"rId1\"><w:r><w:t>{{ 标题 }}</w:t></w:r></w:hyperlink></w:p>");
    let rels = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/hyperlink\" Target=\"http://x/\" TargetMode=\"External\"/></Relationships>"
    );
    package.put("word/_rels/document.xml.rels", rels.into_bytes());
    assert!(WordTemplate::read("试", "试.docx", FRONT, &package.write().unwrap()).is_ok());
}

#[test]
fn files_that_are_none_are_refused() {
    let said = |bytes: &[u8]| WordTemplate::read("试", "试.docx", FRONT, bytes).map(|_| ()).unwrap_err()[0].to_string();
    let compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(said(&compound).contains("old .doc"));
    assert!(said(&[&compound[..], &name].concat()).contains("encrypted"));
    assert!(said(b"x").contains("cannot be read"));
    assert!(said(&vec![0; TEMPLATE_BYTES_MAX + 1]).contains("at most"));
}

#[test]
fn every_member_that_cannot_be_reckoned_is_named_and_pictures_with_the_rest() {
    let picture = |text: &str| {
        format!(
            "<w:p><w:r><w:drawing><wp:inline><wp:docPr id=\"1\" name=\"图\" descr=\"{text}\"/></wp:inline></w:drawing></w:r></w:p>"
        )
    };
    let body = [
        p("{% for x in items %}"),
        p("{{ x.姓名 }}：{{ x.金|rmb }}"),
        picture("{{ x.照 }}"),
        p("{% endfor %}"),
        picture("{{ 章 }}"),
        p("{{ 电话 }}"),
    ];
    let template = read(&body.concat()).unwrap();
    let who = |name: &str, amount: Json, photo: &str| json!({ "姓名": name, "金": amount, "照": photo });
    let items = [
        who("甲", json!("abc"), "好"),
        who("乙", json!(12), "缺"),
        who("丙", json!("1.234"), "文"),
        who("丁", Json::Null, "缺"),
    ];
    let pictures = |value: &str| (value == "文").then(|| b"%PDF".to_vec()).or((value == "好").then(png));
    let error = template.fill(&data(json!({ "items": items, "章": "无" })), &pictures).unwrap_err();
    let told = error.diagnostics("试.docx");
    let expected = [
        "`{{ x.金|rmb }}`: `items[4].金` has no value",
        "`{{ x.金|rmb }}`: `items[1].金`: abc is not an amount of money",
        "`{{ x.金|rmb }}`: `items[3].金`: 1.234 is not an amount of money",
        "`{{ x.照 }}`: `items[2].照`: there is no file \"缺\"",
        "`{{ x.照 }}`: `items[4].照`: there is no file \"缺\"",
        "`{{ x.照 }}`: `items[3].照`: \"文\" is no picture in PNG or JPEG",
        "试.docx 【正文】{{ 章 }}:5:1: error: `{{ 章 }}`: there is no file \"无\"",
        "`{{ 电话 }}`: `电话` has no value",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for part in expected {
        assert!(told.iter().any(|it| it.contains(part)), "{part}: {told:#?}");
    }
    let sentences = error.sentences();
    for part in [
        "“{{ x.金|rmb }}”（items[3].金）无法计算，应为金额数字",
        "“{{ x.照 }}”（items[2].照）要放的图片“缺”没有找到，请补上。",
        "“{{ x.照 }}”（items[3].照）要放的图片“文”无法放入，请提供PNG或JPEG格式的图片。",
    ] {
        assert!(sentences.iter().any(|it| it.contains(part)), "{part}: {sentences:#?}");
    }
}

/// The head of a picture.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend([0, 0, 0, 9, 0, 0, 0, 9]);
    bytes
}

#[test]
fn a_tag_missed_by_a_brace_is_told_and_ordinary_braces_are_not() {
    let body = [
        p("{{ 标题 }}"),
        p("{ { 标题 } }"),
        p("单位：{标题}，{名}"),
        p("{{标题}}}"),
        p("«姓名»"),
        p("[[x.姓名|upper]] {x}"),
        p("{ % if 标题 % }"),
        p("｛标题｝"),
        p("{% for x in 名单 %}{{ x }}{x}{% endfor %}"),
    ];
    let told = told(&body.concat());
    let expected = [
        "试.docx 【正文】{ { 标题 } }:2:1: error: `{ { 标题 } }`: this is no tag",
        "`{标题}`: this is no tag, it would stand in the paper as it is written [word-template-tag]\n  hint: write `{{ 标题 }}`; where the marks themselves are meant, write `{{ \"{标题}\" }}`",
        "`{{标题}}}`: this is no tag, it would stand in the paper as it is written [word-template-tag]\n  hint: write `{{标题}}`",
        "write `{{ 姓名 }}`",
        "write `{{ x.姓名|upper }}`",
        "write `{% if 标题 % }`".trim_end_matches(" % }`"),
        "`｛标题｝`",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.contains(expected), "{expected}: {told}");
    }
    let ordinary = "集合{a, b}与{甲}、{ {a}, {b} }中的“{{ \"{标题}\" }}”，《标题》，{ {{ 标题 }} }，{ {{ 标题 }}}，[1]、« 标 题 »、{1}";
    let out = "集合{a, b}与{甲}、{ {a}, {b} }中的“{标题}”，《标题》，{ 题 }，{ 题}，[1]、« 标 题 »、{1}";
    assert_eq!(lines(&p(ordinary), json!({})), [out]);
    // what was deployed once goes on
    assert!(WordTemplate::kept("试", FRONT, &package(&p("{标题}")).write().unwrap()).is_ok());
}
