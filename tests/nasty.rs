//! One list of strings that mean something to somebody, laid into every output: each says what was entered, and does nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "nasty/strings.rs"]
mod strings;

use banwen::archive::{self, ArchiveFile, Package, Piece, Retention, Source};
use banwen::diagram::{Arrow, Diagram, Node, Shape, Span, Way};
use banwen::document::fonts::Fonts;
use banwen::document::template::Template;
use banwen::document::{html, inspect, pdf, word};
use banwen::mail::{Attachment, Correspondent, Letter, message};
use banwen::ooxml::{package, xml};
use banwen::publish::{self, Contact, Download, Notice, Site, State};
use banwen::spool::receipt::{ReceiptFacts, ReturnFacts, receipt_name, receipt_text, return_text};
use banwen::spool::{forms, names};
use banwen::submission::{Answers, Entry, Fault, Form, Grid, Line, Raw, Type, What};
use serde_json::{Map, Value, json};
use strings::{day, is_plain_line, moment, nasty, runs, visible};

#[test]
fn on_the_page_everything_is_text() {
    for text in nasty() {
        let notice = Notice {
            id: text.clone(),
            title: text.clone(),
            office: text.clone(),
            kind: text.clone(),
            html_body: format!("<p>{}</p>", publish::escape(&text)),
            word: None,
            pdf: Some(Download { file_name: text.clone(), bytes: b"%PDF-1.7".to_vec(), texts: Vec::new() }),
            from: day(),
            until: Some(day()),
            days_left_text: text.clone(),
            count_explanation: text.clone(),
            provisional: true,
            contact: Contact { office: text.clone(), phone: text.clone(), email: text.clone(), address: text.clone() },
            // the mail address within some of them is meant to be there
            public_numbers: vec!["boss@example.cn".to_owned(), "a@b.cn".to_owned()],
            state: State::Current,
        };
        let site = Site {
            office_title: text.clone(),
            notices: vec![notice],
            papers: Vec::new(),
            public_contacts: vec!["boss@example.cn".to_owned(), "a@b.cn".to_owned()],
            now: moment(),
        };
        let folder = tempfile::tempdir().unwrap();
        let done = publish::write(folder.path(), &site).unwrap();
        assert_eq!(done.refused, [], "{text:?}");
        for name in done.written.iter().filter(|name| name.ends_with(".html")) {
            let page = std::fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(runs(&page), None, "{name}: {text:?}");
            assert!(!page.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{name}: {text:?}");
            assert!(visible(&publish::text_of(&page)).contains(&visible(&text)), "{name}: {text:?} cannot be read");
        }
        for name in &done.written {
            assert!(name.is_ascii() && !name.contains("..") && name.matches('/').count() <= 1, "{name}");
        }
    }
}

#[test]
fn a_letter_has_the_headers_it_was_given_and_no_others() {
    for text in nasty() {
        let letter = Letter {
            effect_id: text.clone(),
            from: Correspondent { name: text.clone(), address: "zzb@example.gov.cn".to_owned() },
            to: vec![Correspondent { name: text.clone(), address: "zb1@example.gov.cn".to_owned() }],
            subject: text.clone(),
            text: text.clone(),
            attachments: vec![Attachment {
                file_name: text.clone(),
                media_type: text.clone(),
                bytes: b"%PDF".to_vec(),
            }],
            date: moment(),
        };
        let bytes = message(&letter).unwrap();
        let whole = String::from_utf8(bytes).unwrap();
        assert!(whole.is_ascii() && !whole.contains('\0'), "{text:?}");
        assert_eq!(whole.matches('\n').count(), whole.matches("\r\n").count(), "{text:?}");
        assert_eq!(whole.matches('\r').count(), whole.matches("\r\n").count(), "{text:?}");
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        let headers: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        let known = ["MIME-Version", "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "Content-Type"];
        assert!(headers.iter().all(|name| known.contains(name)), "{headers:?} of {text:?}");
        assert_eq!(headers.len(), known.len(), "{headers:?}");
        assert!(head.lines().all(|line| line.len() < 998), "{text:?}");
        // two parts and no third
        assert_eq!(body.matches("Content-Transfer-Encoding: base64").count(), 2, "{text:?}");
        assert_eq!(body.lines().filter(|line| line.starts_with("--part_")).count(), 3, "{text:?}");
        assert!(!whole.lines().any(|line| line.starts_with("Bcc")), "{text:?}");
    }
}

fn entry(name: &str) -> Entry {
    let (name, title) = (name.to_owned(), name.to_owned());
    Entry {
        name,
        title,
        also: Vec::new(),
        kind: Type::Text(6_000),
        optional: true,
        shown: false,
        min: None,
        max: None,
        unit: None,
        hint: None,
        of: Vec::new(),
    }
}

fn form(text: &str) -> Form {
    let values = |name: &str| -> Map<String, Value> { [(name.to_owned(), json!(text))].into_iter().collect() };
    Form {
        title: text.chars().take(60).collect(),
        answers: Answers {
            what: What::Task,
            office: "zb1".to_owned(),
            about: "七一表彰".to_owned(),
            stage: None,
            case: Some("2026".to_owned()),
            task: Some(7),
            revision: 1,
        },
        notes: vec![text.to_owned()],
        quotas: vec![(text.to_owned(), "3".to_owned(), "1".to_owned())],
        head: vec![entry("事由")],
        head_values: values("事由"),
        grids: vec![Grid {
            name: "对象".to_owned(),
            columns: vec![entry("事迹")],
            lines: vec![Line { item: Some(1), values: values("事迹") }],
            blank: 2,
            called: None,
        }],
        attach: vec![text.to_owned()],
    }
}

#[test]
fn a_cell_of_a_workbook_or_form_is_a_text_and_comes_back() {
    for text in nasty() {
        let form = form(&text);
        let bytes = forms::write(&form).unwrap();
        let parts = package::Package::read(&bytes).unwrap();
        for name in parts.names().filter(|name| name.ends_with(".xml")) {
            let tree = parts.xml(name).unwrap_or_else(|error| panic!("{name} of {text:?}: {error}"));
            assert!(!has(&tree, &["f", "ddeLink", "hyperlink"]), "{name} of {text:?} computes");
        }
        let filled = forms::read("表.xlsx", &bytes).unwrap_or_else(|faults| panic!("{text:?}: {faults:?}"));
        let came_back = |raw: Option<&Raw>| match raw {
            Some(Raw::Text(back)) => assert_eq!(visible(back), visible(&text), "{text:?}"),
            None if visible(&text).is_empty() => {}
            other => panic!("{text:?} came back as {other:?}"),
        };
        came_back(filled.head.iter().find(|cell| cell.name == "事由").map(|cell| &cell.raw));
        let line = filled.grids[0].1.first();
        came_back(line.and_then(|line| line.cells.iter().find(|cell| cell.name == "事迹")).map(|cell| &cell.raw));
        let word = forms::write_word(&form).unwrap();
        let parts = package::Package::read(&word).unwrap();
        for name in parts.names().filter(|name| name.ends_with(".xml")) {
            let tree = parts.xml(name).unwrap_or_else(|error| panic!("{name} of {text:?}: {error}"));
            assert!(
                !has(&tree, &["w:instrText", "w:object", "w:altChunk"]) || !text.contains("INCLUDE"),
                "{name} of {text:?}"
            );
        }
        assert!(forms::read("表.docx", &word).is_ok(), "{text:?}");
    }
}

fn has(tree: &xml::Element, names: &[&str]) -> bool {
    names.contains(&tree.name.as_str()) || tree.elements().any(|child| has(child, names))
}

#[test]
fn a_list_in_utf16_with_halves_of_characters_has_an_answer() {
    let mut wide: Vec<u8> = [0xFF, 0xFE].to_vec();
    let units: Vec<u16> = "姓名,备注\n"
        .encode_utf16()
        .chain([0xD800, u16::from(b','), 0xDC00, 0xFFFE, 0x2028, u16::from(b'\n')])
        .collect();
    wide.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    match forms::read("名单.csv", &wide) {
        Ok(filled) => assert!(filled.answers.is_none()),
        Err(faults) => assert!(!faults[0].say.is_empty()),
    }
}

#[test]
fn names_of_files_are_names_everywhere() {
    for text in nasty() {
        let mut made = vec![
            names::safe(&text),
            names::safe_with(&text, "-5.docx"),
            receipt_name(day(), &text),
            archive::safe_name(&text),
            publish::page_name(&text),
        ];
        made.push(names::unique(&made[0], |name| name == made[0]));
        for name in made {
            assert!(!name.is_empty() && name.len() <= 255, "{name:?} of {text:?}");
            assert!(is_plain_line(&name), "{name:?} of {text:?}");
            assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']), "{name:?} of {text:?}");
            assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']), "{name:?} of {text:?}");
            let stem = name.split('.').next().unwrap().to_uppercase();
            let shared = !["CON", "NUL", "PRN", "AUX"].contains(&stem.trim());
            // the page's own names go nowhere but to a web server
            assert!(shared || name == publish::page_name(&text), "{name:?} of {text:?}");
        }
    }
}

#[test]
fn receipts_and_returns_keep_their_lines() {
    for text in nasty() {
        let facts = ReceiptFacts {
            number: "20220602-093000-1".to_owned(),
            file: text.clone(),
            office_title: "第一党支部".to_owned(),
            at: moment(),
            taken_for: text.clone(),
            accepted: vec![text.clone()],
            returned: vec![Fault::at(text.clone(), text.clone())],
            next: vec![text.clone()],
            again: None,
        };
        let back = ReturnFacts {
            number: facts.number.clone(),
            file: text.clone(),
            office_title: facts.office_title.clone(),
            at: moment(),
            faults: vec![Fault::at(text.clone(), text.clone())],
            way_out: text.clone(),
        };
        for told in [receipt_text(&facts), return_text(&back)] {
            assert!(told.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r')), "{told:?}");
            assert!(visible(&told).contains(&visible(&text)), "{text:?} in {told:?}");
            // the number of lines does not depend on what was entered: nobody can write a second 收件号
            assert_eq!(told.lines().filter(|line| line.starts_with("收件号：")).count(), 1, "{told:?}");
            assert!(!told.lines().any(|line| line.starts_with("Bcc")), "{told:?}");
        }
    }
}

#[test]
fn the_catalogue_of_the_archive_computes_nothing() {
    for text in nasty() {
        let file = || ArchiveFile { name: text.clone(), source: Source::Bytes(b"x".to_vec()) };
        let piece = Piece {
            title: text.clone(),
            number: text.clone(),
            responsible: text.clone(),
            date: day(),
            secrecy: String::new(),
            pages: Some(1),
            note: text.clone(),
            files: vec![file(), file()],
        };
        let package = Package {
            case_id: text.clone(),
            title: text.clone(),
            fonds: "0123".to_owned(),
            class: "WS".to_owned(),
            office: "ZZB".to_owned(),
            retention: Retention::Years10,
            year: 2022,
            pieces: vec![piece],
            submissions: vec![file()],
            events_jsonl: b"{}\n".to_vec(),
            children: Vec::new(),
            closed_at: moment(),
        };
        let folder = tempfile::tempdir().unwrap();
        let sealed = archive::seal(folder.path(), &package, 1).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert!(sealed.path.starts_with(folder.path()) && sealed.path.components().all(|it| it.as_os_str() != ".."));
        assert!(archive::verify(&sealed.path).is_empty(), "{text:?}");
        let catalogue = std::fs::read_to_string(sealed.path.join("目录.csv")).unwrap();
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(catalogue.as_bytes());
        let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1, "{text:?}");
        for cell in &rows[0] {
            assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t']), "{cell:?}");
            assert!(is_plain_line(cell) || !cell.chars().any(char::is_control), "{cell:?}");
        }
        assert_eq!(visible(&rows[0][4]), visible(&text));
    }
}

const TEMPLATE: &str = "---\n文种: 公示\n版式: 普通\n标题: 关于某事的公示\n---\n前：{{ 文 }}：后\n\n| 项目 | 内容 |\n|---|---|\n| 甲 | {{ 文 }} |\n";

#[test]
fn what_is_entered_is_no_template_no_markdown_and_no_typst() {
    let template = Template::parse("公示", TEMPLATE).unwrap();
    let plain = template.render(&json!({ "文": "一" })).unwrap();
    for text in nasty() {
        // a control character has no glyph and no place in a paper
        let document = template.render(&json!({ "文": text })).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(document.attachments.len(), plain.attachments.len(), "{text:?} made an attachment");
        assert_eq!(document.subject, plain.subject);
        let said = html::text(&document);
        assert!(
            visible(&said).matches(&visible(&text)).count() >= 2 || visible(&text).is_empty(),
            "{text:?} in {said:?}"
        );
        assert!(!said.contains("49") || text.contains("49"), "{text:?} was reckoned");
        let fragment = html::html(&document);
        assert_eq!(runs(&fragment), None, "{text:?}");
        let bytes = word::word(&document).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let again = inspect::text(&bytes).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert!(visible(&again).contains(&visible(&text)), "Word: {text:?}");
        let missing = Fonts::bundled().missing(&said);
        match pdf::pdf(&document, &Fonts::bundled()) {
            Ok(made) => {
                let again = visible(&inspect::text(&made).unwrap());
                // rows are cut anywhere, and a very long text goes over pages
                let start: String = visible(&text).chars().take(8).collect();
                assert!(again.contains(&start), "PDF: {text:?}");
            }
            Err(error) => assert!(!missing.is_empty(), "PDF: {text:?}: {error}"),
        }
    }
}

fn diagram(text: &str) -> Diagram {
    let title = || text.to_owned();
    let node = |shape: Shape| Node {
        shape,
        title: title(),
        rows: vec![("谁", title())],
        side: false,
        gate: true,
        now: vec![title()],
    };
    let arrow = |to: usize, way: Way| Arrow { from: 0, to, label: vec![title()], way };
    Diagram {
        title: title(),
        subtitle: vec![title()],
        nodes: vec![node(Shape::Start), node(Shape::Finish), node(Shape::Ended)],
        arrows: vec![arrow(1, Way::Onward), arrow(2, Way::End)],
        spans: vec![Span { name: title(), text: title(), from: 0, until: 1 }],
        notes: vec![(title(), title())],
    }
}

#[test]
fn pictures_of_definitions_are_pictures() {
    let commands = |text: &str| {
        let starts = ["click ", "%%{", "Bcc", "<script", "subgraph", "end"];
        text.lines().filter(|line| starts.iter().any(|start| line.trim_start().starts_with(start))).count()
    };
    let plain = commands(&diagram("一").mermaid());
    for text in nasty() {
        let diagram = diagram(&text);
        let svg = diagram.svg();
        let tree = xml::parse(svg.as_bytes()).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert!(!has(&tree, &["script", "img", "image", "foreignObject", "a"]), "{text:?}");
        let mermaid = diagram.mermaid();
        assert_eq!(commands(&mermaid), plain, "{text:?} in {mermaid}");
        assert!(mermaid.chars().all(|c| !c.is_control() || c == '\n'), "{text:?}");
    }
}

/// What a log line is made of (ids, titles, words of others) stays on its line, and moves no cursor.
#[test]
fn a_log_line_is_one_line() {
    use std::sync::{Arc, Mutex};
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let kept = Kept::default();
    let lines = kept.clone();
    let subscriber = banwen::cli::log_lines(move || lines.clone());
    let all = nasty();
    tracing::subscriber::with_default(subscriber, || {
        for text in &all {
            tracing::info!("{text} status=deferred ({text})");
        }
    });
    let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert_eq!(said.lines().count(), all.len(), "{said}");
    assert!(said.chars().all(|c| c == '\n' || !c.is_control()), "{said:?}");
}
