//! Word templates: tags however Word cut them, loops over everything, and what is said of those that are wrong.

use super::*;
use crate::ooxml::order;
use serde_json::json;

mod explained;
mod files;
mod left;
mod nasty;
mod wrong;

const FRONT: &str = "---\n文种: 公示\n标题: {{ 标题 }}\n---\n";
const MAIN: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
    xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" \
    xmlns:v=\"urn:schemas-microsoft-com:vml\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

/// A package of a body.
fn package(body: &str) -> Package {
    let mut package = Package::new();
    let document = format!("<w:document {SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>");
    package.add("word/document.xml", MAIN, document.into_bytes()).unwrap();
    package.relate("", &format!("{OFFICE}/officeDocument"), "word/document.xml").unwrap();
    package
}

/// Another part of it.
fn part(package: &mut Package, kind: &str, xml: &str) {
    let target = format!("{kind}1.xml");
    package.add(&format!("word/{target}"), &format!("x/{kind}+xml"), xml.as_bytes().to_vec()).unwrap();
    package.relate("word/document.xml", &format!("{OFFICE}/{kind}"), &target).unwrap();
}

fn read(body: &str) -> Result<WordTemplate, Vec<Diagnostic>> {
    WordTemplate::read("试", "templates/试.docx", FRONT, &package(body).write().unwrap())
}

