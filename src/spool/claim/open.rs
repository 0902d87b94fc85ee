//! Open: what a text, table or presentation of OpenDocument takes from elsewhere when it is opened.

use super::office;
use crate::ooxml::xml;
use std::collections::BTreeSet;

/// Elements that lead only where their reader clicks.
const CLICKED: [&str; 3] = ["a", "hyperlink", "form"];
/// Elements by which cells are taken from another workbook, and cells or texts from another program.
const OF_TABLES: [&str; 2] = ["table-source", "cell-range-source"];
const OF_PROGRAMS: [&str; 2] = ["dde-source", "dde-connection-decl"];

/// What a part takes from elsewhere, each kind once.
pub(super) fn links(part: &[u8]) -> BTreeSet<&'static str> {
    xml::decoded(part).split('<').skip(1).filter_map(|piece| link(piece.split('>').next()?)).collect()
}

/// What one tag takes from elsewhere. Tags are looked at one by one, so that a part that breaks off is looked at as far as it goes.
fn link(tag: &str) -> Option<&'static str> {
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next()?;
    let name = name.rsplit_once(':').map_or(name, |(_, local)| local);
    if OF_PROGRAMS.contains(&name) {
        return Some("连接着外部数据");
    }
    if CLICKED.contains(&name) || !leads_out(&address(tag)?) {
        return None;
    }
    Some(if OF_TABLES.contains(&name) {
        "引用了别的工作簿"
    } else {
        "有指向外部的链接（如链接的图片）"
    })
}

/// The address that a tag names: `xlink:href="…"`, whatever its prefix is called.
fn address(tag: &str) -> Option<String> {
    let value = tag.split_once(":href")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let raw = value[1..].split(quote).next()?;
    let mut meant = String::new();
    office::push(raw, &mut meant);
    Some(meant)
}

/// Whether an address leads out of the file: up from its folder, or by a scheme or a root. What it keeps itself is named from within.
fn leads_out(address: &str) -> bool {
    let address = address.trim();
    let scheme = address.split_once(':').is_some_and(|(scheme, rest)| {
        // with points it is the name of a macro (`vnd.sun.star.script:`), and the file's macros are found where they are kept
        let plain = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'));
        plain && !scheme.is_empty() && !rest.is_empty() && !scheme.eq_ignore_ascii_case("data")
    });
    scheme || address.starts_with(['/', '\\']) || address.starts_with("..")
}
