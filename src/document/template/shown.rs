//! Which layouts show which element: one that a writer would drop is refused where it stands.

use super::super::model::Layout;
use crate::diag::{Diagnostic, Place, Severity};
use std::collections::BTreeMap;

/// An element, the layouts that have it, and how they show it or where that is written.
pub(super) type Only = (&'static str, &'static [Layout], &'static str);

pub(super) const MARKED: [Layout; 4] = [Layout::Document, Layout::Letter, Layout::Order, Layout::Minutes];
const IMPRINTED: [Layout; 3] = [Layout::Document, Layout::Order, Layout::Minutes];
/// Those with a text that goes on over pages.
const RUNNING: [Layout; 5] = [Layout::Document, Layout::Letter, Layout::Order, Layout::Minutes, Layout::Plain];
const NOTED: [Layout; 6] =
    [Layout::Document, Layout::Letter, Layout::Order, Layout::Minutes, Layout::Plain, Layout::Sheet];
const ADDRESSED: [Layout; 5] = [Layout::Document, Layout::Letter, Layout::Plain, Layout::Sheet, Layout::Certificate];

/// Elements only some layouts have, refused wherever they stand.
pub(super) const ONLY: [Only; 11] = [
    ("发文机关标志", &MARKED, "have a mark (GB/T 9704 7.2.4)"),
    ("职务", &[Layout::Document, Layout::Order], "are signed by a person (GB/T 9704 7.3.5.3)"),
    ("出席", &[Layout::Minutes], "says who attended (GB/T 9704 8.3)"),
    ("请假", &[Layout::Minutes], "says who attended (GB/T 9704 8.3)"),
    ("列席", &[Layout::Minutes], "says who attended (GB/T 9704 8.3)"),
    ("份号", &MARKED, "have a 份号 (GB/T 9704 7.2.1)"),
    ("共印份数", &IMPRINTED, "have a 版记, which says how many were printed (GB/T 9704 7.4)"),
    ("题注", &[Layout::Document, Layout::Plain], "say below the title which meeting adopted them (GB/T 9704 7.3.1)"),
    ("单独附件", &[Layout::Plain, Layout::Sheet], "may be an attachment that goes by itself (GB/T 9704 7.3.7)"),
    ("分送", &[Layout::Minutes], "is distributed rather than sent (GB/T 9704 8.3)"),
    ("方向", &[Layout::Sheet], "may stand upright"),
];

/// The same of elements that a writer leaves out, refused where a template is deployed: the closure of a running case may have one.
pub(super) const SHOWN: [Only; 7] = [
    ("紧急程度", &MARKED, "have a place for it (GB/T 9704 7.2.3)"),
    ("签发人", &[Layout::Document], "names the signer of a paper to a superior (GB/T 9704 7.2.6)"),
    ("主送", &ADDRESSED, "are addressed to somebody (GB/T 9704 7.3.2, 8.2, 8.3)"),
    ("附件", &RUNNING, "list attachments (GB/T 9704 7.3.4)"),
    ("附注", &NOTED, "have a note below the date (GB/T 9704 7.3.6)"),
    ("抄送", &MARKED, "have a 版记 (GB/T 9704 7.4.2)"),
    ("印发机关", &IMPRINTED, "have a 版记 that says who printed it (GB/T 9704 7.4.3, 8.1)"),
];

/// 文种 that never go to a superior.
const NEVER_UPWARD: [&str; 13] =
    ["决议", "决定", "命令", "令", "公报", "公告", "通告", "通知", "通报", "批复", "函", "纪要", "公示"];

/// What else the paper would not show, by the line it stands on: message and hint. `seen`: keys and their lines.
pub(super) fn misplaced(layout: Layout, kind: &str, seen: &[(String, usize)]) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let lines = |name: &'static str| seen.iter().filter(move |(key, _)| key == name).map(|(_, line)| *line);
    if layout == Layout::Document && NEVER_UPWARD.contains(&kind) {
        let hint = "papers to a superior alone name their signer: 报告, 请示, 意见 (GB/T 9704 7.2.6)";
        found.extend(lines("签发人").take(1).map(|line| (line, format!("a {kind} has no 签发人"), hint.to_owned())));
    }
    if layout == Layout::Minutes {
        let hint = "name the others in the text or in 出席 (GB/T 9704 8.3)";
        let message = "the head of 纪要 has room for one 署名";
        found.extend(lines("署名").skip(1).map(|line| (line, message.to_owned(), hint.to_owned())));
    }
    found
}

