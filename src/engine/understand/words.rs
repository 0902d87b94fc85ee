//! Word forms that came in one drop: each is about one object, and together they are one answer.

use super::reading::Read;
use crate::submission::{Fault, Filled};

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
