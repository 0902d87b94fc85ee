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
