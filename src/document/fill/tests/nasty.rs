//! Files as clerks make them, on a bad day: what is wrong is told with its tag, its words and what to do, and nothing goes out
//! unfilled.

use super::*;

/// A package with another part related to its text.
fn with(body: &str, kind: &str, xml: &str) -> Vec<Diagnostic> {
    let mut package = package(body);
    part(&mut package, kind, xml);
    WordTemplate::read("试", "templates/试.docx", FRONT, &package.write().unwrap()).err().unwrap_or_default()
}

/// Each problem is told with what stands around its tag, and with what to do.
#[track_caller]
fn told(problems: &[Diagnostic], expected: &[(&str, &str, &str, &str)]) {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), expected.len(), "{lines:#?}");
    for (part, tag, message, hint) in expected {
        let fits = |it: &&Diagnostic| {
            it.place.path.contains(&format!("【{part}】"))
                && it.message.contains(&format!("`{tag}`"))
                && it.message.contains(message)
                && it.hint.as_deref().is_some_and(|it| it.contains(hint))
        };
        assert!(problems.iter().any(|it| fits(&it)), "{part} {tag} {message} {hint}: {lines:#?}");
    }
}

fn wrong(body: &str) -> Vec<Diagnostic> {
    read(body).err().unwrap_or_default()
}

fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

#[test]
fn a_tag_where_nothing_is_filled_is_told() {
    let comment = format!("<w:comments {SPACES}><w:comment w:id=\"1\">{}</w:comment></w:comments>", p("请填{{ 名 }}"));
    told(&with(&p("甲"), "comments", &comment), &[("批注", "{{ 名 }}", "a comment", "delete the comment")]);
    let code =
        "<w:p><w:r><w:instrText>MERGEFIELD {</w:instrText></w:r><w:r><w:instrText>{ 名 }}</w:instrText></w:r></w:p>";
    told(&wrong(code), &[("正文", "{{ 名 }}", "a field's code", "Ctrl+Shift+F9")]);
    let simple = "<w:p><w:fldSimple w:instr=\"MERGEFIELD {{ 名 }}\"><w:r><w:t>甲</w:t></w:r></w:fldSimple></w:p>";
    told(&wrong(simple), &[("正文", "{{ 名 }}", "a field's code", "Ctrl+Shift+F9")]);
    let deleted =
        format!("<w:p>{}<w:del><w:r><w:delText>{{{{ 旧 }}}}</w:delText></w:r></w:del></w:p>", run("甲{{ 标题 }}"));
    let moved = format!("<w:p><w:moveFrom>{}</w:moveFrom></w:p>", run("{{ 旧 }}"));
    for revised in [deleted, moved] {
        let said = wrong(&revised).iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains("tracked changes (修订)") && said.contains("接受所有修订"), "{said}");
    }
    let formula = "<w:p><m:oMath xmlns:m=\"x\"><m:r><m:t>{{ 数 }}</m:t></m:r></m:oMath></w:p>";
    told(&wrong(formula), &[("正文", "{{ 数 }}", "a formula", "into the text itself")]);
    let art = "<w:p><w:r><w:pict><v:shape><v:textpath string=\"{{ 密级 }}\"/></v:shape></w:pict></w:r></w:p>";
    told(&wrong(art), &[("正文", "{{ 密级 }}", "word art", "文本框")]);
    let titled = "<w:p><w:r><w:drawing><wp:inline><wp:docPr id=\"1\" name=\"图\" title=\"{{ 照片 }}\"/></wp:inline></w:drawing></w:r></w:p>";
    told(&wrong(titled), &[("正文", "{{ 照片 }}", "not filled", "description of its alternative text")]);
    let chart = "<c:chart xmlns:c=\"x\" xmlns:a=\"y\"><a:p><a:r><a:t>{{ 题 }}</a:t></a:r></a:p></c:chart>";
    let mut package = package(&p("甲"));
    package.add("word/charts/chart1.xml", "x/chart+xml", chart.as_bytes().to_vec()).unwrap();
    let problems = WordTemplate::read("试", "试.docx", FRONT, &package.write().unwrap()).unwrap_err();
    told(&problems, &[("图表", "{{ 题 }}", "a chart", "text template")]);
}

