//! What lies beside a file that is asked about, or in the spool; and a scenario that stops on the way.

use super::*;

#[test]
fn what_a_definition_names_is_looked_for_in_the_spool_too() {
    let (_folder, spool) = laid_out();
    let elsewhere = TempDir::new().unwrap();
    let path = elsewhere.path().join("草稿.yaml");
    std::fs::copy(spool.join("workflows/七一表彰.yaml"), &path).unwrap();
    let output = banwen(&["check", "--spool", text(&spool), text(&path)]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let output = banwen(&["check", "--spool", text(elsewhere.path()), text(&path)]);
    assert_eq!(output.status.code(), Some(1), "its registers and templates are nowhere: {}", out(&output));
    assert!(out(&output).contains("[template-missing]"), "{}", out(&output));
    // what lies beside it comes first
    let near = elsewhere.path().join("templates");
    std::fs::create_dir(&near).unwrap();
    std::fs::write(near.join("公示.md"), "{{ 无此变量 }}").unwrap();
    let output = banwen(&["check", "--spool", text(&spool), text(&path)]);
    assert!(out(&output).contains(&format!("{}:", near.join("公示.md").display())), "{}", out(&output));
}

#[test]
fn a_stranger_s_file_beside_a_template_is_left_out() {
    let folder = TempDir::new().unwrap();
    let paper = "---\n文种: 函\n版式: 信函\n公开属性: 不予公开\n发文机关标志: 甲办\n标题: 函\n主送: 乙办\n署名: 甲办\n---\n你好。\n";
    std::fs::write(folder.path().join("函.md"), paper).unwrap();
    std::fs::write(folder.path().join("读我.md"), b"\xc4\xe3\xba\xc3").unwrap();
    let output = banwen(&["render", text(&folder.path().join("函.md")), "--example"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("left out: ") && err(&output).contains("读我.md is not UTF-8"), "{}", err(&output));
}

#[test]
fn a_template_in_a_folder_of_templates_includes_what_is_common_to_all() {
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("templates/来函");
    std::fs::create_dir_all(&own).unwrap();
    let paper = "---\n文种: 函\n版式: 信函\n公开属性: 不予公开\n发文机关标志: 甲办\n标题: 函\n主送: 乙办\n署名: 甲办\n---\n        {% include '称呼' %}\n{% include '落款' %}\n";
    std::fs::write(own.join("函.md"), paper).unwrap();
    let common = |name: &str, said: &str| std::fs::write(folder.path().join("templates").join(name), said).unwrap();
    common("称呼.md", "{{ 称呼 }}");
    common("落款.md", "{{ 公共 }}");
    std::fs::write(own.join("落款.md"), "{{ 自己 }}").unwrap();
    let output = banwen(&["render", text(&own.join("函.md")), "--example"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let said = out(&output);
    assert!(said.contains("称呼") && said.contains("自己") && !said.contains("公共"), "its own come first: {said}");
}

#[test]
fn a_scenario_tells_what_is_wrong_with_its_definition_line_by_line() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, said: &str| std::fs::write(folder.path().join(name), said).unwrap();
    std::fs::create_dir(folder.path().join("workflows")).unwrap();
    std::fs::create_dir(folder.path().join("templates")).unwrap();
    write("offices.yaml", "offices:\n  甲办: {}\n");
    let smallest = "workflow: 试\nroles: { 甲: 甲办 }\ncase: { title: 试, opened: { by: 甲 } }\n\
        items: { 事: { identity: [名称], fields: { 名称: name } } }\nstages:\n  - { recommend: 提出, by: 甲 }\n  - { reveiw: 审, by: 甲 }\n";
    write("workflows/试.yaml", smallest);
    let steps = "scenario: 试\nstart: 2025-03-03T08:30\noffices: offices.yaml\nworkflows: workflows\ntemplates: templates\n\
        steps:\n  - { at: 2025-03-03T09:00, fill: 启动试, by: 甲办, head: {} }\n";
    write("试.yaml", steps);
    let spool = folder.path().join("out");
    let output = banwen(&["simulate", text(&folder.path().join("试.yaml")), "--out", text(&spool)]);
    let said = out(&output);
    assert!(said.contains("workflows/试.yaml:7:7: error: `reveiw`"), "{said}");
    assert!(said.contains("[unknown-stage-kind]\n  hint: did you mean `review`?"), "{said}");
    assert!(!err(&output).contains("\\n"), "{}", err(&output));
}

#[test]
fn what_a_scenario_leaves_that_cannot_go_on_is_looked_at_as_of_then() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, said: &str| std::fs::write(folder.path().join(name), said).unwrap();
    std::fs::create_dir(folder.path().join("workflows")).unwrap();
    std::fs::create_dir(folder.path().join("templates")).unwrap();
    write("offices.yaml", "offices:\n  甲办: {}\n");
    let definition = "workflow: 试\nroles: { 甲: 甲办 }\ncase: { title: 试, opened: { by: 甲 } }\n\
        items: { 事: { identity: [名称], fields: { 名称: name } } }\n\
        stages:\n  - { recommend: 提出, by: 甲, within: 10 workdays }\n  - { file: 归档, by: 甲 }\n";
    write("workflows/试.yaml", definition);
    let steps = "scenario: 试\nstart: 2025-03-03T08:30\noffices: offices.yaml\nworkflows: workflows\ntemplates: templates\n\
        steps:\n  - { at: 2025-03-03T09:00, fill: 启动试, by: 甲办, head: {} }\n  \
        - { at: 2025-03-04T09:00, fill: 启动试, by: 甲办, rows: [{ 对象: 一 }] }\n";
    write("试.yaml", steps);
    let spool = folder.path().join("out");
    let output = banwen(&["simulate", text(&folder.path().join("试.yaml")), "--out", text(&spool)]);
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert!(err(&output).contains("the form asks nothing line by line, so not of `一`"), "{}", err(&output));
    let output = banwen(&["due", "--spool", text(&spool)]);
    let said = out(&output);
    assert!(said.contains("2025-03-17") && !said.to_lowercase().contains("overdue"), "{said}");
}

#[test]
fn a_template_beside_a_workflow_is_placed_by_its_file() {
    let (_folder, spool) = laid_out();
    let template = spool.join("templates/公示.md");
    let broken = format!("{}\n{{{{ 无此变量 }}}}\n", std::fs::read_to_string(&template).unwrap());
    std::fs::write(&template, broken).unwrap();
    let output = banwen(&["check", text(&spool.join("workflows/七一表彰.yaml"))]);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("templates/公示.md:"), "{}", out(&output));
}

#[test]
fn what_cannot_be_read_in_a_template_is_told_once_at_its_line() {
    let (_folder, spool) = laid_out();
    let path = spool.join("templates/证书.md");
    let paper = std::fs::read_to_string(&path).unwrap().replace("**{{ 姓名 }}**", "**{{ 姓 名 }}**");
    std::fs::write(&path, paper).unwrap();
    let told = |arguments: &[&str]| {
        let output = banwen(arguments);
        let about: Vec<String> = out(&output).lines().filter(|it| it.contains("证书.md")).map(str::to_owned).collect();
        let [one] = &about[..] else { panic!("{about:#?}") };
        one.clone()
    };
    let one = told(&["check", "--spool", text(&spool)]);
    assert!(one.contains("证书.md:14:8: error: ") && one.contains("[template-syntax]"), "{one}");
    // where only the definition is asked about
    let one = told(&["check", "--spool", text(&spool), text(&spool.join("workflows/七一表彰.yaml"))]);
    assert!(one.contains("证书.md:14:1: error: ") && one.contains("[template-malformed]"), "{one}");
}

#[test]
fn a_number_that_would_be_printed_otherwise_than_it_is_written_is_told() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, said: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, said).unwrap();
        path
    };
    let paper = write("表.md", "---\n文种: 公示\n版式: 普通\n标题: 公示\n---\n电话：{{ 电 }}，{{ 人[0].号 }}\n");
    let rendered = |data: &str| {
        let data = write("data.yaml", data);
        banwen(&["render", text(&paper), "--with", text(&data), "--out", text(folder.path())])
    };
    let output = rendered("电: 07121234567\n人:\n  - { 号: 007 }\n");
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    for part in [
        "data.yaml:1:4: error: `电` would be printed as 7121234567: 07121234567 is taken for a number",
        "  hint: write it in quotes: \"07121234567\"",
        "`人[1].号` would be printed as 7",
    ] {
        assert!(err(&output).contains(part), "{part}: {}", err(&output));
    }
    let output = rendered("电: \"07121234567\"\n人:\n  - { 号: 7 }\n");
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
}

