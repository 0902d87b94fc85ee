//! Receipts and returns: the words an office finds in its folder.
//!
//! Plain Chinese text, UTF-8, lines ended by CR LF so that every Windows Notepad shows them. Short, polite, exact: what was
//! handed in and when, what became of it, what to do, by when. The same facts give the same bytes.

use crate::clock::Moment;
use crate::spool::names;
use crate::submission::Fault;
use chrono::{Datelike, NaiveDate, Timelike};

/// How many faults one return lists; the rest is counted.
pub const FAULTS_SHOWN_MAX: usize = 500;

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFacts {
    /// the claim's id
    pub number: String,
    /// file or folder as handed in
    pub file: String,
    /// the office's title
    pub office_title: String,
    /// when it counts as handed in
    pub at: Moment,
    /// what it was taken for: `推荐表（2022年“七一”表彰）`
    pub taken_for: String,
    /// what was taken in, one sentence or phrase each
    pub accepted: Vec<String>,
    /// what is wrong with rows that were not taken in
    pub returned: Vec<Fault>,
    /// what happens next and by when, one sentence each
    pub next: Vec<String>,
    /// when the same content was handed in and accepted before: this only repeats the answer
    pub again: Option<Moment>,
}

/// What a return says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnFacts {
    /// the claim's id
    pub number: String,
    /// file or folder as handed in
    pub file: String,
    /// the office's title
    pub office_title: String,
    /// when it counts as handed in
    pub at: Moment,
    /// everything that is wrong
    pub faults: Vec<Fault>,
    /// what to do, and by when
    pub way_out: String,
}

/// The text of a receipt.
pub fn receipt_text(facts: &ReceiptFacts) -> String {
    let mut lines = head("回　　执", &facts.office_title);
    let file = names::shown(&facts.file);
    let at = moment(facts.at);
    lines.push(format!("贵单位{at}交来的“{file}”已收到，作为{}办理。", names::shown(&facts.taken_for)));
    if let Some(before) = facts.again {
        let before = moment(before);
        lines.push(format!("这份材料与{before}交来的内容相同，不重复办理，先前的回执仍然有效。"));
    }
    section(&mut lines, "收到的内容：", &facts.accepted);
    if !facts.returned.is_empty() {
        let title = "以下各行没有收，原件已退回“退件”。请把这几行改正后，填入“待办”中的表格再报：";
        lines.extend([String::new(), title.to_owned()]);
        list(&mut lines, &facts.returned);
    }
    section(&mut lines, "接下来：", &facts.next);
    finish(lines, &facts.number)
}

/// The text of a return: every fault numbered, with its place and what to do.
pub fn return_text(facts: &ReturnFacts) -> String {
    let mut lines = head("退件说明", &facts.office_title);
    let file = names::shown(&facts.file);
    let at = moment(facts.at);
    let count = facts.faults.len();
    lines.push(match count {
        0 => format!("贵单位{at}交来的“{file}”未能受理，原件一并退回。"),
        1 => format!("贵单位{at}交来的“{file}”未能受理，原件一并退回。原因如下："),
        _ => format!("贵单位{at}交来的“{file}”有{count}处问题，未能受理，原件一并退回。问题如下："),
    });
    if count > 0 {
        lines.push(String::new());
    }
    list(&mut lines, &facts.faults);
    section(&mut lines, "怎么办：", std::slice::from_ref(&facts.way_out));
    finish(lines, &facts.number)
}

/// The text left in 退件 when a file with a secrecy mark was moved out of reach unread. It does not repeat the file's name.
pub fn sealed_text(office_title: &str, at: Moment) -> String {
    let mut lines = head("退件说明", office_title);
    let at = moment(at);
    lines.push(format!("贵单位{at}交来的一件材料带有国家秘密标志（绝密、机密或者秘密）。本系统不得处理涉密材料，该件没有读取，已就地封存。"));
    section(
        &mut lines,
        "怎么办：",
        &["请立即报告本单位保密工作人员，由其联系系统管理员取回，并按保密规定处置；如标志有误，请更正后重新放入“交件”文件夹。".to_owned()],
    );
    lines.push(String::new());
    lines.push("（系统自动生成）".to_owned());
    joined(&lines)
}