/// A running case keeps a file that would be refused now.
#[test]
fn what_was_deployed_once_goes_on() {
    let code = format!(
        "<w:p><w:r><w:instrText>{{{{ 名 }}}}</w:instrText></w:r></w:p>{}",
        p("{{ 标题 }}{{ 名|default(loop.index) }}")
    );
    let bytes = package(&code).write().unwrap();
    assert_eq!(WordTemplate::read("试", "试.docx", FRONT, &bytes).unwrap_err().len(), 2);
    let kept = WordTemplate::kept("试", FRONT, &bytes).unwrap();
    assert_eq!(kept.fill(&data(json!({ "名": "张三" })), &|_| None).unwrap_err().problems.len(), 1);
    let fine = package(&code.replace("loop.index", "1")).write().unwrap();
    let kept = WordTemplate::kept("试", FRONT, &fine).unwrap();
    assert!(kept.fill(&data(json!({ "名": "张三" })), &|_| None).unwrap().text().contains("题张三"));
}

/// The names a file reads are told at once with what is wrong in it otherwise.
#[test]
fn what_could_be_read_of_a_file_says_its_names() {
    let partly = |body: &str| WordTemplate::partly(FRONT, &package(body).write().unwrap());
    let told = partly(&[p("{{ 甲 }}"), p("{{ 乙（1） }}")].concat()).unwrap();
    assert!(told.contains("【正文】{{ 甲 }}") && !told.contains("乙（"), "{told}");
    // one mistake in a loop hides no name, be its end wrong, its beginning, or a mark in either
    for (body, expected) in [
        (p("{% for x in y %}{{ x.名 }}"), "【正文】{% for x in y %}{{ x.名 }}{% endfor %}"),
        (p("{% for x in y（1） %}{{ x.名 }}{% endfor %}"), "【正文】{% for x in y(1) %}{{ x.名 }}{% endfor %}"),
        (
            p("{% for x，k in y|items %}{{ x.名 }}{% endfor %}"),
            "【正文】{% for x,k in y|items %}{{ x.名 }}{% endfor %}",
        ),
        (p("{% for x in y %}{{ x.名 }}{% end for %}"), "【正文】{% for x in y %}{{ x.名 }}{% endfor %}"),
        (p("{% form x in y %}{{ x.名 }}{% endfor %}"), "【正文】{% for x in y %}{{ x.名 }}{% endfor %}"),
        (p("{% for x in y / %}{{ x.名 }}{% endfor %}"), "【正文】{% for x in [] %}{{ x.名 }}{% endfor %}"),
        (p("甲{% endif %}{{ 乙 }}{% else %}"), "【正文】甲{{ 乙 }}"),
        (
            [p("{% for x in y %}"), p("{% if x %}"), p("{{ 甲 }}{% endfor %}")].concat(),
            "【正文】{% for x in y %}\n【正文】{% if x %}\n【正文】{{ 甲 }}{% endif %}{% endfor %}",
        ),
    ] {
        let told = partly(&body).unwrap();
        assert!(told.contains(expected), "{expected}: {told}");
    }
    // a mark is all that is wrong with its tag: that it has no end is told with it
    let marked = [
        ("正文", "{% for x in y｜sort %}", "full-width `｜`", "`|`"),
        ("正文", "{% for x in y｜sort %}", "no `{% endfor %}`", "where it ends"),
    ];
    self::told(&wrong(&p("{% for x in y｜sort %}{{ x }}")), &marked);
    let parted = [("正文", "{% end for %}", "no statement `end`", "did you mean `endfor`?")];
    self::told(&wrong(&p("{% for x in y %}{{ x }}{% end for %}")), &parted);
    // what is wrong with the one end is not told of the other
    assert_eq!(wrong(&p("{% for x in y｜sort %}{{ x }}{% endfor %}")).len(), 1);
}

