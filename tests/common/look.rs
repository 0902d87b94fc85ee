//! What the tests of scenarios share: playing in a folder of its own, and looking at everything a person could see.

#![expect(clippy::unwrap_used, reason = "a test that cannot look has failed")]
#![allow(dead_code, reason = "each test uses its part")]

use banwen::case::event::{Body, Event};
use banwen::engine::scenario::{Scenario, parse};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Longest text shown of one value of an event.
const VALUE_CHARACTERS_MAX: usize = 40;
/// Attempts to remove a folder.
const CLEARINGS_MAX: usize = 20;
/// How the header rows of long tables begin.
const HEADS: [&str; 5] = ["序号", "申请人情况", "类别", "名次", "科室"];

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder for one run, empty, under the target's temporary folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    clear(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Removes a folder, sealed packages included.
pub(crate) fn clear(path: &Path) {
    // A store that is just being closed takes its own files away meanwhile.
    for _ in 0..CLEARINGS_MAX {
        if !path.is_dir() {
            return;
        }
        if std::fs::remove_dir_all(path).is_err() {
            writable(path);
        }
    }
    assert!(!path.is_dir(), "{} cannot be removed", path.display());
}

fn writable(path: &Path) {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return };
    if !metadata.is_dir() {
        return;
    }
    let mut permissions = metadata.permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    let _ = std::fs::set_permissions(path, permissions);
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        writable(&entry.path());
    }
}

/// Reads a scenario; every problem of it fails the test.
pub(crate) fn scenario(path: &Path) -> Scenario {
    let text = std::fs::read_to_string(path).unwrap();
    parse(&path.display().to_string(), &text).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// A runtime of one thread.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Every file below a folder: path relative to it, digest-free content.
pub(crate) fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    collect(root, "", &mut found);
    found
}

fn collect(at: &Path, name: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    if at.is_file() {
        found.insert(name.to_string(), std::fs::read(at).unwrap());
        return;
    }
    let Ok(entries) = std::fs::read_dir(at) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let own = entry.file_name().to_string_lossy().into_owned();
        let path = if name.is_empty() { own } else { format!("{name}/{own}") };
        collect(&entry.path(), &path, found);
    }
}

/// What a person can see of a spool: offices' folders but 表样, mails, the page, the archive, what is sealed unread.
pub(crate) fn visible(spool: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for part in ["offices", "mail", "public", "archive"] {
        for (name, bytes) in files(&spool.join(part)) {
            if !name.contains("/表样/") {
                found.insert(format!("{part}/{name}"), bytes);
            }
        }
    }
    found
}

/// A moment of day as transcripts write it.
pub(crate) fn when(at: banwen::clock::Moment) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// One line that says what an event is about; no digests.
pub(crate) fn line(event: &Event) -> String {
    let mut body = serde_json::to_value(&event.body).unwrap();
    let kind = body.as_object_mut().unwrap().shift_remove("kind").unwrap();
    let hidden =
        ["closure", "submission", "calendar", "proof", "renderer", "fonts", "word", "pdf", "digest", "code", "due"];
    let mut parts = Vec::new();
    for (name, value) in body.as_object().unwrap() {
        let papers_fields = name == "fields" && matches!(event.body, Body::DocumentOrdered { .. });
        let version = matches!(event.body, Body::CaseMigrated { .. }) && ["from", "to"].contains(&name.as_str());
        if papers_fields || version || hidden.contains(&name.as_str()) {
            continue;
        }
        let shown = match name.as_str() {
            "fields" if matches!(event.body, Body::ItemOpened { .. }) => {
                let named = ["姓名", "事实"].iter().find_map(|n| value.get(*n)).and_then(Value::as_str);
                named.unwrap_or_default().to_string()
            }
            "fields" if matches!(event.body, Body::ItemChanged { .. }) => short(&with_cleared(value)),
            // below `fields` in the log, so that they can be erased
            "text" | "reasons" => short(value.get("fields").unwrap_or(value)),
            "scan" => value.as_str().map(|_| "有".to_string()).unwrap_or_default(),
            "attachments" => names(value),
            "rows" => value.as_array().unwrap().iter().map(row).collect::<Vec<_>>().join(" "),
            _ => short(value),
        };
        if !shown.is_empty() {
            parts.push(format!("{name}={shown}"));
        }
    }
    let by = if event.by == "系统自动" { String::new() } else { format!(" [{}]", event.by) };
    format!("{}/{} {}{by} {}", event.stream, event.seq, kind.as_str().unwrap(), parts.join(" "))
}

