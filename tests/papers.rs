//! Papers from the command line, through the built program: previews, the faces they are set in, and makers of papers that are killed.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

use banwen::document::both::both;
use banwen::document::fonts::Fonts;
use banwen::document::gallery;
use banwen::document::template::Template;
use banwen::workflow::rule::pieces;
use serde_json::Value;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

fn banwen(arguments: &[&str]) -> Output {
    // RUST_LOG of whoever runs the tests must not reach the outputs that are looked at.
    Command::new(env!("CARGO_BIN_EXE_banwen")).args(arguments).env_remove("RUST_LOG").output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_faces_are_shown_with_what_they_serve_and_lack() {
    let folder = TempDir::new().unwrap();
    let spool = folder.path();
    std::fs::create_dir_all(spool.join("fonts")).unwrap();
    let face = concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/FandolKai-Regular.otf");
    std::fs::copy(face, spool.join("fonts/楷体.otf")).unwrap();
    let output = banwen(&["fonts", "--spool", text(spool)]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let said = out(&output);
    let line = |part: &str| said.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("{part} in {said}"));
    assert!(line("楷体.otf").starts_with("楷体: second headings"), "{said}");
    assert!(line("bundled: FandolKai").starts_with("楷体, after"), "{said}");
    let counts = |name: &str| line(name).split_whitespace().filter(|it| it.parse::<u32>().is_ok()).collect::<Vec<_>>();
    assert_eq!(counts("together"), ["27584", "27780", "88115"], "{said}");
    assert!(!said.contains("no face has"), "{said}");
    assert!(err(&output).starts_with("FandolKai serves 楷体 and lacks "), "{}", err(&output));
    let told: Value = serde_json::from_slice(&banwen(&["fonts", "䶮𬭊张", "--json"]).stdout).unwrap();
    assert_eq!(told[1]["code"], "U+2CB4A");
    assert_eq!((&told[1]["level"], &told[1]["face"]), (&Value::from(2), &Value::from("Noto Serif SC")));
    let output = banwen(&["fonts", "张\u{1F600}"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(out(&output).contains("U+1F600  -        no face has it"), "{}", out(&output));
}

#[test]
fn a_template_is_previewed_with_data_and_all_that_lacks_is_told_at_once() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, body: &str| {
        std::fs::write(folder.path().join(name), body).unwrap();
        folder.path().join(name)
    };
    let front = "---\n文种: 通报\n版式: 普通\n标题: {{ 年度 }}年度通报\n署名: {{ 发文机关.title }}\n---\n";
    let body = "{% for x in items|by_strokes(attribute='姓名') %}\n{{ x.姓名 }}，{{ x.单位 }}，{{ x.金额|rmb }}\n{% endfor %}\n{% if 附注 is defined %}{{ 附注 }}{% endif %}\n{% include '落款' %}\n";
    let template = file("通报.md", &format!("{front}{body}"));
    file("落款.md", "联系人：{{ 联系人 }}\n");
    let example = banwen(&["render", text(&template), "--example"]);
    assert_eq!(example.status.code(), Some(0), "{}", err(&example));
    let said = out(&example);
    for part in [
        "items:\n  - 姓名: \"某姓名\"\n    单位: ",
        "    金额: \"1\"\n",
        "# may be left out\n附注: ",
        "联系人: \"某联系人\"\n",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let values = file("data.yaml", &said);
    let made = folder.path().join("样稿");
    let output = banwen(&["render", text(&template), "--with", text(&values), "--out", text(&made)]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(out(&output).lines().count(), 2);
    assert!(std::fs::read(made.join("通报.pdf")).unwrap().starts_with(b"%PDF"));
    assert!(std::fs::read(made.join("通报.docx")).unwrap().starts_with(b"PK"));

    let values = file(
        "data.yaml",
        "年渡: 2026\n成文日期: 2026-01-05\n发文机关: { title: 某镇 }\nitems:\n  - { 姓名: 张三, 单位: 甲, 金额: 1 }\n  - { 姓名: 李四, 单拉: 乙, 金额: 1 }\n",
    );
    let output = banwen(&["render", text(&template), "--with", text(&values), "--out", text(&made)]);
    assert_eq!(output.status.code(), Some(1));
    let told = err(&output);
    for part in [
        "通报.md:8:15: `items[2].单位` has no value\n  hint: there is `单拉`",
        "落款:1:8: `联系人` has no value\n  hint: give `联系人` a value; beside it there are 年渡, ",
        "通报.md:4:8: `年度` has no value\n  hint: there is `年渡`",
        "3 variables have no value",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let values = file("data.yaml", &said.replace("某联系人", "张\u{13000}"));
    let output = banwen(&["render", text(&template), "--with", text(&values), "--out", text(&made)]);
    assert_eq!(output.status.code(), Some(1));
    let place = "no face has \u{13000} (U+13000), which stands in `联系人`\n  hint: ";
    assert!(err(&output).contains(place), "{}", err(&output));
    let values = file("data.yaml", &said.replace("某单位", "甲\u{13000}"));
    let output = banwen(&["render", text(&template), "--with", text(&values), "--out", text(&made)]);
    assert!(err(&output).contains("which stands in `items[1].单位`"), "{}", err(&output));
}

/// One request to a maker of papers, and its answer: whether the paper was made, and the first part of what it says.
fn made(source: &str, fields: &Value) -> (bool, String) {
    let faces = banwen::document::fonts::Fonts::bundled().digest();
    let request = serde_json::json!({
        "template": "报告", "source": source, "fields": fields, "fonts": null, "faces": faces, "spool": "spool", "libreoffice": null,
    });
    let request = serde_json::to_vec(&request).unwrap();
    let mut maker = Command::new(env!("CARGO_BIN_EXE_banwen"));
    let mut maker = maker.arg("render-paper").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut asked = maker.stdin.take().unwrap();
    asked.write_all(&(request.len() as u64).to_le_bytes()).unwrap();
    asked.write_all(&request).unwrap();
    drop(asked);
    let output = maker.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    let length = u64::from_le_bytes(output.stdout[1..9].try_into().unwrap()) as usize;
    (output.stdout[0] == 0, String::from_utf8_lossy(&output.stdout[9..9 + length]).into_owned())
}

/// Asks a maker for the certificate of one person.
fn ask(maker: &mut Child, number: usize) {
    let (_, source) = gallery::KINDS.iter().find(|(kind, _)| *kind == "证书").unwrap();
    let mut fields = gallery::Demand::Short.data();
    fields["名单"] = serde_json::json!([format!("第{number}号")]);
    let faces = banwen::document::fonts::Fonts::bundled().digest();
    let request = serde_json::json!({
        "template": "证书", "source": source, "fields": fields, "fonts": null, "faces": faces, "spool": "spool", "libreoffice": null,
    });
    let request = serde_json::to_vec(&request).unwrap();
    let to = maker.stdin.as_mut().unwrap();
    to.write_all(&(request.len() as u64).to_le_bytes()).unwrap();
    to.write_all(&request).unwrap();
    to.flush().unwrap();
}

/// What the maker answers: what is told of the files, the Word file, the PDF.
fn answer(maker: &mut Child) -> [Vec<u8>; 3] {
    let from = maker.stdout.as_mut().unwrap();
    let mut status = [1];
    from.read_exact(&mut status).unwrap();
    assert_eq!(status, [0], "it is made");
    [(); 3].map(|()| {
        let mut length = [0; 8];
        from.read_exact(&mut length).unwrap();
        let mut part = vec![0; u64::from_le_bytes(length) as usize];
        from.read_exact(&mut part).unwrap();
        part
    })
}

fn maker() -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_banwen"));
    command.arg("render-paper").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_maker_killed_in_the_middle_of_a_certificate_is_followed_by_one_that_makes_the_same_bytes() {
    const CERTIFICATES: usize = 12;
    let mut whole = maker();
    let wanted: Vec<[Vec<u8>; 3]> = (0..CERTIFICATES)
        .map(|number| {
            ask(&mut whole, number);
            answer(&mut whole)
        })
        .collect();
    assert!(wanted.windows(2).all(|pair| pair[0][2] != pair[1][2]), "every certificate is another");
    let mut made: Vec<[Vec<u8>; 3]> = Vec::new();
    let mut cut = maker();
    for killed_at in [5, 9, CERTIFICATES] {
        while made.len() < killed_at {
            ask(&mut cut, made.len());
            made.push(answer(&mut cut));
        }
        // it has been asked for the next one and has not answered
        ask(&mut cut, made.len());
        cut.kill().unwrap();
        cut.wait().unwrap();
        cut = maker();
    }
    assert!(made == wanted, "what was made by makers that were killed differs");
    for mut one in [whole, cut] {
        one.kill().unwrap();
        one.wait().unwrap();
    }
}

#[test]
fn a_maker_of_papers_makes_none_that_must_not_go_out_and_says_why() {
    let source = "---\n文种: 报告\n版式: 文件\n发文机关标志: 县政府督查室文件\n签发人: 方远\n标题: 县政府督查室关于督办进展的报告\n主送: 县人民政府\n署名: 县政府督查室\n印发机关: 县政府督查室\n---\n{{ 进展 }}\n";
    let fields = |text: &str| serde_json::json!({ "进展": text, "文号": "县督〔2025〕1号", "成文日期": "2025-03-12", "印发日期": "2025-03-12" });
    let (done, told) = made(source, &fields("东河清淤已完成三公里。"));
    assert!(done, "{told}");
    let (done, told) = made(source, &fields("东河清淤需追加经费，妥否，请批示。"));
    assert!(!done && told.starts_with("不符合公文格式，不能发出：") && told.contains("报告中写有“请批示”"), "{told}");
}

#[test]
fn a_word_template_is_previewed_and_all_its_problems_are_told_at_once() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str, body: &[u8]| {
        std::fs::write(folder.path().join(name), body).unwrap();
        folder.path().join(name)
    };
    let template = file("统计表.docx", include_bytes!("word/汇总表.docx"));
    let spool = folder.path().join("spool");
    let render =
        |arguments: &[&str]| banwen(&[&["render", text(&template), "--spool", text(&spool)], arguments].concat());
    let alone = render(&["--example"]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(err(&alone).contains("there is no 统计表.md beside it"), "{}", err(&alone));
    file("统计表.md", "---\n文种: 统计表\n标题: {{ 年度 }}年统计表\n---\n".as_bytes());
    let example = render(&["--example"]);
    assert_eq!(example.status.code(), Some(0), "{}", err(&example));
    for part in ["年度: ", "表名: \"某表名\"", "行:\n  - ", "单位: \"某单位\""] {
        assert!(out(&example).contains(part), "{part} in {}", out(&example));
    }
    // the title lacks its year, the table its name, the second row its unit
    let rows = "行:\n  - { 单位: 甲, 值: [1, 2] }\n  - { 单拉: 乙, 值: [3, 4] }\n列: [一, 二]\n";
    let values = file("data.yaml", rows.as_bytes());
    let made = folder.path().join("样稿");
    let wrong = render(&["--with", text(&values), "--out", text(&made)]);
    assert_eq!(wrong.status.code(), Some(1));
    for part in ["年度", "【正文】{{ 表名 }}", "r.单位", "3 problems"] {
        assert!(err(&wrong).contains(part), "{part} in {}", err(&wrong));
    }
    assert!(!made.exists());
    let values = file("data.yaml", format!("年度: 2026\n表名: 某表\n{}", rows.replace("单拉", "单位")).as_bytes());
    let output = render(&["--with", text(&values), "--out", text(&made)]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(out(&output), format!("{}\n", made.join("统计表.docx").display()));
    assert!(err(&output).contains("no PDF is made: `libreoffice` is not set"), "{}", err(&output));
    assert!(std::fs::read(made.join("统计表.docx")).unwrap().starts_with(b"PK"));
}

#[test]
fn what_people_fill_in_for_nothing_is_noted_at_its_place() {
    let folder = TempDir::new().unwrap();
    let spool = folder.path().join("spool");
    let told: Value = serde_json::from_slice(&banwen(&["check", "--spool", text(&spool), "--json"]).stdout).unwrap();
    let problems = told["problems"].as_array().unwrap();
    assert!(told["notes"].as_u64() > Some(0) && told["errors"] == 0, "{told}");
    let note = problems.iter().find(|it| it["kind"] == "field-never-read").unwrap();
    assert_eq!(note["severity"], "note");
    let path = note["path"].as_str().unwrap();
    assert!(path.ends_with("七一表彰.yaml") && note["line"].as_u64() > Some(1) && note["column"].as_u64() > Some(0));
    let said = banwen(&["check", "--spool", text(&spool)]);
    assert!(said.status.success() && out(&said).contains(": note: no template, rule, action or table reads"));
    assert!(err(&said).contains(" errors, 0 warnings, "), "{}", err(&said));
}

/// Whoever writes a paper of the office's own begins with a shipped one: each can be looked at without a case.
#[test]
fn every_shipped_template_is_previewed_with_its_example() {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if entry.is_dir() { folders.push(entry) } else { found.push(entry) }
        }
    }
    found.sort();
    let halves: Vec<&[PathBuf]> = found.chunks(found.len().div_ceil(2)).collect();
    let failed: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = halves
            .into_iter()
            .map(|half| scope.spawn(|| half.iter().filter_map(|it| unmade(it)).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(failed.is_empty() && found.len() > 160, "{} of {}: {failed:#?}", found.len() - failed.len(), found.len());
}

/// Why a template cannot be made into both files with the data it begins with; None where it can.
fn unmade(path: &Path) -> Option<String> {
    let told = |why: String| Some(format!("{}: {why}", path.display()));
    let beside = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|it| it.unwrap().path());
    let beside = beside.filter(|it| it.extension().is_some_and(|it| it == "md"));
    let named = |it: &Path| format!("templates/{}", it.file_name().unwrap().to_string_lossy());
    let files = beside.map(|it| (named(&it), std::fs::read_to_string(it).unwrap())).collect();
    let text = std::fs::read_to_string(path).unwrap();
    let template = match Template::parse(&named(path), &pieces::linked(&text, &files)) {
        Ok(template) => template,
        Err(problems) => return told(format!("{problems:?}")),
    };
    let example = template.example();
    let data = match banwen::yaml::read("data.yaml", &example) {
        Ok(data) => data.json(),
        Err(problems) => return told(format!("{problems:?}")),
    };
    if let Some(lacking) = template.lacking(&data).first() {
        return told(lacking.to_string());
    }
    let document = match template.render(&data) {
        Ok(document) => document,
        Err(error) => return told(format!("{error}\n{example}")),
    };
    both(&document, &Fonts::bundled()).err().and_then(|error| told(error.to_string()))
}