/// What the data lack is told with what is wrong in the file: the member, the tag, the words and what would fit.
#[test]
fn what_the_data_lack_is_told_at_once_with_what_is_wrong() {
    let body = [
        p("{{ 数（1） }}"),
        p("{% for x in 名单｜sort %}"),
        p("{{ x.姓各 }}，{{ x.单位|default('') }}"),
        p("{% endfor %}"),
        p("{% if 有 %}{{ 别 }}{% endif %}"),
        p("{{ 会.地占 }}{% for y in 缺 %}{{ y.名 }}{% endfor %}"),
    ];
    let bytes = package(&body.concat()).write().unwrap();
    assert_eq!(WordTemplate::read("试", "试.docx", FRONT, &bytes).unwrap_err().len(), 2);
    let data =
        json!({ "题目": "题", "名单": [{ "姓各": "张" }, { "姓名": "李" }], "有": false, "会": { "地点": "堂" } });
    let told = WordTemplate::partly_lacking(FRONT, &bytes, &data, ("试.md", "试.docx"));
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    for part in [
        "试.md:3:8: error: `标题` has no value",
        "试.docx 【正文】{{ x.姓各 }}，{{ x.单位|default('')…:3:1: error: `{{ x.姓各 }}`: `名单[2].姓各` has no value [word-template-tag]\n  hint: there is `姓名`",
        "`{% for y in 缺 %}`: `缺` has no value [word-template-tag]\n  hint: give `缺` a value; beside it there are 题目",
        "`{{ 会.地占 }}`: `会.地占` has no value [word-template-tag]\n  hint: there is `地点`",
    ] {
        assert!(told.iter().any(|it| it.contains(part)), "{part}: {told:#?}");
    }
}

#[test]
fn a_link_whose_address_is_a_tag_is_told() {
    let mut package = package("<w:p><w:hyperlink r:id=\"rId1\"><w:r><w:t>{{ 标题 }}</w:t></w:r></w:hyperlink></w:p>");
    let rels = format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/hyperlink\" Target=\"http://%7B%7B%20网址%20%7D%7D\" TargetMode=\"External\"/></Relationships>"
    );
    package.put("word/_rels/document.xml.rels", rels.into_bytes());
    let problems = WordTemplate::read("试", "试.docx", FRONT, &package.write().unwrap()).unwrap_err();
    told(&problems, &[("超链接", "{{ 网址 }}", "the address of a link", "write it out")]);
}

#[test]
fn what_a_keyboard_puts_into_a_tag_unseen_does_no_harm() {
    for tag in [
        "{{\u{200B}名\u{200B}}}",
        "{{ 名\u{FEFF} }}",
        "{{\u{2003}名\u{202F}}}",
        "{{ \u{AD}名 }}",
        "{{ 名|default(“无”)\u{2060} }}",
        "{{ 名|default(‘无\u{200B}’) }}",
    ] {
        assert_eq!(lines(&p(tag), json!({ "名": "张三" })), ["张三"], "{tag:?}");
    }
}

#[test]
fn a_long_tag_may_be_broken_into_lines() {
    let broken = "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"1\"/></w:tabs></w:pPr><w:r><w:t>甲{% for x</w:t><w:br/><w:t>in 名单 %}</w:t></w:r><w:r><w:t>{{ x }}{%</w:t><w:tab/><w:t>endfor %}乙</w:t><w:br/><w:t>丙</w:t></w:r></w:p>";
    let out = body(broken, json!({ "名单": ["一", "二"] }));
    assert_eq!((out.matches("<w:br/>").count(), out.matches("<w:tab/>").count()), (1, 0), "{out}");
    assert!(out.contains("w:pos=\"1\""), "{out}");
    let hyphen = "<w:p><w:r><w:t>{{ 数</w:t><w:noBreakHyphen/><w:t>1 }}</w:t></w:r></w:p>";
    assert_eq!(lines(hyphen, json!({ "数": 3 })), ["2"]);
}