/// Values that changed; what was taken out is told as well.
fn with_cleared(value: &Value) -> Value {
    let told = |value: &Value| if value.is_null() { Value::from("（空）") } else { value.clone() };
    value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), told(value))).collect()
}

fn names(value: &Value) -> String {
    let name = |v: &Value| v.get("name").and_then(Value::as_str).unwrap_or_default().to_string();
    value.as_array().into_iter().flatten().map(name).collect::<Vec<_>>().join("、")
}

fn row(value: &Value) -> String {
    let item = value.get("item").map(ToString::to_string);
    let name = value.get("fields").and_then(|f| f.get("姓名")).and_then(Value::as_str).map(str::to_string);
    let outcome = value.get("outcome").and_then(Value::as_str).map(|o| format!("→{o}")).unwrap_or_default();
    let reason = value.get("reason").and_then(Value::as_str).map(|r| format!("（{r}）")).unwrap_or_default();
    format!("{}{outcome}{reason}", item.or(name).unwrap_or_default())
}

/// A value on one line; what is empty is not shown.
fn short(value: &Value) -> String {
    let text = match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "是".to_string(),
        Value::Number(n) => n.to_string(),
        Value::String(text) => text.replace('\n', "⏎"),
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(short).collect();
            if list.is_empty() { String::new() } else { format!("[{}]", list.join(",")) }
        }
        Value::Object(map) => {
            let shown: Vec<String> = map
                .iter()
                .filter(|(name, _)| name.as_str() != "calendar")
                .map(|(name, value)| (name, short(value)))
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("{name}:{value}"))
                .collect();
            if shown.is_empty() { String::new() } else { format!("{{{}}}", shown.join(" ")) }
        }
    };
    let long = matches!(value, Value::String(_)) && text.chars().count() > 4 * VALUE_CHARACTERS_MAX;
    if long { format!("{}…", text.chars().take(4 * VALUE_CHARACTERS_MAX).collect::<String>()) } else { text }
}

/// A letter as its reader sees its head: to whom, about what, with which files.
pub(crate) fn letter(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let unfolded = text.replace("\n\t", " ").replace("\n ", " ");
    let header = |name: &str| {
        let found = unfolded.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default();
        decoded(found.trim())
    };
    let mut attached = Vec::new();
    for line in unfolded.lines().filter(|l| l.starts_with("Content-Disposition: attachment")) {
        attached.push(file_name(line));
    }
    format!("To: {} | {} | 附件：{}", header("To:"), header("Subject:"), attached.join("、"))
}

/// The Message-ID of a letter.
pub(crate) fn message_id(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    text.lines().find_map(|l| l.strip_prefix("Message-ID:")).unwrap_or_default().trim().to_string()
}

/// Encoded words (RFC 2047) as text.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut before = false;
    while let Some(at) = rest.find("=?") {
        let (plain, word) = rest.split_at(at);
        if !(before && plain.trim().is_empty()) {
            out.push_str(plain);
        }
        let mut parts = word[2..].splitn(4, '?');
        let (_, kind, data, after) =
            (parts.next(), parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let bytes = if kind.eq_ignore_ascii_case("b") { base64(data) } else { percent(&data.replace('_', " "), '=') };
        out.push_str(&String::from_utf8_lossy(&bytes));
        rest = after.strip_prefix('=').unwrap_or(after);
        before = true;
    }
    out.push_str(rest);
    out
}

/// The file name of a part, plain or by RFC 2231 in pieces.
fn file_name(line: &str) -> String {
    let mut encoded = String::new();
    let mut plain = String::new();
    for part in line.split(';').map(str::trim) {
        let Some((name, value)) = part.split_once('=') else { continue };
        let value = value.trim_matches('"');
        if name.starts_with("filename*") {
            encoded.push_str(value.rsplit("''").next().unwrap_or(value));
        } else if name == "filename" {
            plain = decoded(value);
        }
    }
    if encoded.is_empty() { plain } else { String::from_utf8_lossy(&percent(&encoded, '%')).into_owned() }
}