#[test]
fn a_step_that_names_no_form_is_told_of_those_the_office_has() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("workflows")).unwrap();
    write("offices.yaml", "offices: { 甲办: {}, 乙办: {} }\n");
    write(
        "workflows/示例.yaml",
        "workflow: 示例\nbasis: [某办法]\nroles: { 甲: 甲办, 乙: 乙办 }\ncase: { title: 示例, opened: { by: 甲 } }\n\
         items: { 事项: { identity: [名称], fields: { 名称: name } } }\n\
         stages: [{ recommend: 提出, by: 甲 }, { review: 审核, by: 乙 }, { file: 归档, by: 甲 }]\n",
    );
    let told = |office: &str| {
        write(
            "s.yaml",
            &format!(
                "scenario: 试\nstart: 2025-03-03T08:30\noffices: offices.yaml\nworkflows: workflows\ntemplates: workflows\n\
                 steps:\n  - {{ at: 2025-03-03T09:00, fill: 不在, by: {office} }}\n"
            ),
        );
        let scenario = folder.path().join("s.yaml");
        let output = banwen(&["simulate", text(&scenario), "--out", text(&folder.path().join(office))]);
        assert_ne!(output.status.code(), Some(0));
        err(&output)
    };
    assert!(told("甲办").contains("甲办 has no form `不在`; there are 启动示例"), "{}", told("甲办"));
    assert!(
        told("乙办").contains("乙办 has no form `不在`\n"),
        "who opens nothing is offered no 启动: {}",
        told("乙办")
    );
}
