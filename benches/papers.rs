//! What papers cost: a notice of one page, one of six pages with a table of thirty rows, and five thousand certificates made by the
//! renderer the daemon uses, which is killed once on the way. `cargo bench --bench papers` prints the figures; they are this
//! machine's, to be compared within one run only.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints, and one that cannot run has failed")]

use banwen::document::fonts::Fonts;
use banwen::document::gallery::{Demand, KINDS};
use banwen::document::model::Document;
use banwen::document::template::Template;
use banwen::document::{pdf, word};
use banwen::files;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const CERTIFICATES: usize = 5000;
/// After so many the renderer is killed.
const KILLED_AFTER: usize = 2731;
/// Certificates that may wait for the disk at once.
const WAITING_MAX: usize = 16;

fn main() {
    let fonts = Fonts::bundled();
    let papers = [
        ("a notice of one page", paper("公示", Demand::Short.data())),
        ("a notice of six pages with a table of thirty rows", six_pages()),
        ("a certificate", paper("证书", Demand::Short.data())),
    ];
    pdf::pdf(&papers[0].1, &fonts).expect("the first document warms the faces");
    for (name, document) in &papers {
        let word = mean(200, || drop(word::word(document).expect("Word")));
        let pdf = mean(60, || drop(pdf::pdf(document, &fonts).expect("PDF")));
        println!("{name}: Word {:.0}/s, PDF {:.0}/s on one thread", 1.0 / word.as_secs_f64(), 1.0 / pdf.as_secs_f64());
    }
    certificates();
}

fn source(kind: &str) -> &'static str {
    KINDS.iter().find(|(name, _)| *name == kind).expect("a kind of the gallery").1
}

fn paper(kind: &str, data: Value) -> Document {
    Template::parse(kind, source(kind)).expect("it parses").render(&data).expect("it renders")
}

fn six_pages() -> Document {
    let mut text = source("公示").to_owned();
    text.push_str("{% for 次 in range(20) %}\n{{ 段落 }}\n{% endfor %}\n");
    text.push_str("| 序号 | 事项 | 责任人 |\n|---|:---------|-----|\n");
    text.push_str(
        "{% for 次 in range(30) %}\n| {{ loop.index }} | {{ 段落[:40] }} | {{ 名单[loop.index0] }} |\n{% endfor %}\n",
    );
    let mut data = Demand::Long.data();
    data["名单"] = json!(data["名单"].as_array().expect("names")[..30]);
    Template::parse("通知", &text).expect("it parses").render(&data).expect("it renders")
}

fn mean(times: u32, mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        run();
    }
    start.elapsed() / times
}

/// Five thousand certificates as files, each whole or absent; what is there already is not made again. While some are written and
/// synced, the next are made.
fn certificates() {
    let folder = std::env::temp_dir().join(format!("banwen-certificates-{}", std::process::id()));
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    for one in [&whole, &cut] {
        files::create_dirs(one).expect("a folder");
    }
    let start = Instant::now();
    let peak = make(&whole, CERTIFICATES);
    let taken = start.elapsed();
    make(&cut, KILLED_AFTER);
    make(&cut, CERTIFICATES);
    let same = (0..CERTIFICATES).all(|number| {
        let read = |folder: &Path, kind: &str| std::fs::read(folder.join(format!("{number}.{kind}"))).expect("a file");
        ["docx", "pdf"].iter().all(|kind| read(&whole, kind) == read(&cut, kind))
    });
    println!(
        "{CERTIFICATES} certificates in Word and PDF, each synced to the disk: {taken:.1?}, {:.0}/s, the renderer's peak {peak} MB; \
         killed after {KILLED_AFTER} and gone on: {}",
        CERTIFICATES as f64 / taken.as_secs_f64(),
        if same { "the same bytes" } else { "OTHER BYTES" }
    );
    files::remove_tree(&folder).expect("the folder goes");
    assert!(same, "the same bytes");
}

/// Makes what is missing of the first `upto` certificates, with a renderer that is killed at the end. Gives its peak in MB.
fn make(folder: &Path, upto: usize) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_banwen"))
        .arg("render-paper")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the renderer starts");
    let path = &|number: usize, kind: &str| folder.join(format!("{number}.{kind}"));
    let (give, take) = mpsc::sync_channel::<(usize, (Vec<u8>, Vec<u8>))>(WAITING_MAX);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Ok(first) = take.recv() {
                let waiting = std::iter::once(first).chain(take.try_iter().take(WAITING_MAX));
                // the PDF, by which a certificate counts, gets its name last
                let files = waiting
                    .flat_map(|(number, (word, pdf))| [(path(number, "docx"), word), (path(number, "pdf"), pdf)]);
                files::write_all_atomic(files.collect()).into_iter().for_each(|written| written.expect("a file"));
            }
        });
        for number in (0..upto).filter(|number| !path(*number, "pdf").exists()) {
            give.send((number, ask(&mut child, number))).expect("the other writes");
        }
        drop(give);
    });
    if upto < CERTIFICATES {
        // killed while it makes the next one
        send(&mut child, upto);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    peak.unwrap_or(0) / 1024
}

fn send(child: &mut Child, number: usize) {
    let mut fields = Demand::Short.data();
    fields["名单"] = json!([format!("第{number}号")]);
    let request = json!({ "template": "证书", "source": source("证书"), "fields": fields, "fonts": null, "faces": Fonts::bundled().digest(), "spool": "spool", "libreoffice": null }).to_string();
    let to = child.stdin.as_mut().expect("a pipe");
    to.write_all(&(request.len() as u64).to_le_bytes()).expect("it listens");
    to.write_all(request.as_bytes()).expect("it listens");
    to.flush().expect("it listens");
}

fn ask(child: &mut Child, number: usize) -> (Vec<u8>, Vec<u8>) {
    send(child, number);
    let from = child.stdout.as_mut().expect("a pipe");
    let mut status = [1];
    from.read_exact(&mut status).expect("it answers");
    assert_eq!(status, [0], "it is made");
    let mut part = || {
        let mut length = [0; 8];
        from.read_exact(&mut length).expect("it answers");
        let mut part = vec![0; usize::try_from(u64::from_le_bytes(length)).expect("a length")];
        from.read_exact(&mut part).expect("it answers");
        part
    };
    // what is told of the files, then they
    part();
    let word = part();
    (word, part())
}
