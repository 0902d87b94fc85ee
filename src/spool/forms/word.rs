//! Word forms: writes the form an office fills in as a `.docx`, and reads the tables of one that came back.
//!
//! Guarantees: the same form gives the same bytes; nothing that is hidden from the eye or struck out is read; what a form answers stands
//! in a property of the file, with a digest over it, where nobody types; text outside the tables and beside the fields that is not ours
//! is handed on. Which cell is a label is not decided here, and what a file brings along unseen is refused when it is claimed.
//! Failures: each file that cannot be read says, in Chinese, why and what to do.
//! Limits: those of [`super`], and [`TEXT_PART_BYTES_MAX`], [`TABLES_MAX`], [`CELLS_MAX`], [`NESTED_TABLES_MAX`].

mod boxes;
mod draw;
mod guard;
mod look;
mod numbers;
mod parts;
mod pictures;
mod printed;
mod record;
mod table;
mod walk;

use super::FormError;
use crate::ooxml::package::Package;
use crate::submission::{Fault, Filled, Form};

/// Bytes of the text of a Word form, unpacked, at most.
pub(super) const TEXT_PART_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Tables read from one Word form, at most.
pub(super) const TABLES_MAX: usize = 200;
/// Cells of all tables of one Word form, at most; a merged one counts for each that it covers.
pub(super) const CELLS_MAX: usize = 50_000;
/// Tables within tables, at most.
pub(super) const NESTED_TABLES_MAX: usize = 8;

/// How the relation to the part that holds the comments of a file ends.
const COMMENTS: &str = "/comments";
/// What is said of words that are struck out.
const STRUCK: &str = "文件里划掉（加删除线）的字没有读取。";
/// What is said of a file that breaks off.
const BROKEN: &str = "文件不完整或已损坏（可能没有复制完）。请在 WPS 或 Word 中打开确认无误、另存一份后，再交一次。";

pub(super) use guard::{is_word, old};
use printed::Printed;

/// The Word form of a form.
pub(super) fn write(form: &Form) -> Result<Vec<u8>, FormError> {
    draw::document(form)
}

/// Reads a Word form: what it answers, and its tables as they stand.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Filled, Vec<Fault>> {
    let one = |say: &str| vec![Fault::at(name, say)];
    guard::check(name, bytes)?;
    let package = Package::read(bytes).map_err(|_| one(BROKEN))?;
    let main = package.main_part().map_err(|_| one(BROKEN))?;
    if package.part(&main).is_some_and(|part| part.len() > TEXT_PART_BYTES_MAX) {
        let most = TEXT_PART_BYTES_MAX / 1024 / 1024;
        return Err(one(&format!("文件里的文字过多（超过{most}MB），没有读取。请只保留表格内容，另存一份再交。")));
    }
    let mut document = package.xml(&main).map_err(|_| one(BROKEN))?;
    let Some(record) = record::read(&package) else {
        return Err(one("文件里由系统保存的标记被改动或损坏，认不出答的是哪一件。请从“待办”或“表样”重新取一份填写。"));
    };
    let (answers, printed) = record.map_or((None, Printed::Nothing), |(answers, printed)| (Some(answers), printed));
    let unnumbered = unnumbered(numbers::reckon(&package, &main, &mut document));
    let mut tables = table::tables(name, &document, &printed).map_err(|fault| vec![fault])?;
    if tables.is_empty() {
        return Err(one(
            "这份 Word 文件里没有表格，读不出填报的内容。请用“待办”或“表样”中的表填写；作附件的，请与填好的表放进同一个文件夹。",
        ));
    }
    pictures::taken_out(&package, &main, &mut tables);
    let struck = walk::strikes_words(&document).then(|| STRUCK.to_owned());
    let remarks = commented(&package, &main).into_iter().chain(struck).chain(unnumbered).collect();
    Ok(Filled { answers, tables, remarks, ..Filled::default() })
}

/// What to say of comments, which nobody reads.
fn commented(package: &Package, main: &str) -> Option<String> {
    let part = package.related(main).ok()?.into_iter().find(|one| one.kind.ends_with(COMMENTS))?.part;
    let comments = package.xml(&part).ok()?;
    let count = look::all_named(&comments, "comment").count();
    (count > 0).then(|| format!("文件里有{count}处批注没有读取。要报的内容请写进格子里，整份再交一次。"))
}

/// What to say of numbers of Word's own that nobody can reckon.
fn unnumbered(count: usize) -> Option<String> {
    (count > 0).then(|| {
        format!("文件里有{count}处自动编号没有读取，只读了文字。要保留编号的，请把编号直接写进文字里，整份再交一次。")
    })
}

/// The pictures in the cells of a Word form, each with a name; none of what cannot be read.
pub(super) fn pictures(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    if !guard::has_pictures(bytes) || guard::check("", bytes).is_err() {
        return Vec::new();
    }
    let Ok(package) = Package::read(bytes) else { return Vec::new() };
    let found = package.main_part().and_then(|main| Ok((package.xml(&main)?, main)));
    let Ok((document, main)) = found else { return Vec::new() };
    let Ok(mut tables) = table::tables("", &document, &Printed::Nothing) else { return Vec::new() };
    pictures::taken_out(&package, &main, &mut tables)
}
