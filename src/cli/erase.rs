//! `banwen erase --due`: the list of what is due for erasure, to be signed; and the list read back.

use super::Answer;
use super::voice::{data, talk};
use crate::case::erasure;
use crate::engine::erasing::{Listed, SignedList};
use crate::engine::viewing::View;
use crate::files;
use anyhow::{Context, bail};
use serde_json::json;
use std::path::Path;

/// Longest list that is read.
const LIST_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// The first line of a list; people sign what stands below it.
const HEADINGS: &str = "案卷,对象,类型,结果,办结日期,保管至,删除内容";

/// Writes the list of everything that is due today. It says which fields, never what stands in them.
pub(super) fn due(view: &View, as_json: bool) -> anyhow::Result<Answer> {
    let today = view.now.date();
    let mut lines = Vec::new();
    let mut told = Vec::new();
    for case in view.cases.values() {
        let Some(program) = view.program(case) else { continue };
        for due in erasure::due(program, case, &view.ledgers.calendar, today) {
            let fields = due.fields.join("、");
            lines.push(format!(
                "{},{},{},{},{},{},{fields}",
                case.id, due.item, due.of, due.label, due.ended, due.until
            ));
            told.push(json!({
                "case": case.id, "item": due.item, "type": due.of, "ended": due.label,
                "on": due.ended.to_string(), "kept_until": due.until.to_string(), "fields": due.fields,
            }));
        }
    }
    if as_json {
        data(serde_json::to_string_pretty(&told)?);
    } else if lines.is_empty() {
        talk("nothing is due for erasure");
    } else {
        data(format_args!("{HEADINGS}\n{}", lines.join("\n")));
        talk("keep this as a file, have it signed, then: banwen erase FILE --signed NAME --yes");
    }
    Ok(Answer::Yes)
}

/// Reads a list that was signed: its first two columns say what is on it, its digest tells it from others.
pub(super) fn read(path: &Path, signed: String) -> anyhow::Result<SignedList> {
    let shown = path.display();
    let bytes = files::read_at_most(path, LIST_BYTES_MAX).with_context(|| shown.to_string())?;
    let Some(bytes) = bytes else { bail!("{shown}: a list is no longer than {LIST_BYTES_MAX} bytes") };
    let text = std::str::from_utf8(&bytes).with_context(|| format!("{shown}: the list is not UTF-8"))?;
    let mut items = Vec::new();
    for (n, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        if n == 0 || line.trim().is_empty() {
            continue;
        }
        let mut cells = line.split(',').map(str::trim);
        let listed = cells.next().zip(cells.next().and_then(|item| item.parse().ok()));
        let Some((case, item)) = listed else { bail!("{shown}:{}: a line begins with a case and an item", n + 1) };
        items.push(Listed { case: case.to_string(), item });
    }
    let list = files::digest_hex(&bytes).get(..16).unwrap_or_default().to_string();
    Ok(SignedList { items, list, signed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> anyhow::Result<SignedList> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("清单.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, "赵明".to_string())
    }

    #[test]
    fn a_signed_list_says_what_is_on_it_and_is_told_by_its_digest() {
        let text = format!(
            "\u{feff}{HEADINGS}\n评选-2025,3,人选,未入选,2025-03-10,2025-04-10,姓名、电话\n\n评选-2025,4,,,,,\n"
        );
        let read = list(&text).unwrap();
        let items: Vec<(&str, u32)> = read.items.iter().map(|i| (i.case.as_str(), i.item)).collect();
        assert_eq!(items, [("评选-2025", 3), ("评选-2025", 4)]);
        assert_eq!((read.list.len(), read.signed.as_str()), (16, "赵明"));
        assert_ne!(list(&text.replace(",4,", ",5,")).unwrap().list, read.list);
        let wrong = list(&format!("{HEADINGS}\n评选-2025,三号\n")).unwrap_err();
        assert!(wrong.to_string().contains("csv:2: a line begins with a case and an item"), "{wrong}");
    }
}