fn percent(text: &str, mark: char) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hex = rest.get(first.len_utf8()..first.len_utf8() + 2).and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex.filter(|_| first == mark) {
            Some(byte) => {
                out.push(byte);
                rest = &rest[3..];
            }
            None => {
                out.extend(first.to_string().as_bytes());
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

fn base64(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut out) = (0_u32, 0, Vec::new());
    for sextet in text.chars().filter_map(|c| alphabet.find(c)) {
        bits = (bits << 6) | u32::try_from(sextet).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xFF).unwrap());
        }
    }
    out
}

/// Whether a program is installed; says loudly when it is not.
pub(crate) fn have(program: &str) -> bool {
    let there = std::process::Command::new(program).arg("-v").output().is_ok();
    if !there {
        assert!(std::env::var_os("CI").is_none(), "{program} is not installed");
        eprintln!("SKIPPED: {program} is not installed, what needs it was not checked");
    }
    there
}

/// How the text of a PDF differs from that of its Word file, if it does: every character that is not white space, so many
/// times, page numbers, the heads of tables that run over a page and the names of merged cells that do left out, and what a picture
/// of the Word file says it shows.
pub(crate) fn papers_differ(word: &str, pdf: &Path) -> Option<String> {
    static THERE: std::sync::OnceLock<bool> = std::sync::OnceLock::new();
    if !*THERE.get_or_init(|| have("pdftotext")) {
        return None;
    }
    let output =
        std::process::Command::new("pdftotext").args(["-enc", "UTF-8", "-raw"]).arg(pdf).arg("-").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let word: String =
        word.lines().filter(|line| !line.starts_with("［图］")).map(|line| format!("{line}\n")).collect();
    let (word, pdf) = (counted(&word), counted(&named_once(&once(&text), &word)));
    let mut found: Vec<String> = Vec::new();
    let all: std::collections::BTreeSet<char> = word.keys().chain(pdf.keys()).copied().collect();
    for character in all {
        let in_each = [&word, &pdf].map(|counts| counts.get(&character).copied().unwrap_or(0));
        if in_each[0] != in_each[1] {
            found.push(format!("{character}: Word {}, PDF {}", in_each[0], in_each[1]));
        }
    }
    (!found.is_empty()).then(|| found.join("; "))
}

/// The text of a PDF without the names that merged cells bear again on a further page, which Word does not show: each is what a cell
/// of the Word file holds, with （续）.
fn named_once(pdf: &str, word: &str) -> String {
    const AGAIN: &str = "（续）";
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let cells: Vec<String> = word.split(['\n', '\t']).map(bare).collect();
    let mut left = pdf.to_owned();
    while let Some(at) = left.find(AGAIN).filter(|_| !word.contains(AGAIN)) {
        let names = cells.iter().filter(|cell| left[..at].ends_with(cell.as_str()));
        let name = names.map(String::len).max().unwrap_or(0);
        left.replace_range(at - name..at + AGAIN.len(), "");
    }
    left
}

/// The text of a PDF without page numbers, and without what a page repeats at its top from a page before.
fn once(text: &str) -> String {
    let mut pages: Vec<String> = Vec::new();
    for page in text.split('\u{c}') {
        let mut lines: Vec<&str> = page.lines().filter(|l| !is_page_number(l)).collect();
        // the number of a page that lies crosswise is turned, and read as three lines
        while let Some(at) = lines.windows(3).position(|three| is_page_number(&three.concat())) {
            lines.drain(at..at + 3);
        }
        let page: String = lines.concat().chars().filter(|c| !c.is_whitespace()).collect();
        let mut head = String::new();
        for character in page.chars() {
            let longer = format!("{head}{character}");
            if !pages.iter().any(|p| p.contains(&longer)) {
                break;
            }
            head = longer;
        }
        let rest =
            if HEADS.iter().any(|begins| head.starts_with(begins)) { page[head.len()..].to_string() } else { page };
        pages.push(rest);
    }
    pages.concat()
}

/// A line such as `— 3 —`.
fn is_page_number(line: &str) -> bool {
    let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let inner = bare.trim_matches(|c| c == '—' || c == '-' || c == '\u{c}');
    !inner.is_empty() && bare.trim_matches('\u{c}') != inner && inner.chars().all(|c| c.is_ascii_digit())
}

fn counted(text: &str) -> BTreeMap<char, usize> {
    let mut counts = BTreeMap::new();
    for character in text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{feff}') {
        *counts.entry(character).or_insert(0) += 1;
    }
    counts
}
