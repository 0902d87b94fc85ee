//! What a paper may read of what stages asked, and what of a form is not computed.

use super::*;

/// The problems of a workflow whose review has this form, and whose paper is this text.
fn problems(form: &str, paper: &str) -> Vec<(&'static str, String)> {
    let text = format!(
        "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
         items: {{ 事: {{ identity: [名], fields: {{ 名: name }} }} }}\n\
         stages: [{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 乙, form: {form}, documents: [{{ template: 函, each: item, to: 甲 }}] }}, {{ file: 归, by: 甲 }}]\n"
    );
    let files = [("workflow.yaml", text), ("templates/函.md", paper.to_owned())];
    let files: BTreeMap<String, String> = files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    let found = match deploy("x.yaml", &files, Some(&town()), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    found.into_iter().map(|d| (d.kind, d.hint.unwrap_or_default())).collect()
}

#[test]
fn what_a_stage_asks_stands_in_a_paper_under_its_name() {
    let form = "{ 意见: text }";
    assert_eq!(problems(form, "{{ 名 }}{{ 审.意见 }}{% for x in items %}{{ x.审.意见 }}{% endfor %}"), []);
    for paper in ["{{ 意见 }}", "{% for x in items %}{{ x.意见 }}{% endfor %}"] {
        let found = problems(form, paper);
        assert!(
            matches!(found.as_slice(), [("template-variable-unknown", hint)] if hint.ends_with("write `审.意见`")),
            "{found:?}"
        );
    }
}

#[test]
fn a_form_asks_and_computes_nothing() {
    let found = problems("{ 数: integer, 倍: { type: integer, is: 数 * 2 } }", "{{ 审.数 }}");
    assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["computed-in-form"]);
}

