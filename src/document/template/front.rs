//! The front matter of a template: one `键: 值` a line between two `---` lines.

use super::super::model::Layout;
use super::elements;
use super::shown::{MARKED, ONLY, Only, SHOWN, misplaced};
use crate::diag::{Diagnostic, Place, Severity};

/// 公开属性 of a paper (国办发〔2016〕80号).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// 主动公开
    Public,
    /// 依申请公开
    OnRequest,
    /// 不予公开
    Closed,
}

#[derive(Debug)]
pub(super) struct Front {
    pub kind: String,
    pub layout: Layout,
    pub seal: bool,
    pub openness: Option<Openness>,
    /// elements whose text is rendered, in their order
    pub keys: Vec<Key>,
}

#[derive(Debug)]
pub(super) struct Key {
    pub name: String,
    pub text: String,
    /// 1-based line in the file
    pub line: usize,
    /// 1-based column at which the text begins
    pub column: usize,
}

pub(super) const REPEATED: [&str; 6] = ["发文机关标志", "标题", "附件", "署名", "签发人", "职务"];
pub(super) const ONCE: [&str; 14] = [
    "主送",
    "抄送",
    "附注",
    "份号",
    "紧急程度",
    "印发机关",
    "共印份数",
    "出席",
    "请假",
    "列席",
    "文种",
    "题注",
    "单独附件",
    "分送",
];
const FIXED: [&str; 4] = ["版式", "方向", "印章", "公开属性"];
/// What stands beside a Word file; the first two must.
const OF_WORD: [&str; 3] = ["文种", "标题", "公开属性"];
pub(super) const LAYOUTS: [(&str, Layout); 8] = [
    ("文件", Layout::Document),
    ("信函", Layout::Letter),
    ("命令", Layout::Order),
    ("纪要", Layout::Minutes),
    ("普通", Layout::Plain),
    ("表格", Layout::Sheet),
    ("证书", Layout::Certificate),
    ("奖牌", Layout::Plaque),
];
/// What a template may call the mark of secrecy; papers that need one are not made here.
const SECRET: [&str; 3] = ["密级", "保密期限", "密级和保密期限"];
struct Reader<'a> {
    path: &'a str,
    front: Front,
    layout: Option<Layout>,
    upright: bool,
    /// keys and their lines
    seen: Vec<(String, usize)>,
    problems: Vec<Diagnostic>,
}

/// The front matter, the body, the number of lines before the body, and what is wrong.
pub(super) type Parts<'a> = (Front, &'a str, usize, Vec<Diagnostic>);

/// Reads the front matter of a text template.
pub(super) fn parse<'a>(path: &str, text: &'a str) -> Parts<'a> {
    read(path, text, |it| {
        it.complete();
        it.shown();
    })
}

/// Reads the front matter of a text template that a closure keeps: it may have elements that are refused since.
pub(super) fn kept<'a>(path: &str, text: &'a str) -> Parts<'a> {
    read(path, text, |it| it.complete())
}

/// Reads the front matter of a Word template, which has no text of its own.
pub(super) fn of_word<'a>(path: &str, text: &'a str) -> Parts<'a> {
    let (front, body, lines, mut problems) = read(path, text, |it| it.complete_for_word());
    if !body.trim().is_empty() {
        let hint = "delete the text below the second ---, or take the .docx away".to_owned();
        problems.push(Diagnostic {
            kind: "template-two-texts",
            severity: Severity::Error,
            place: Place { path: path.to_owned(), line: lines + 1, column: 1 },
            message: "the template has a text here and another in the Word file beside it".to_owned(),
            hint: Some(hint),
        });
    }
    (front, "", lines, problems)
}

