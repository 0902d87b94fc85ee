//! Who may be told something, and what must not be told.

use super::*;

fn kinds(roles: &str, action: &str) -> Vec<&'static str> {
    let text = format!(
        "workflow: 试\nroles: {{ 甲: 镇组织办, 乙: 镇党委, {roles} }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\n\
         items: {{ 事: {{ identity: [名], fields: {{ 名: name, 电话: phone, 报告人: name }}, sealed: [报告人] }} }}\n\
         stages:\n  - {{ recommend: 报, by: 甲 }}\n  - {{ review: 审, by: 乙, do: [{action}] }}\n  - {{ file: 归, by: 甲 }}\n"
    );
    let mut town = town();
    for (id, mail) in [("省办", None), ("市办", Some("shi@example.org".to_owned()))] {
        let mut office = town.offices["县委组织部"].clone();
        (office.id, office.folder, office.mail) = (id.to_owned(), None, mail);
        town.offices.insert(id.to_owned(), office);
    }
    let files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
    let found = match deploy("x.yaml", &files, Some(&town), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    found.iter().map(|d| d.kind).collect()
}

#[test]
fn what_is_told_reaches_an_office_and_shows_nothing_sealed() {
    let 市 = "市: { offices: 市办, folder: false }";
    assert_eq!(kinds(市, "{ tell: [owner, 市], say: '{{ 名 }}已审' }"), Vec::<&str>::new());
    assert_eq!(kinds(市, "{ tell: 市, say: '{{ 报告人 }}来报' }"), ["field-invisible-to-recipient"]);
    assert_eq!(kinds(市, "{ tell: 市, say: '{{ 事由 }}已审' }"), ["rule-unknown-name"]);
    assert_eq!(kinds(市, "{ tell: [市, 丙], say: 已审 }"), ["role-unknown"]);
    assert_eq!(kinds(市, "{ tell: 市 }"), ["missing-key", "role-never-used"]);
    let outside = "外: { outside: { name: 名, phone: 电话 }, through: 甲 }";
    assert_eq!(kinds(outside, "{ tell: 外, say: 已审 }"), ["recipient-without-way"]);
    let window = "省: { offices: 省办, folder: false, through: 甲 }";
    assert_eq!(kinds(window, "{ tell: 省, say: 已审 }"), ["recipient-without-way"]);
}