/// The text left in 退件 with an accepted drop that holds more than was read: nothing of it was deleted.
pub fn unread_text(office_title: &str, number: &str, file: &str, unread: &[String]) -> String {
    let mut lines = head("退件说明", office_title);
    let file = names::shown(file);
    lines.push(format!("贵单位交来的“{file}”已经受理，但其中有的文件没有读取，原件一并退回，没有删除。"));
    section(&mut lines, "没有读取的文件：", unread.get(..FAULTS_SHOWN_MAX).unwrap_or(unread));
    section(&mut lines, "怎么办：", &["需要办理的，请把这些文件单独放入“交件”文件夹。".to_owned()]);
    finish(lines, number)
}

/// `2022-05-16 涉密材料 20220516-093000-1 退件说明.txt`: the note about a sealed drop, with the number it is sealed under.
pub fn sealed_name(date: NaiveDate, id: &str) -> String {
    names::safe(&format!("{date} 涉密材料 {id} 退件说明.txt"))
}

/// `2022-05-16 推荐表 回执.txt`
pub fn receipt_name(date: NaiveDate, file: &str) -> String {
    format!("{date} {} 回执.txt", short_name(file))
}

/// `2022-05-16 推荐表`: the folder in 退件.
pub fn return_name(date: NaiveDate, file: &str) -> String {
    format!("{date} {}", short_name(file))
}

/// `2022年5月16日9时30分`; seconds are not said.
pub fn moment(at: Moment) -> String {
    let date = format!("{}年{}月{}日", at.year(), at.month(), at.day());
    match at.minute() {
        0 => format!("{date}{}时", at.hour()),
        minute => format!("{date}{}时{minute:02}分", at.hour()),
    }
}

/// Faults, numbered, each with its place.
fn list(lines: &mut Vec<String>, faults: &[Fault]) {
    for (index, fault) in faults.iter().take(FAULTS_SHOWN_MAX).enumerate() {
        let place = names::shown(fault.place.trim());
        let colon = if place.is_empty() { "" } else { "：" };
        lines.push(format!("{}. {place}{colon}{}", index + 1, sentence(&fault.say)));
    }
    if faults.len() > FAULTS_SHOWN_MAX {
        lines.push(format!("另有{}处，请先改好以上各处再交。", faults.len() - FAULTS_SHOWN_MAX));
    }
}

fn short_name(file: &str) -> String {
    let safe = names::safe(file);
    names::stem(&safe).to_owned()
}

fn head(title: &str, office_title: &str) -> Vec<String> {
    vec![title.to_owned(), String::new(), format!("{}：", names::shown(office_title)), String::new()]
}

fn section(lines: &mut Vec<String>, title: &str, says: &[String]) {
    let says = says.iter().filter(|say| !say.trim().is_empty()).collect::<Vec<_>>();
    match says.as_slice() {
        [] => {}
        [one] => lines.extend([String::new(), format!("{title}{}", sentence(one))]),
        many => {
            lines.extend([String::new(), title.to_owned()]);
            lines.extend(many.iter().enumerate().map(|(index, say)| format!("{}. {}", index + 1, sentence(say))));
        }
    }
}

/// One line that ends like a sentence.
fn sentence(say: &str) -> String {
    let say = names::shown(say.trim());
    if say.ends_with(['。', '！', '？', '；', '：', '.']) { say } else { format!("{say}。") }
}

fn finish(mut lines: Vec<String>, number: &str) -> String {
    lines.extend([String::new(), format!("收件号：{}", names::shown(number)), "（系统自动生成）".to_owned()]);
    joined(&lines)
}

fn joined(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [quoted(line), "\r\n".to_owned()]).collect()
}

/// A line with what is quoted within a quotation in single marks (GB/T 15834 4.8.3.3): a file may be called `启动“七一”表彰`.
/// Marks that do not pair are an office's own, and stay as they are.
fn quoted(line: &str) -> String {
    let mut open = 0_u32;
    let inner = line.chars().map(|mark| match mark {
        '“' => {
            open += 1;
            Some(if open.is_multiple_of(2) { '‘' } else { '“' })
        }
        '”' => {
            open = open.checked_sub(1)?;
            Some(if open.is_multiple_of(2) { '”' } else { '’' })
        }
        other => Some(other),
    });
    let inner: Option<String> = inner.collect();
    inner.filter(|_| open == 0).unwrap_or_else(|| line.to_owned())
}

#[cfg(test)]
mod tests;