fn read<'a>(path: &str, text: &'a str, complete: fn(&mut Reader<'_>)) -> Parts<'a> {
    let front = Front { kind: String::new(), layout: Layout::Plain, seal: false, openness: None, keys: Vec::new() };
    let mut reader = Reader { path, front, layout: None, upright: false, seen: Vec::new(), problems: Vec::new() };
    if text.len() > super::TEMPLATE_BYTES_MAX {
        reader.problem(
            0,
            0,
            "template-too-long",
            format!("a template has at most {} bytes", super::TEMPLATE_BYTES_MAX),
            None,
        );
        return (reader.front, "", 0, reader.problems);
    }
    let Some(rest) = text.strip_prefix("---\n") else {
        let hint = "begin the file with a line ---, then 文种: and 版式:, then another ---";
        reader.problem(1, 1, "template-front-matter", "there is no front matter".into(), Some(hint.into()));
        return (reader.front, text, 0, reader.problems);
    };
    let mut number = 1;
    let mut offset = 0;
    for line in rest.split_inclusive('\n') {
        number += 1;
        offset += line.len();
        if line.trim_end() == "---" {
            complete(&mut reader);
            return (reader.front, &rest[offset..], number, reader.problems);
        }
        reader.line(number, line.trim_end());
    }
    reader.problem(1, 1, "template-front-matter", "the front matter has no closing ---".into(), None);
    (reader.front, "", number, reader.problems)
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) {
        if line.trim().is_empty() || line.starts_with("# ") {
            return;
        }
        let Some((name, value)) = line.split_once(':') else {
            let full = line.contains('：');
            let kind = if full { "full-width-punctuation" } else { "template-front-matter" };
            let hint = if full { "write a half-width colon `:`" } else { "write 键: 值" };
            return self.problem(number, 1, kind, format!("{line:?} is not a key and a value"), Some(hint.into()));
        };
        let name = name.trim();
        if SECRET.contains(&name) {
            let hint =
                "write secret papers on a system that is allowed to hold them; mark what is merely internal in 附注";
            return self.problem(
                number,
                1,
                "template-secret",
                "secret papers are not made here".into(),
                Some(hint.into()),
            );
        }
        let known = [&REPEATED[..], &ONCE[..], &FIXED[..]].concat();
        if !known.contains(&name) {
            let hint = format!("known keys: {}", known.join(" "));
            return self.problem(number, 1, "unknown-key", format!("there is no element {name:?}"), Some(hint));
        }
        if !REPEATED.contains(&name) && self.stands(name).is_some() {
            return self.problem(number, 1, "duplicate-key", format!("{name} stands here twice"), None);
        }
        self.seen.push((name.to_owned(), number));
        let column = line.chars().count() - value.trim_start().chars().count() + 1;
        self.value(number, column, name, value.trim());
    }

    fn value(&mut self, line: usize, column: usize, name: &str, value: &str) {
        match name {
            "文种" => self.front.kind = value.to_owned(),
            "版式" => match LAYOUTS.iter().find(|(word, _)| *word == value) {
                Some((_, layout)) => self.layout = Some(*layout),
                None => self.choice(line, column, name, value, "文件 信函 命令 纪要 普通 表格 证书 奖牌"),
            },
            "方向" => match value {
                "纵" => self.upright = true,
                "横" => self.upright = false,
                other => self.choice(line, column, name, other, "横 纵"),
            },
            "印章" => match value {
                "true" => self.front.seal = true,
                "false" => self.front.seal = false,
                other => self.choice(line, column, name, other, "true false"),
            },
            "公开属性" => match value {
                "主动公开" => self.front.openness = Some(Openness::Public),
                "依申请公开" => self.front.openness = Some(Openness::OnRequest),
                "不予公开" => self.front.openness = Some(Openness::Closed),
                other => self.choice(line, column, name, other, "主动公开 依申请公开 不予公开"),
            },
            name => self.front.keys.push(Key { name: name.to_owned(), text: value.to_owned(), line, column }),
        }
    }

    /// A Word file says itself whatever is printed; what it cannot say is what it is and what it is called.
    fn complete_for_word(&mut self) {
        self.needs(&OF_WORD[..2]);
        let more = std::mem::take(&mut self.seen).into_iter().filter(|(name, _)| !OF_WORD.contains(&name.as_str()));
        for (name, line) in more {
            let hint = format!("delete the line; beside a Word file stand {}", OF_WORD.join(" "));
            let message = format!("{name} stands in the Word file itself");
            self.problem(line, 1, "template-element-misplaced", message, Some(hint));
        }
    }

    fn needs(&mut self, names: &[&str]) {
        for name in names {
            if self.stands(name).is_none() {
                self.problem(1, 1, "template-element-missing", format!("the front matter lacks {name}"), None);
            }
        }
    }

    fn complete(&mut self) {
        self.needs(&["文种", "版式", "标题"]);
        let Some(layout) = self.layout else { return };
        self.front.layout = if layout == Layout::Sheet && self.upright { Layout::Form } else { layout };
        if MARKED.contains(&layout) && self.stands("发文机关标志").is_none() {
            self.problem(1, 1, "template-element-missing", "this layout needs 发文机关标志".into(), None);
        }
        self.only(layout, &ONLY);
    }

    /// Every element is one that the paper shows.
    fn shown(&mut self) {
        let Some(layout) = self.layout else { return };
        self.only(layout, &SHOWN);
        for (line, message, hint) in misplaced(layout, &self.front.kind, &self.seen) {
            self.problem(line, 1, "template-element-misplaced", message, Some(hint));
        }
        self.worded();
    }

    /// 紧急程度 and 份号 that are written out; those that are reckoned are judged when the paper is made.
    fn worded(&mut self) {
        let marks = self.front.keys.iter().filter(|key| key.name == "发文机关标志").map(|key| key.text.as_str());
        let urgencies = elements::urgencies(marks);
        let written = self.front.keys.iter().filter(|key| !key.text.is_empty() && !key.text.contains(['{', '}']));
        let wrong = written.filter_map(|key| match key.name.as_str() {
            "紧急程度" if !urgencies.contains(&key.text.as_str()) => Some((key, urgencies.join(" "))),
            "份号" if !elements::is_serial(&key.text) => Some((key, "000001 to 999999".to_owned())),
            _ => None,
        });
        let wrong: Vec<_> =
            wrong.map(|(key, words)| (key.line, key.column, key.name.clone(), key.text.clone(), words)).collect();
        for (line, column, name, text, words) in wrong {
            self.choice(line, column, &name, &text, &words);
        }
    }

    fn only(&mut self, layout: Layout, elements: &[Only]) {
        for (name, layouts, why) in elements {
            if let Some(line) = self.stands(name).filter(|_| !layouts.contains(&layout)) {
                let message = format!("this layout has no {name}");
                let words = LAYOUTS.iter().filter(|(_, it)| layouts.contains(it)).map(|(word, _)| *word);
                let hint = format!("{} alone {why}", words.collect::<Vec<_>>().join(" "));
                self.problem(line, 1, "template-element-misplaced", message, Some(hint));
            }
        }
    }

    /// The line a key stands on first.
    fn stands(&self, name: &str) -> Option<usize> {
        self.seen.iter().find(|(seen, _)| seen == name).map(|(_, line)| *line)
    }

    fn choice(&mut self, line: usize, column: usize, name: &str, value: &str, words: &str) {
        let hint = Some(format!("one of: {words}"));
        self.problem(line, column, "template-choice", format!("{name} cannot be {value:?}"), hint);
    }

    fn problem(&mut self, line: usize, column: usize, kind: &'static str, message: String, hint: Option<String>) {
        let place = Place { path: self.path.to_owned(), line, column };
        self.problems.push(Diagnostic { kind, severity: Severity::Error, place, message, hint });
    }
}
