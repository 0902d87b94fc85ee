//! Word forms that came in one drop: each is about one object, and together they are one answer. And what is said of drops without a
//! form, or with too many.

use super::reading::Read;
use crate::spool::claim::ClaimedFile;
use crate::spool::names;
use crate::submission::{Attachment, Fault, Filled};

/// Names of a sentence before it is cut.
const NAMES_MAX: usize = 20;
/// How the files end in which something may have been filled in.
const FILLED_IN: [&str; 16] = [
    "docx", "doc", "wps", "rtf", "odt", "xlsx", "xls", "xlsm", "et", "ods", "csv", "tsv", "yaml", "yml", "json", "docm",
];

/// Several Word forms as one. Files that cannot be read are said only where nothing else came: else they are attachments. So is
/// running text beside forms with tables.
pub(super) fn together(mut papers: Vec<Read>) -> Result<(Filled, Vec<String>), Vec<Fault>> {
    let drawn = |(read, _): &Read| read.as_ref().is_ok_and(|filled| filled.tables.iter().any(|table| !table.prose));
    if papers.iter().any(drawn) {
        papers.retain(drawn);
    }
    let (good, bad): (Vec<Read>, Vec<Read>) = papers.into_iter().partition(|(read, _)| read.is_ok());
    if good.is_empty() {
        return Err(bad.into_iter().filter_map(|(read, _)| read.err()).flatten().collect());
    }
    let several = good.len() > 1;
    let mut all: Option<Filled> = None;
    let mut names = Vec::new();
    for (paper, (read, name)) in good.into_iter().enumerate() {
        let mut filled = read?;
        for table in &mut filled.tables {
            table.paper = paper;
            if several {
                table.place = format!("{name} {}", table.place);
            }
        }
        names.push(name);
        match &mut all {
            None => all = Some(filled),
            Some(all) if all.answers == filled.answers => all.tables.extend(filled.tables),
            Some(_) => {
                let say = "与其他几份答的不是同一件事（或不是同一版），一个文件夹只能交一件事的表，请分开交。";
                return Err(vec![Fault::at(names.last().cloned().unwrap_or_default(), say)]);
            }
        }
    }
    Ok((all.unwrap_or_default(), names))
}

/// What to say when a workbook and a Word form both answer.
pub(super) fn beside(sheets: &[Read], papers: &[Read]) -> Fault {
    let says = |(read, _): &&Read| read.as_ref().is_ok_and(|filled| filled.answers.is_some());
    let names: Vec<&str> = sheets.iter().chain(papers).filter(says).map(|(_, name)| name.as_str()).collect();
    let say = format!("文件夹里又有表格又有 Word 表（{}），只能用一种，请留下要交的一种。", names.join("、"));
    Fault::at("", say)
}

/// What to say when files of an office's own are filled in beside another form.
pub(super) fn rivals(forms: &[String], rivals: &[String]) -> Fault {
    let quoted = |names: &[String]| names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join("、");
    let (forms, rivals) = (quoted(forms), quoted(rivals));
    let say = format!(
        "{forms}和{rivals}都填了这件事要报的内容，不知道以哪一种为准。请只留要交的一种；另一种只作附件的，请转成 PDF 再放进来。"
    );
    Fault::at("", say)
}

/// What to say when every file is named like an attachment.
pub(super) fn none_filled_in(beside: &[Read]) -> Fault {
    let names: Vec<&str> = beside.iter().map(|(_, name)| name.as_str()).collect();
    let say = format!(
        "文件夹（压缩包）里只有附件（{}等），没有填好的表。请把“待办”中的表（.xlsx 表格，或者 .docx 的 Word 表）填好，和附件放进同一个文件夹，再把整个文件夹放入“交件”。",
        names.join("、")
    );
    Fault::at("", say)
}

/// What to say of a drop in which nothing can be a form.
pub(super) fn no_form(contents: &[&ClaimedFile]) -> Fault {
    if let [only] = contents {
        let kind = names::extension(&only.name);
        let say = format!(
            "这是 .{kind} 文件，只能作附件，不能当表来读。请把“待办”中的表（.xlsx 表格，或者 .docx 的 Word 表）填好，和它放进同一个文件夹（也可以压缩成一个 .zip），再把整个文件夹（压缩包）放入“交件”。"
        );
        return Fault::at(&only.name, say);
    }
    let say = "文件夹（压缩包）里没有填好的表（.xlsx 表格，或者 .docx 的 Word 表）。请把“待办”中的表填好，与附件放进同一个文件夹，再把整个文件夹放入“交件”。";
    Fault::at("", say)
}

/// What to say of files in formats that nobody reads: how each is saved as one that is read.
pub(super) fn unreadable(files: &[&ClaimedFile], word: bool) -> Vec<Fault> {
    let say = |file: &&ClaimedFile| {
        let kind = names::extension(&file.name);
        let say = match word {
            true => format!(
                "是 .{kind} 格式，系统读不了。这是填好的表的，请在 WPS 或 Word 中打开，“另存为” Word 文档（.docx，不带宏），放回文件夹再交。"
            ),
            false => format!(
                "是 .{kind} 格式，系统读不了。这是填好的表的，请在 WPS 或 Excel 中打开，“另存为” Excel 工作簿（.xlsx，不带宏），放回文件夹再交。"
            ),
        };
        Fault::at(&file.name, say)
    };
    files.iter().map(say).collect()
}

/// What of a drop was taken besides what its form says: the form by name, where it did not come alone, and the attachments; and what of it
/// was not read.
pub(super) fn taken(taken: &[&Attachment], forms: &[String], beside: &[Attachment]) -> Vec<String> {
    let listed = |names: &[&str]| {
        let more = if names.len() > NAMES_MAX { "等" } else { "" };
        let shown: Vec<&str> = names.iter().take(NAMES_MAX).copied().collect();
        format!("{}{more}", shown.join("、"))
    };
    let mut told = Vec::new();
    if !beside.is_empty() || forms.len() > 1 {
        let names: Vec<&str> = forms.iter().map(String::as_str).collect();
        told.push(format!("填好的表：{}", listed(&names)));
    }
    let names: Vec<&str> = taken.iter().map(|one| one.name.as_str()).collect();
    if !names.is_empty() {
        told.push(format!("附件{}个：{}", names.len(), listed(&names)));
    }
    let is_filled_in = |name: &&str| FILLED_IN.contains(&names::extension(name).as_str());
    let unread: Vec<&str> = names.into_iter().filter(is_filled_in).collect();
    if !unread.is_empty() {
        told.push(format!("{}按附件收下，里面填写的内容没有读取", listed(&unread)));
    }
    let left = beside.iter().filter(|one| !taken.iter().any(|other| other.digest == one.digest));
    let left: Vec<&str> = left.map(|one| one.name.as_str()).collect();
    if !left.is_empty() {
        told.push(format!("这种表不收附件，没有收：{}", listed(&left)));
    }
    told
}