#[test]
fn marks_of_double_width_are_named_one_by_one() {
    told(
        &wrong(
            &[
                p("甲｛｛名｝｝"),
                p("乙{{ 名（1） }}"),
                p("丙{{ 名｜date_cn }}"),
                p("丁{%　if 名 ＝＝ 1　%}"),
                p("戊｛％ endif ％｝"),
            ]
            .concat(),
        ),
        &[
            ("正文", "｛｛名｝｝", "full-width braces", "half-width"),
            ("正文", "{{ 名（1） }}", "full-width `（`", "half-width `(`"),
            ("正文", "{{ 名｜date_cn }}", "full-width `｜`", "half-width `|`"),
            ("正文", "{% if 名 ＝＝ 1 %}", "full-width `＝`", "half-width `=`"),
            // what would be wrong when that is mended, is told with it
            ("正文", "{%\u{3000}if 名 ＝＝ 1\u{3000}%}", "ends in another", "in one paragraph"),
            ("正文", "｛％ endif ％｝", "full-width braces", "half-width"),
        ],
    );
}

#[test]
fn what_nobody_could_give_is_told_wherever_it_stands() {
    let header = format!("<w:hdr {SPACES}>{}</w:hdr>", p("第{{ loop.index }}页"));
    let body = [
        p("共{{ 人数|round(“二”) }}人"),
        table(&[&["{% for x in 名单 %}", ""], &["{{ loop.indx }}", "{{ x }}"], &["{% endfor %}", ""]]),
        p("{{ 未知(1) }}和{{ 日期.upper() }}"),
        p("{% if 名 is 未知 %}甲{% endif %}"),
        p("{% set m = {‘甲’: 1} %}"),
        p("{{ m.乙 }}"),
    ];
    told(
        &with(&body.concat(), "header", &header),
        &[
            ("页眉", "{{ loop.index }}", "stands outside a loop", "between `{% for"),
            ("正文", "{{ 人数|round(“二”) }}", "`round` does not take this", "round(2)"),
            ("正文", "{{ loop.indx }}", "a loop has no `indx`", "`index`"),
            ("正文", "{{ 未知(1) }}", "there is no function `未知`", "date_cn"),
            ("正文", "{{ 日期.upper() }}", "there is no method `upper`", "|upper"),
            ("正文", "{% if 名 is 未知 %}", "there is no test `未知`", "defined"),
            ("正文", "{{ m.乙 }}", "this map has no `乙`", "甲"),
        ],
    );
    let front = FRONT.replace("{{ 标题 }}", "{{ loop.index }}");
    let problems =
        WordTemplate::read("试", "templates/试.docx", &front, &package(&p("甲")).write().unwrap()).unwrap_err();
    assert_eq!(problems.iter().map(|it| it.place.to_string()).collect::<Vec<_>>(), ["templates/试.md:3:8"]);
}

#[test]
fn a_text_box_is_told_of_once_and_names_go_on_from_part_to_part() {
    let inner = "<w:txbxContent><w:p><w:r><w:t>框{{ 名（1） }}{{ loop.index }}</w:t></w:r></w:p></w:txbxContent>";
    let shape = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wp:anchor><wp:docPr id=\"1\" name=\"框\"/><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:rect><v:textbox>{inner}</v:textbox></v:rect></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    );
    told(
        &wrong(&shape),
        &[
            ("正文", "{{ 名（1） }}", "full-width", "half-width `(`"),
            ("正文", "{{ loop.index }}", "outside a loop", "{% for"),
        ],
    );
}

#[test]
fn ends_that_stand_in_cells_of_their_own_are_told() {
    for (body, tag) in [
        (table(&[&["甲{% if x %}", "乙{% endif %}"]]), "{% if x %}"),
        (table(&[&["{% for x in 行 %}", "{{ x }}"], &["甲", "乙{% endfor %}"]]), "{% for x in 行 %}"),
        (table(&[&["{% for c in 列 %}甲", "{{ c }}", "{% endfor %}"]]), "{% for c in 列 %}"),
        ([p("{% for x in 行 %}"), table(&[&["{{ x }}", "{% endfor %}"]])].concat(), "{% for x in 行 %}"),
    ] {
        told(
            &wrong(&body),
            &[("正文", tag, "begins in one place and ends in another", "both ends stand in one paragraph")],
        );
    }
}

