//! Word templates of an office's own, through the engine and the built program: broken ones are told and not deployed, what a
//! template reads is checked, and LibreOffice makes the PDF where this machine has it.

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]

#[path = "common/look.rs"]
mod common;

use banwen::case::event::Body;
use banwen::clock::Moment;
use banwen::document::fonts::Fonts;
use banwen::document::office;
use banwen::engine::Fuse;
use banwen::engine::scenario::{Player, Scenario, parse};
use banwen::engine::viewing;
use banwen::spool::layout::Spool;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const LIBREOFFICE: &str = "/usr/bin/soffice";
const NAME: &str = "tests/scenarios/Word模板";

fn at(text: &str) -> Moment {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

/// The scenario's spool before its first step, with these settings.
async fn begun(out: &Path, settings: &str) -> (Player, Scenario) {
    let path = common::root().join(format!("{NAME}.yaml"));
    let scenario = common::scenario(&path);
    let base = common::root().join("tests/scenarios");
    let standing = Player::prepare(&scenario, &base, out).unwrap();
    std::fs::write(out.join("banwen.yaml"), settings).unwrap();
    (Player::resume(&base, out, &standing, Fuse::default()).await.unwrap(), scenario)
}

fn nothing() -> Scenario {
    parse("none.yaml", "scenario: none\nstart: 2026-03-02T08:30\nsteps: []\n").unwrap()
}

/// What `banwen check` says of a spool.
fn checked(out: &Path) -> (i32, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_banwen")).args(["check", "--spool"]).arg(out).output().unwrap();
    (run.status.code().unwrap(), String::from_utf8(run.stdout).unwrap())
}

/// A spool with the scenario's definitions, laid out without a daemon.
fn laid_out(name: &str) -> PathBuf {
    let out = common::folder(name);
    let scenario = common::scenario(&common::root().join(format!("{NAME}.yaml")));
    Player::prepare(&scenario, &common::root().join("tests/scenarios"), &out).unwrap();
    out
}

#[test]
fn a_broken_word_file_leaves_the_version_before_in_force_and_is_told() {
    common::runtime().block_on(async {
        let out = common::folder("word-broken");
        let (mut player, scenario) = begun(&out, "title: 公开栏\n").await;
        player.play(&scenario, Some(at("2026-03-02T09:30"))).await.unwrap();
        let before = viewing::look(&out).await.unwrap().deployed.get("文明户评选").cloned();
        assert!(before.is_some());
        player.play(&nothing(), Some(at("2026-03-02T09:40"))).await.unwrap();
        let file = out.join("templates/名单公示.docx");
        let good = std::fs::read(&file).unwrap();
        std::fs::copy(common::root().join(format!("{NAME}/坏/名单公示.docx")), &file).unwrap();
        player.play(&nothing(), Some(at("2026-03-02T09:50"))).await.unwrap();
        let report = out.join("workflows/文明户评选.yaml.errors.txt");
        let told = std::fs::read_to_string(&report).unwrap();
        for part in ["templates/名单公示.docx 【正文】受理单位：", "is not closed by `}}`", "full-width braces"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert_eq!(viewing::look(&out).await.unwrap().deployed.get("文明户评选"), before.as_ref());
        // a Word file alone changes: that is seen, too
        std::fs::write(&file, good).unwrap();
        player.play(&nothing(), Some(at("2026-03-02T09:55"))).await.unwrap();
        assert!(!report.exists());
        let kept = std::fs::read_dir(Spool::at(&out).state().join("templates")).unwrap().count();
        assert_eq!(kept, 2, "the two that were deployed, not the broken one");
        common::clear(&out);
    });
}

#[test]
fn what_a_word_file_reads_is_checked_like_any_template() {
    let out = laid_out("word-checked");
    assert_eq!(checked(&out).0, 0, "{}", checked(&out).1);
    let definition = out.join("workflows/文明户评选.yaml");
    let text = std::fs::read_to_string(&definition).unwrap();
    std::fs::write(&definition, text.replace("照片: { type: file", "相片: { type: file")).unwrap();
    let (status, told) = checked(&out);
    assert_eq!(status, 1);
    let expected = "templates/推荐汇总表.docx 【正文】{{ x.照片|default(\"\") }}:";
    assert!(
        told.contains(expected) && told.contains("reads `items.照片`") && told.contains("did you mean `相片`?"),
        "{told}"
    );
    std::fs::write(&definition, text).unwrap();

    let front = out.join("templates/名单公示.md");
    let good = std::fs::read_to_string(&front).unwrap();
    std::fs::write(&front, format!("{good}又一段\n")).unwrap();
    let (_, told) = checked(&out);
    assert!(told.contains("template-two-texts") && told.contains("名单公示.md"), "{told}");
    std::fs::remove_file(&front).unwrap();
    let (_, told) = checked(&out);
    assert!(told.contains("there is no 名单公示.md beside it"), "{told}");
    std::fs::write(&front, good).unwrap();
    std::fs::copy(common::root().join(format!("{NAME}/坏/名单公示.docx")), out.join("templates/名单公示.docx"))
        .unwrap();
    std::fs::write(out.join("banwen.yaml"), "libreoffice: soffice\n").unwrap();
    let (status, told) = checked(&out);
    assert!(status == 1 && told.matches("word-template-tag").count() == 2, "{told}");
    assert!(told.contains("setting-wrong") && told.contains("/usr/bin/soffice"), "{told}");
    common::clear(&out);
}

#[test]
fn a_child_of_the_program_makes_the_same_file() {
    common::runtime().block_on(async {
        let out = common::folder("word-child");
        let (mut player, scenario) = begun(&out, "title: 公开栏\n").await;
        player.play(&scenario, Some(at("2026-03-03T12:00"))).await.unwrap();
        let events = player.events().await.unwrap();
        let ordered = events.iter().find_map(|event| {
            if let Body::DocumentOrdered { template, fields, .. } = &event.body {
                Some((template.clone(), fields.clone()))
            } else {
                None
            }
        });
        let (template, fields) = ordered.unwrap();
        let word = events.iter().find_map(|event| {
            if let Body::DocumentRendered { word, .. } = &event.body { Some(word.clone()) } else { None }
        });
        let view = viewing::look(&out).await.unwrap();
        let source = view.programs.values().find_map(|program| program.template(&template)).unwrap().to_string();
        let request = serde_json::json!({
            "template": template, "source": source, "fields": fields, "fonts": null, "faces": Fonts::bundled().digest(), "spool": out, "libreoffice": null,
        });
        let mut child = Command::new(env!("CARGO_BIN_EXE_banwen"))
            .arg("render-paper")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let request = request.to_string();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&(request.len() as u64).to_le_bytes()).unwrap();
        stdin.write_all(request.as_bytes()).unwrap();
        drop(stdin);
        let answer = child.wait_with_output().unwrap().stdout;
        assert_eq!(answer[0], 0, "it is made");
        let mut rest = &answer[1..];
        let mut part = || {
            let (length, after) = rest.split_at(8);
            let (part, after) =
                after.split_at(usize::try_from(u64::from_le_bytes(length.try_into().unwrap())).unwrap());
            rest = after;
            part
        };
        let told: serde_json::Value = serde_json::from_slice(part()).unwrap();
        assert!(told["no_pdf"].as_str().unwrap().contains("not set"), "{told}");
        assert_eq!(banwen::files::digest_hex(part()), word.unwrap());
        assert!(part().is_empty(), "no PDF");
        common::clear(&out);
    });
}

#[test]
fn libreoffice_makes_the_pdf_and_verification_makes_it_again() {
    if !Path::new(LIBREOFFICE).exists() {
        assert!(std::env::var_os("CI").is_none(), "LibreOffice is not installed");
        let mut err = std::io::stderr();
        err.write_all(b"SKIPPED: LibreOffice is not on this machine\n").unwrap();
        return;
    }
    common::runtime().block_on(async {
        let out = common::folder("word-pdf");
        let (mut player, scenario) = begun(&out, &format!("libreoffice: {LIBREOFFICE}\n")).await;
        player.play(&scenario, Some(at("2026-03-03T12:00"))).await.unwrap();
        let events = player.events().await.unwrap();
        let made = events.iter().filter_map(|event| {
            if let Body::DocumentRendered { pdf, renderer, no_pdf, .. } = &event.body {
                Some((pdf.clone(), renderer.clone(), no_pdf.clone()))
            } else {
                None
            }
        });
        let made: Vec<_> = made.collect();
        assert_eq!(made.len(), 2);
        for (pdf, renderer, no_pdf) in made {
            assert!(no_pdf.is_none() && renderer.contains("Word template, LibreOffice"), "{renderer} {no_pdf:?}");
            let bytes = std::fs::read(Spool::at(&out).original(&pdf.unwrap())).unwrap();
            assert_eq!(office::pages(&bytes), 1);
        }
        let folder = Spool::at(&out).office("镇组织办").documents();
        let pdfs =
            std::fs::read_dir(folder).unwrap().filter(|e| e.as_ref().unwrap().path().extension().unwrap() == "pdf");
        assert_eq!(pdfs.count(), 2);
        let report = player.verify().await.unwrap();
        assert!(report.problems.is_empty() && report.same_bytes == 2, "{report:?}");
        common::clear(&out);
    });
}

#[test]
fn a_suite_that_is_not_there_leaves_a_paper_without_pdf_and_nothing_stuck() {
    common::runtime().block_on(async {
        let out = common::folder("word-no-pdf");
        let (mut player, scenario) = begun(&out, "libreoffice: /nowhere/soffice\n").await;
        player.play(&scenario, None).await.unwrap();
        let events = player.events().await.unwrap();
        let why = |body: &Body| if let Body::DocumentRendered { no_pdf, .. } = body { no_pdf.clone() } else { None };
        let told: Vec<String> = events.iter().filter_map(|event| why(&event.body)).collect();
        assert!(told.len() == 2 && told.iter().all(|it| it.contains("/nowhere/soffice")), "{told:?}");
        assert!(events.iter().any(|event| matches!(event.body, Body::CaseSealed { .. })));
        drop(player);
        let case = &events[0].stream;
        let run =
            Command::new(env!("CARGO_BIN_EXE_banwen")).args(["show", case, "--spool"]).arg(&out).output().unwrap();
        let shown = String::from_utf8(run.stdout).unwrap();
        assert!(shown.contains("（无PDF）") && shown.contains("no PDF: /nowhere/soffice"), "{shown}");
        common::clear(&out);
    });
}

#[test]
fn whoever_answers_next_is_told_in_words_that_a_picture_came() {
    common::runtime().block_on(async {
        let out = common::folder("word-pictures");
        let (mut player, scenario) = begun(&out, "title: 公开栏\n").await;
        player.play(&scenario, Some(at("2026-03-02T12:00"))).await.unwrap();
        let form = std::fs::File::open(out.join("offices/镇组织办/待办/审核表-4号.xlsx")).unwrap();
        let mut form = zip::ZipArchive::new(form).unwrap();
        let texts = std::io::read_to_string(form.by_name("xl/sharedStrings.xml").unwrap()).unwrap();
        let picture = std::fs::read(common::root().join(format!("{NAME}/照片.png"))).unwrap();
        let digest = banwen::files::digest_hex(&picture);
        assert!(!texts.contains(&digest), "{texts}");
        let told = format!("附件已收，没有放进本表（原件编号{}，", &digest[..8]);
        assert!(texts.contains(&told), "{told}: {texts}");
        common::clear(&out);
    });
}