/// The problems of a workflow with values of many types at every place, and whose paper is this text.
fn of_values(paper: &str) -> Vec<(&'static str, String)> {
    let text = "workflow: 试\nbasis: [某办法]\nroles: { 甲: 镇组织办, 乙: 镇党委 }\n\
         case: { title: 试, params: { 月份: period, 日子: date }, opened: { by: 甲 } }\n\
         items: { 事: { identity: [名], fields: { 名: name, 承办: office } } }\n\
         stages: [{ recommend: 报, by: 甲 }, { review: 审, by: 乙, form: { 意见: text }, documents: [{ template: 函, to: 甲 }] }, { file: 归, by: 甲 }]\n";
    let files = [("workflow.yaml", text), ("templates/函.md", paper)];
    let files: BTreeMap<String, String> = files.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
    let found = match deploy("x.yaml", &files, Some(&town()), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    found.into_iter().map(|it| (it.kind, it.message)).collect()
}

#[test]
fn a_value_without_parts_has_none_wherever_it_stands() {
    let whole = "{{ 月份 }}{{ 日子|date_cn }}{% for x in items %}{{ x.名 }}{{ x.承办 }}{{ x.owner.title }}{{ x.审.意见 }}{% endfor %}";
    assert_eq!(of_values(whole), []);
    for (paper, part) in [
        ("{{ 月份.title }}", "月份.title"),
        ("{{ 日子.year }}", "日子.year"),
        ("{% for x in items %}{{ x.承办.title }}{% endfor %}", "items.承办.title"),
        (
            "{% for g in by_category %}{% for x in g.items %}{{ x.名.姓 }}{% endfor %}{% endfor %}",
            "by_category.items.名.姓",
        ),
        ("{% for x in items %}{{ x.审.意见.单位 }}{% endfor %}", "items.审.意见.单位"),
    ] {
        let found: Vec<_> = of_values(paper).into_iter().filter(|(kind, _)| *kind != "param-never-used").collect();
        let told = format!("the template `函` reads `{part}`, which nothing fills");
        assert_eq!(found, [("template-variable-unknown", told)], "{paper}");
    }
}

#[test]
fn a_paper_reads_nothing_that_papers_are_not_given() {
    for name in ["联系人", "份号", "number", "甲", "事", "by_owner"] {
        let found = of_values(&format!("{{{{ {name} }}}}{{{{ 月份 }}}}{{{{ 日子 }}}}"));
        let told = format!("the template `函` reads `{name}`, which nothing fills");
        assert_eq!(found, [("template-variable-unknown", told)]);
    }
}

#[test]
fn of_a_table_and_its_rows_a_paper_reads_what_they_have() {
    let of_table = |paper: &str| {
        let text = "workflow: 试\nbasis: [某办法]\nroles: { 甲: 镇组织办, 乙: 镇党委 }\ncase: { title: 试, opened: { by: 甲 } }\n\
             items: { 事: { identity: [名], fields: { 名: name } } }\n\
             tables: { 表: { from: 事, rows: item, columns: { 名: 名 }, totals: true } }\n\
             stages: [{ recommend: 报, by: 甲 }, { review: 审, by: 乙, documents: [{ template: 函, to: 甲 }] }, { file: 归, by: 甲 }]\n";
        let files = [("workflow.yaml", text), ("templates/函.md", paper)];
        let files: BTreeMap<String, String> = files.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let problems = deploy("x.yaml", &files, Some(&town()), &[2026]).err().unwrap_or_default();
        problems.into_iter().map(|it| it.message).collect::<Vec<_>>()
    };
    let whole =
        "{{ 表.as_of }}{{ 表.totals[0] }}{% for r in 表.rows %}{{ r.label }}{{ r.values[0] }}{{ r.total }}{% endfor %}";
    assert_eq!(of_table(whole), Vec::<String>::new());
    for (paper, part) in [
        ("{{ 表.row }}", "表.row"),
        ("{% for r in 表.rows %}{{ r.labell }}{% endfor %}", "表.rows.labell"),
        // the records of items are not split, and this table has one figure
        ("{% for r in 表.rows %}{% for p in r.parts %}{{ p.label }}{% endfor %}{% endfor %}", "表.rows.parts"),
        ("{{ 表.heads[0].label }}", "表.heads"),
    ] {
        assert_eq!(of_table(paper), [format!("the template `函` reads `{part}`, which nothing fills")], "{paper}");
    }
}

/// What is wrong when a paper of this front matter takes its number from this series, or takes none.
fn numbered(front: &str, series: &str) -> Vec<&'static str> {
    let number = if series.is_empty() { String::new() } else { format!("number: {series}, ") };
    let text = format!(
        "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 甲办 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
         items: {{ 事: {{ identity: [名], fields: {{ 名: name }} }} }}\n\
         stages: [{{ recommend: 报, by: 甲 }}, {{ review: 审, by: 甲, documents: [{{ template: 文, {number}to: 甲 }}] }}, {{ file: 归, by: 甲 }}]\n"
    );
    let files = [("workflow.yaml", text), ("templates/文.md", format!("---\n{front}标题: 某事\n---\n正文。\n"))];
    let files: BTreeMap<String, String> = files.map(|(name, text)| (name.to_owned(), text)).into();
    let offices = "offices:\n  甲办: { series: [甲发], running: { 甲令: 13 } }\n";
    let offices = offices::parse::parse("offices.yaml", offices).unwrap();
    match deploy("x.yaml", &files, Some(&offices), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    }
    .into_iter()
    .map(|it| it.kind)
    .filter(|kind| *kind == "number-unfit")
    .collect()
}

#[test]
fn a_number_is_written_as_the_form_of_its_paper_wants_it() {
    let unfit = ["number-unfit"];
    for (front, series, wrong) in [
        ("文种: 命令\n版式: 命令\n", "甲令", &[][..]),
        ("文种: 命令\n版式: 命令\n", "甲发", &unfit[..]),
        ("文种: 命令\n版式: 命令\n", "", &unfit[..]),
        ("文种: 通知\n版式: 文件\n", "甲发", &[][..]),
        ("文种: 通知\n版式: 文件\n", "甲令", &unfit[..]),
        ("文种: 公告\n版式: 文件\n", "甲令", &[][..]),
        ("文种: 公告\n版式: 文件\n", "甲发", &[][..]),
        ("文种: 通知\n版式: 文件\n", "", &[][..]),
        ("文种: 证书\n版式: 证书\n", "甲令", &[][..]),
    ] {
        assert_eq!(numbered(front, series), wrong, "{front}{series}");
    }
}