/// What of its text a layout does not show: attachments of a paper of one page or of a table, tables and charts of a plaque.
pub(super) fn of_text(
    name: &str,
    layout: Layout,
    own: (&str, usize),
    pieces: &BTreeMap<&str, &str>,
) -> Vec<Diagnostic> {
    let own = [(name.to_owned(), own.0, own.1)].into_iter();
    let all = own.chain(pieces.iter().map(|(piece, text)| (format!("templates/{piece}.md"), *text, 0)));
    let mut found = Vec::new();
    for (path, text, before) in all {
        for (line, number) in text.lines().zip(before + 1..) {
            let Some((message, hint)) = unshown(bare(line), layout) else { continue };
            let place = Place { path: path.clone(), line: number, column: 1 };
            let (kind, severity) = ("template-element-misplaced", Severity::Error);
            found.push(Diagnostic { kind, severity, place, message: message.to_owned(), hint: Some(hint.to_owned()) });
        }
    }
    found
}

fn unshown(line: &str, layout: Layout) -> Option<(&'static str, &'static str)> {
    let framed = matches!(layout, Layout::Certificate | Layout::Plaque);
    if line.starts_with("+++") && !RUNNING.contains(&layout) {
        return Some((
            "this layout has no attachments",
            "文件 信函 命令 纪要 普通 alone go on with attachments; make it a paper of its own",
        ));
    }
    if line.starts_with("|~") && framed {
        return Some(("this layout has no charts", "set the chart in 表格 or in a paper with a text"));
    }
    (line.starts_with('|') && layout == Layout::Plaque)
        .then_some(("a 奖牌 has no tables", "its lines are whom it honours; set a table in 表格"))
}

/// What means something in other markup and stands in a paper as it is written: braces of full width, lists, rules, pictures, links, notes and
/// tags of the net.
pub(super) fn foreign(name: &str, own: (&str, usize), pieces: &BTreeMap<&str, &str>) -> Vec<Diagnostic> {
    let own = [(name.to_owned(), own.0, own.1)].into_iter();
    let all = own.chain(pieces.iter().map(|(piece, text)| (format!("templates/{piece}.md"), *text, 0)));
    let mut found = Vec::new();
    for (path, text, before) in all {
        for (line, number) in without_tags(text).lines().zip(before + 1..) {
            let Some((message, hint)) = meant(line.trim()) else { continue };
            let place = Place { path: path.clone(), line: number, column: 1 };
            let (kind, severity) = ("template-syntax", Severity::Error);
            found.push(Diagnostic { kind, severity, place, message: message.to_owned(), hint: Some(hint.to_owned()) });
        }
    }
    found
}

/// What a line was meant to be, and what to write.
fn meant(line: &str) -> Option<(&'static str, &'static str)> {
    /// Names of tags of the net.
    const TAGS: [&str; 16] =
        ["br", "b", "i", "u", "p", "hr", "div", "span", "font", "center", "strong", "em", "table", "tr", "td", "img"];
    let tag = |rest: &str| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let ends = rest.get(name.len()..).is_some_and(|it| it.starts_with(['>', ' ', '/']) && it.contains('>'));
        ends && TAGS.contains(&name.to_ascii_lowercase().as_str())
    };
    if ["｛｛", "｝｝", "｛%", "%｝", "｛％", "％｝"].iter().any(|it| line.contains(it)) {
        return Some(("braces of full width are no tag, they would stand in the paper", "write {{ … }} and {% … %}"));
    }
    if line.starts_with("- ") || line.starts_with("* ") {
        let hint = "number it as papers do: ## to ##### write 一、 （一） 1. （1）; for a dash itself write `\\-`";
        return Some(("there are no lists with dots here", hint));
    }
    if line.len() >= 3 && ["-", "*", "_"].iter().any(|it| line.replace(it, "").is_empty()) {
        return Some(("there are no rules across the page here", "leave it out"));
    }
    if line.contains("](") || line.contains("[^") {
        return Some(("there are no pictures, links and notes here", "write the words, and an address as text"));
    }
    line.split('<').skip(1).any(tag).then_some((
        "tags of web pages would stand in the paper as they are written",
        "a line is a paragraph; `\\n` breaks a line in a cell, ** is strong, > centres",
    ))
}

/// A text with a mark in place of each expression and nothing in place of other tags, on the same lines.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (before, tag) = rest.split_at(at);
        let (end, mark) = match tag.get(..2) {
            Some("{{") => ("}}", "\u{FFFC}"),
            Some("{%") => ("%}", ""),
            _ => ("#}", ""),
        };
        let length = tag.find(end).map_or(tag.len(), |it| it + end.len());
        out.push_str(before);
        out.push_str(mark);
        out.extend(tag[..length].chars().filter(|it| *it == '\n'));
        rest = &tag[length..];
    }
    out.push_str(rest);
    out
}

/// A line without the tags and the blanks it begins with.
fn bare(line: &str) -> &str {
    let mut line = line.trim_start();
    loop {
        let ends = [("{%", "%}"), ("{#", "#}")].into_iter().find(|(begin, _)| line.starts_with(begin));
        match ends.and_then(|(_, end)| line.find(end)) {
            Some(at) => line = line[at + 2..].trim_start(),
            None => return line,
        }
    }
}