fn data(more: Json) -> Json {
    let mut all = json!({ "标题": "题" });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn filled(body: &str, more: Json) -> Filled {
    let template = read(body).unwrap_or_else(|problems| panic!("{problems:#?}"));
    template.fill(&data(more), &|_| None).unwrap_or_else(|error| panic!("{error}"))
}

/// The lines that come out.
fn lines(body: &str, more: Json) -> Vec<String> {
    filled(body, more).text().lines().map(str::to_owned).collect()
}

/// The body that comes out, as XML without its root.
fn body(body: &str, more: Json) -> String {
    let filled = filled(body, more);
    let main = String::from_utf8(filled.trees[0].1.write()).unwrap();
    main.split_once("<w:body>").unwrap().1.split_once("<w:sectPr/>").unwrap().0.to_owned()
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

/// A table of rows of cells, each cell one paragraph.
fn table(rows: &[&[&str]]) -> String {
    let columns = rows.iter().map(|row| row.len()).max().unwrap();
    let grid = "<w:gridCol w:w=\"1000\"/>".repeat(columns);
    let cell = |text: &&str| format!("<w:tc><w:tcPr><w:tcW w:w=\"1000\" w:type=\"dxa\"/></w:tcPr>{}</w:tc>", p(text));
    let row = |row: &&[&str]| format!("<w:tr>{}</w:tr>", row.iter().map(cell).collect::<String>());
    let rows: String = rows.iter().map(row).collect();
    format!("<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>")
}

/// Every way of cutting a text into three runs, with what Word leaves between them.
fn cuts(text: &str) -> impl Iterator<Item = String> {
    let at: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let pairs: Vec<(usize, usize)> =
        at.iter().flat_map(|a| at.iter().filter(move |b| *b > a).map(move |b| (*a, *b))).collect();
    let run = |text: &str, look: &str| format!("<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>");
    pairs.into_iter().map(move |(a, b)| {
        let between =
            "<w:proofErr w:type=\"spellStart\"/><w:bookmarkStart w:id=\"1\" w:name=\"x\"/><w:bookmarkEnd w:id=\"1\"/>";
        let pieces = [run(&text[..a], "<w:b/>"), run(&text[a..b], "<w:i/>"), run(&text[b..], "")];
        format!("<w:p>{}</w:p>", pieces.join(between))
    })
}

#[test]
fn a_tag_is_found_however_word_cut_it() {
    let mut count = 0;
    for paragraph in cuts("甲{{ 名 }}乙{{年}}丙") {
        count += 1;
        assert_eq!(lines(&paragraph, json!({ "名": "张三", "年": 2022 })), ["甲张三乙2022丙"], "{paragraph}");
    }
    assert!(count > 100);
}

#[test]
fn what_a_tag_prints_looks_as_its_first_character_did() {
    let cut = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>名：{</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>{ 名 }}。</w:t></w:r></w:p>";
    let out = body(cut, json!({ "名": "张三" }));
    assert!(out.contains("<w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">名：张三</w:t>"), "{out}");
    assert!(out.contains("<w:rPr><w:i/></w:rPr><w:t xml:space=\"preserve\">。</w:t>"), "{out}");
}

#[test]
fn a_value_stays_text_whatever_it_holds() {
    let value = "<w:p>&amp;{{ 标题 }}{% if %}\u{1}\u{B}\"'\u{FFFE}甲\n乙\t丙";
    let out = body(&p("{{ 值 }}"), json!({ "值": value }));
    assert!(out.contains("&lt;w:p&gt;&amp;amp;{{ 标题 }}{% if %}</w:t><w:br/>"), "{out}");
    assert!(out.contains("甲</w:t><w:br/><w:t xml:space=\"preserve\">乙</w:t><w:tab/>"), "{out}");
    assert_eq!(body(&p("{{ 值 }}"), json!({ "值": "a\r\nb" })).matches("<w:br/>").count(), 1);
}

#[test]
fn the_files_own_braces_and_line_feeds_are_no_tags() {
    let text = "<w:p><w:r><w:t>集合{a}，{\n</w:t></w:r></w:p>";
    assert_eq!(lines(&format!("{text}{}", p("{{ 标题 }}")), json!({})), ["集合{a}，{", "", "题"]);
}

#[test]
fn a_control_tag_alone_takes_its_paragraph_away() {
    let source = [
        p("{% for x in 名单 %}"),
        p("{% set n = loop.index %}{# 序号 #}"),
        p("{{ n }}.{{ x }}"),
        p(" {% endfor %} "),
        p("完"),
    ];
    let out = body(&source.concat(), json!({ "名单": ["甲", "乙"] }));
    assert_eq!(out.matches("<w:p>").count(), 3, "{out}");
    assert_eq!(lines(&source.concat(), json!({ "名单": ["甲", "乙"] })), ["1.甲", "2.乙", "完"]);
    assert_eq!(lines(&source.concat(), json!({ "名单": [] })), ["完"]);
}

#[test]
fn loops_and_conditions_stand_in_a_line_and_in_each_other() {
    let line = "名单：{% for x in 组 %}{% if not loop.first %}；{% endif %}{{ x.名 }}（{% for y in x.人 %}{{ y }}{% if not loop.last %}、{% endif %}{% endfor %}）{% endfor %}。";
    let value = json!({ "组": [{ "名": "一", "人": ["甲", "乙"] }, { "名": "二", "人": ["丙"] }] });
    assert_eq!(lines(&p(line), value.clone()), ["名单：一（甲、乙）；二（丙）。"]);
    for paragraph in cuts("{% if 有 %}有{% elif 空 %}空{% else %}无{% endif %}") {
        assert_eq!(lines(&paragraph, json!({ "有": false, "空": false })), ["无"], "{paragraph}");
    }
    let nested = [
        p("{% for x in 组 %}"),
        p("{{ x.名 }}"),
        p("{% for y in x.人 %}"),
        p("- {{ y }}"),
        p("{% endfor %}"),
        p("{% endfor %}"),
    ];
    assert_eq!(lines(&nested.concat(), value), ["一", "- 甲", "- 乙", "二", "- 丙"]);
}

#[test]
fn a_part_is_asked_for_where_the_whole_may_be_missing() {
    let text =
        p("{% if 审核.意见 is defined %}{{ 审核.意见 }}{% else %}无{% endif %}，{{ 审核.日期|default(“未填”) }}");
    assert_eq!(lines(&text, json!({})), ["无，未填"]);
    assert_eq!(lines(&text, json!({"审核": {"意见": "同意", "日期": "1日"}})), ["同意，1日"]);
}

#[test]
fn rows_are_repeated_and_control_rows_are_gone() {
    let source = table(&[
        &["单位", "人"],
        &["{% for x in 组 %}", ""],
        &["{{ x.名 }}", "{% for y in x.人 %}{{ y }} {% endfor %}"],
        &["{% if x.注 is defined %}", "{% set 注 = x.注 %}"],
        &["注", "{{ 注 }}"],
        &["", "{% endif %}"],
        &["{% endfor %}", ""],
        &["合计", "{{ 组|length }}"],
    ]);
    let value = json!({ "组": [{ "名": "一", "人": ["甲", "乙"] }, { "名": "二", "人": [], "注": "空" }] });
    let out = body(&source, value.clone());
    assert_eq!(out.matches("<w:tr>").count(), 5, "{out}");
    assert_eq!(lines(&source, value), ["单位", "人", "一", "甲 乙 ", "二", "注", "空", "合计", "2"]);
}

#[test]
fn columns_are_repeated_and_the_table_keeps_its_width() {
    let heading =
        "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4\"/></w:tcPr><w:p><w:r><w:t>统计表</w:t></w:r></w:p></w:tc></w:tr>";
    let source = table(&[
        &["单位", "{% for c in 列 %}", "{{ c }}", "{% endfor %}"],
        &["{% for r in 行 %}", "", "", ""],
        &["{{ r.名 }}", "{% for v in r.值 %}", "{{ v }}", "{% endfor %}"],
        &["{% endfor %}", "", "", ""],
    ])
    .replacen("<w:tr>", &format!("{heading}<w:tr>"), 1);
    let value =
        json!({ "列": ["一", "二", "三"], "行": [{ "名": "甲", "值": [1, 2, 3] }, { "名": "乙", "值": [4, 5, 6] }] });
    let out = body(&source, value.clone());
    assert_eq!(lines(&source, value), ["统计表", "单位", "一", "二", "三", "甲", "1", "2", "3", "乙", "4", "5", "6"]);
    assert_eq!(out.matches("<w:gridCol w:w=\"1000\"/>").count(), 4, "{out}");
    let six = json!({ "列": [1, 2, 3, 4, 5, 6], "行": [] });
    let out = body(&source, six);
    assert!(out.contains("<w:gridSpan w:val=\"7\"/>") && out.contains("<w:tcW w:w=\"500\" w:type=\"dxa\"/>"), "{out}");
    assert_eq!(out.matches("<w:gridCol ").count(), 7, "{out}");
    assert!(!out.contains("banwen"), "{out}");
}

#[test]
fn equal_neighbours_are_merged_within_what_is_merged_at_the_left() {
    let source = table(&[
        &["{% for x in 行 %}", "", ""],
        &["{{ x.村|merge_down }}", "{{ x.组|merge_down }}", "{{ x.人 }}"],
        &["{% endfor %}", "", ""],
    ]);
    let row = |village: &str, group: &str, who: &str| json!({ "村": village, "组": group, "人": who });
    let value = json!({ "行": [row("甲", "一", "1"), row("甲", "一", "2"), row("乙", "一", "3"), row("乙", "", "4"), row("乙", "", "5")] });
    let out = body(&source, value.clone());
    let marks: Vec<&str> = out.match_indices("<w:vMerge w:val=\"").map(|(at, it)| &out[at + it.len()..][..3]).collect();
    assert_eq!(marks, ["res", "res", "con", "con", "res", "con", "con"], "{out}");
    let mut tree = xml::parse(format!("<w:body {SPACES}>{out}</w:body>").as_bytes()).unwrap();
    assert!(order::misplaced(&tree).is_none());
    tree.visit(&mut |it| assert!(it.name != "w:tc" || it.elements().last().unwrap().name == "w:p"));
    let html = filled(&source, value).html();
    assert!(
        html.contains("<tr><td rowspan=\"2\">甲</td><td rowspan=\"2\">一</td><td>1</td></tr>\n<tr><td>2</td></tr>"),
        "{html}"
    );
}

#[test]
fn text_boxes_are_filled_in_both_their_copies() {
    let inner =
        "<w:txbxContent><w:p><w:r><w:t>{% for x in 名单 %}{{ x }}{% endfor %}</w:t></w:r></w:p></w:txbxContent>";
    let shape = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wp:anchor><wp:docPr id=\"1\" name=\"框\"/><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:rect><v:textbox>{inner}</v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    );
    let out = body(&shape, json!({ "名单": ["甲", "乙"] }));
    assert_eq!(out.matches("甲").count(), 2, "{out}");
    assert_eq!(read(&shape).unwrap().source().matches("for x in").count(), 1);
}

#[test]
fn a_content_control_holds_the_value_its_tag_names() {
    let control = "<w:p><w:r><w:t>姓名：</w:t></w:r><w:sdt><w:sdtPr><w:tag w:val=\"{{ 名 }}\"/><w:showingPlcHdr/><w:dataBinding/></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rStyle w:val=\"PlaceholderText\"/><w:b/></w:rPr><w:t>点击</w:t></w:r><w:r><w:t>此处</w:t></w:r></w:sdtContent></w:sdt></w:p><w:sdt><w:sdtPr><w:tag w:val=\"{{ 地 }}\"/></w:sdtPr><w:sdtContent><w:p><w:pPr><w:jc w:val=\"left\"/></w:pPr><w:r><w:t>地址</w:t></w:r></w:p><w:p/></w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:tag w:val=\"别的\"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>别的</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    let value = json!({ "名": "张三", "地": "香山镇" });
    let out = body(control, value.clone());
    assert_eq!(lines(control, value), ["姓名：张三", "香山镇", "别的"]);
    assert!(
        out.contains("<w:rPr><w:b/></w:rPr>") && !out.contains("w:showingPlcHdr") && out.contains("w:val=\"别的\""),
        "{out}"
    );
}

#[test]
fn headers_footers_notes_and_properties_are_filled_and_names_go_on() {
    let mut package = package(&[p("{% set 名 = 单位|upper %}"), p("{{ 名 }}")].concat());
    for (kind, root) in [("header", "w:hdr"), ("footer", "w:ftr")] {
        part(&mut package, kind, &format!("<{root} {SPACES}>{}</{root}>", p("{{ 名 }}页")));
    }
    let note = format!("<w:footnotes {SPACES}><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>", p("{% if 无 %}"));
    part(&mut package, "footnotes", &note.replace("{% if 无 %}", "见{{ 名 }}"));
    let core = "<cp:coreProperties xmlns:cp=\"x\" xmlns:dc=\"y\"><dc:title>{{ 标题 }}：{{ 名 }}</dc:title></cp:coreProperties>";
    package.add("docProps/core.xml", "x/core", core.as_bytes().to_vec()).unwrap();
    package.relate("", "http://x/metadata/core-properties", "docProps/core.xml").unwrap();
    let template = WordTemplate::read("试", "试.docx", FRONT, &package.write().unwrap()).unwrap();
    let filled = template.fill(&data(json!({ "单位": "a\nb" })), &|_| None).unwrap();
    assert!(filled.text().contains("A\nB页"), "{}", filled.text());
    let again = Package::read(&filled.word().unwrap()).unwrap();
    let text = |name: &str| String::from_utf8(again.part(name).unwrap().to_vec()).unwrap();
    assert!(text("docProps/core.xml").contains("<dc:title>题：A B</dc:title>"), "{}", text("docProps/core.xml"));
    assert!(text("word/footnotes1.xml").contains("见A"));
    assert!(template.source().contains("【页脚】{{ 名 }}页") && template.source().contains("【属性】"));
    assert_eq!(crate::workflow::word_file(template.source()), Some((5, template.digest())));
}

#[test]
fn an_empty_cell_header_or_box_keeps_a_paragraph() {
    let cell = format!("<w:tc>{}{}{}</w:tc>", p("{% for x in 无 %}"), p("{{ x }}"), p("{% endfor %}"));
    let out = body(&format!("<w:tbl><w:tblGrid/><w:tr>{cell}</w:tr></w:tbl>"), json!({ "无": [] }));
    assert!(out.contains("<w:tc><w:p/></w:tc>"), "{out}");
    let all = table(&[&["{% for x in 无 %}"], &["{{ x }}"], &["{% endfor %}"]]);
    assert_eq!(body(&all, json!({ "无": [] })), "", "a table without rows is none");
    let columns = table(&[&["{% for x in 无 %}", "{{ x }}", "{% endfor %}"]]);
    assert_eq!(body(&columns, json!({ "无": [] })), "");
}

#[test]
fn tables_that_a_loop_repeats_do_not_run_together() {
    let (one, other) = (table(&[&["{{ x }}"]]), table(&[&["另一表"]]));
    let between = |out: &str| {
        let parted = out.replace("<w:p><w:pPr><w:snapToGrid w:val=\"0\"/>", "LOW<w:p>");
        let marks = ["LOW", "<w:tbl>", "<w:sdt>"];
        let mut found: Vec<(usize, &str)> = marks.iter().flat_map(|mark| parted.match_indices(mark)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, it)| it.trim_matches(['<', '>', 'w', ':'])).collect::<Vec<_>>().join(" ")
    };
    let looped = [p("{% for x in 名单 %}"), one.clone(), p("{% endfor %}")].concat();
    let names = || json!({ "名单": ["甲", "乙"], "有": true });
    assert_eq!(between(&body(&[looped.clone(), p("尾")].concat(), names())), "tbl LOW tbl");
    assert_eq!(between(&body(&[looped.clone(), other.clone()].concat(), names())), "tbl LOW tbl LOW tbl");
    assert_eq!(between(&body(&[other.clone(), looped.clone(), p("")].concat(), names())), "tbl LOW tbl LOW tbl");
    // Word wants a paragraph at the end
    assert_eq!(between(&body(&looped, names())), "tbl LOW tbl LOW");
    let out = body(&looped, names());
    assert!(out.contains("w:line=\"120\"") && out.ends_with("</w:pPr></w:p>"), "{out}");
    assert_eq!(between(&body(&[other.clone(), p("{# 表二 #}"), other.clone()].concat(), names())), "tbl LOW tbl");
    let chosen = [p("{% if 有 %}"), other.clone(), p("{% endif %}"), p("{% if not 有 %}"), p("甲"), p("{% endif %}")];
    assert_eq!(between(&body(&[chosen.concat(), other.clone()].concat(), names())), "tbl LOW tbl");
    // what has a line between has no other, and what the office laid side by side stays
    let lined = [p("{% for x in 名单 %}"), one, p("注"), p("{% endfor %}")].concat();
    assert_eq!(between(&body(&lined, names())), "tbl tbl");
    assert_eq!(between(&body(&[other.clone(), other.clone(), p("{{ 标题 }}")].concat(), names())), "tbl tbl");
    let control = format!("<w:sdt><w:sdtContent>{other}</w:sdtContent></w:sdt>");
    assert_eq!(between(&body(&[control, p("{% set 甲 = 1 %}"), other].concat(), names())), "sdt tbl LOW tbl");
    let out = body(&looped, names());
    assert!(!out.contains("banwen") && out.matches("<w:p>").count() == 4, "{out}");
    let tree = xml::parse(format!("<w:body {SPACES}>{out}</w:body>").as_bytes()).unwrap();
    assert!(order::misplaced(&tree).is_none());
}

#[test]
fn what_a_loop_repeats_has_ids_of_its_own() {
    let inner = "<w:p w14:paraId=\"1\"><w:bookmarkStart w:id=\"3\" w:name=\"签\"/><w:r><w:drawing><wp:inline><wp:docPr id=\"7\" name=\"线\"/></wp:inline></w:drawing><w:t>{{ x }}</w:t></w:r><w:bookmarkEnd w:id=\"3\"/></w:p>";
    let out =
        body(&[p("{% for x in 名单 %}"), inner.to_owned(), p("{% endfor %}")].concat(), json!({ "名单": [1, 2, 3] }));
    let ids: Vec<&str> = out.match_indices("docPr id=\"").map(|(at, it)| &out[at + it.len()..][..1]).collect();
    assert_eq!(ids, ["7", "8", "9"]);
    assert_eq!((out.matches("bookmarkStart").count(), out.matches("bookmarkEnd").count()), (1, 1));
    assert!(!out.contains("paraId"));
}

#[test]
fn a_picture_is_the_file_its_alternative_text_names() {
    let picture = |text: &str| {
        format!(
            "<w:p><w:r><w:drawing><wp:inline><wp:extent cx=\"1000\" cy=\"1000\"/><wp:docPr id=\"1\" name=\"图\" descr=\"{text}\"/><a:graphic><a:graphicData><pic:pic><pic:nvPicPr><pic:cNvPr id=\"0\" name=\"\" descr=\"{text}\"/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"rId9\"><a:extLst/></a:blip><a:srcRect l=\"1\"/></pic:blipFill><pic:spPr><a:xfrm><a:ext cx=\"1000\" cy=\"1000\"/></a:xfrm></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )
    };
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    };
    let jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 17, 8, 0, 50, 0, 100, 3].to_vec();
    let known = move |value: &str| match value {
        "宽" => Some(png(200, 100)),
        "照" => Some(jpeg.clone()),
        "文" => Some(b"%PDF".to_vec()),
        _ => None,
    };
    let source = [p("{% for x in 图 %}"), picture("{{ x|default(“”) }}"), p("{% endfor %}")].concat();
    let template = read(&source).unwrap();
    let filled = template.fill(&data(json!({ "图": ["宽", "照", "", "宽"] })), &known).unwrap();
    let out = String::from_utf8(filled.trees[0].1.write()).unwrap();
    assert_eq!((out.matches("<w:drawing>").count(), out.matches("cx=\"1000\" cy=\"500\"").count()), (3, 6), "{out}");
    assert!(!out.contains("srcRect") && !out.contains("extLst") && !out.contains("descr") && !out.contains("rId9"));
    let names: Vec<String> = Package::read(&filled.word().unwrap()).unwrap().names().map(str::to_owned).collect();
    assert_eq!(names.iter().filter(|it| it.starts_with("word/media/banwen-")).count(), 2);
    let error = template.fill(&data(json!({ "图": ["文", "缺"] })), &known).unwrap_err();
    assert_eq!(error.problems.len(), 2);
    assert!(error.sentences()[0].contains("PNG或JPEG"), "{error}");
    assert!(read(&picture("照片{{ x }}")).unwrap_err()[0].message.contains("nothing else"));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let template =
        read(&table(&[&["{% for x in 名单 %}", ""], &["{{ x }}", "{{ 标题 }}"], &["{% endfor %}", ""]])).unwrap();
    let data = data(json!({ "名单": ["甲", "乙"] }));
    let first = template.fill(&data, &|_| None).unwrap().word().unwrap();
    let handles: Vec<_> = (0..2)
        .map(|_| {
            let (template, data) = (template.clone(), data.clone());
            std::thread::spawn(move || template.fill(&data, &|_| None).unwrap().word().unwrap())
        })
        .collect();
    assert!(handles.into_iter().all(|it| it.join().unwrap() == first));
}

#[test]
fn names_of_our_own_in_a_file_mean_nothing() {
    let body = "<w:p banwen-merged=\"1\"><w:r><banwen-tag n=\"999\"/><w:t>甲</w:t></w:r></w:p>";
    assert_eq!(lines(body, json!({})), ["甲"]);
}