#[test]
fn a_tag_in_a_footnote_a_link_or_a_content_control_is_told_in_its_own_words() {
    let note = format!(
        "<w:footnotes {SPACES}><w:footnote w:id=\"1\">{}</w:footnote></w:footnotes>",
        p("注：{{ 名|date_ch }}")
    );
    told(&with(&p("甲"), "footnotes", &note), &[("脚注", "{{ 名|date_ch }}", "no filter `date_ch`", "date_cn")]);
    let link = format!("<w:p><w:hyperlink>{}{}</w:hyperlink>{}</w:p>", run("见{{ 名|"), run("date_ch }}"), run("。"));
    told(&wrong(&link), &[("正文", "{{ 名|date_ch }}", "no filter", "date_cn")]);
    let control = "<w:sdt><w:sdtPr><w:tag w:val=\"{{ 名|date_ch }}\"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>点击</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    told(&wrong(control), &[("正文", "{{ 名|date_ch }}", "no filter", "date_cn")]);
    let inside = format!(
        "<w:sdt><w:sdtPr><w:alias w:val=\"{{{{ 名 }}}}\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
        p("{{ 标题 }}")
    );
    told(&wrong(&inside), &[("正文", "{{ 名 }}", "a property that is not filled", "标记")]);
}

#[test]
fn a_property_of_the_file_is_filled_or_told() {
    let of = |name: &str, xml: &str| {
        let mut package = package(&p("甲"));
        package.add(name, "x/xml", xml.as_bytes().to_vec()).unwrap();
        let kind = if name.ends_with("core.xml") {
            "http://x/metadata/core-properties"
        } else {
            "http://x/extended-properties"
        };
        package.relate("", kind, name).unwrap();
        WordTemplate::read("试", "试.docx", FRONT, &package.write().unwrap()).err().unwrap_or_default()
    };
    let core =
        "<cp:coreProperties xmlns:cp=\"x\" xmlns:dc=\"y\"><dc:title>{{ 标题|date_ch }}</dc:title></cp:coreProperties>";
    told(&of("docProps/core.xml", core), &[("属性", "{{ 标题|date_ch }}", "no filter", "date_cn")]);
    let app = "<Properties xmlns=\"x\"><Company>{{ 单位 }}</Company></Properties>";
    told(
        &of("docProps/app.xml", app),
        &[("属性", "{{ 单位 }}", "a property of the file that is not filled", "title, subject")],
    );
}

#[test]
fn what_cannot_be_filled_says_what_would_fit() {
    let body = [
        p("金额{{ 数|rmb }}"),
        p("{% for x in 名单 %}"),
        p("{{ x.年令 }}"),
        p("{% endfor %}"),
        p("{{ 表 }}"),
        p("{{ 名 + 1 }}"),
    ];
    let template = read(&body.concat()).unwrap();
    let given = data(json!({ "数": "多", "名单": [{ "年龄": 3 }], "表": { "甲": 1 }, "名": "张三" }));
    let error = template.fill(&given, &|_| None).unwrap_err();
    assert_eq!(
        error.sentences(),
        [
            "Word模板正文“金额{{ 数|rmb }}”中的“{{ 数|rmb }}”无法计算，应为金额数字，至多两位小数，请检查模板。",
            "Word模板正文“{{ x.年令 }}”中的“{{ x.年令 }}”（名单[1].年令）没有内容，是否应为“年龄”，请先补齐。",
            "Word模板正文“{{ 表 }}”中的“{{ 表 }}”无法计算，应写明取其中哪一项，请检查模板。",
            "Word模板正文“{{ 名 + 1 }}”中的“{{ 名 + 1 }}”无法计算，请核对其中各项的类型，请检查模板。",
        ]
    );
    let told = error.diagnostics("templates/试.docx");
    assert!(told.iter().all(|it| it.contains("hint: ") && it.contains("【正文】")), "{told:#?}");
    assert!(told[0].contains("write an amount in digits") && told[1].contains("there is `年龄`"), "{told:#?}");
}
