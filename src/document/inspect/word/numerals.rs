//! The numbers that Word counts itself: a list's numeral is no text in the file, but a reader sees it.

use crate::ooxml::xml::Element;
use std::collections::BTreeMap;

/// The kinds of lists of a file, and how far each has counted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// by list and level: format, text with `%1`, start
    levels: BTreeMap<(String, usize), (String, String, u32)>,
    counted: BTreeMap<String, [u32; 9]>,
}

impl Lists {
    pub(super) fn of(numbering: Option<&Element>) -> Lists {
        let mut lists = Lists::default();
        let Some(root) = numbering else { return lists };
        let value = |of: &Element, name: &str| of.find(name).and_then(|it| it.get("w:val")).map(str::to_owned);
        for list in root.elements().filter(|it| it.name == "w:num") {
            let Some((id, kind)) = list.get("w:numId").zip(value(list, "w:abstractNumId")) else { continue };
            let kinds = root.elements().filter(|it| it.name == "w:abstractNum");
            let Some(kind) = kinds.into_iter().find(|it| it.get("w:abstractNumId") == Some(&kind)) else { continue };
            for level in kind.elements().filter(|it| it.name == "w:lvl") {
                let at = level.get("w:ilvl").and_then(|it| it.parse().ok()).unwrap_or(0);
                let start = value(level, "w:start").and_then(|it| it.parse().ok()).unwrap_or(1);
                let (format, text) = (value(level, "w:numFmt"), value(level, "w:lvlText"));
                let known = (format.unwrap_or_default(), text.unwrap_or_default(), start);
                lists.levels.insert((id.to_owned(), at), known);
            }
        }
        lists
    }

    /// The numeral of the next paragraph of this list and level.
    pub(super) fn next(&mut self, list: &str, level: usize) -> String {
        let level = level.min(8);
        let start = |lists: &Lists, at: usize| lists.levels.get(&(list.to_owned(), at)).map_or(1, |it| it.2);
        let first = start(self, level);
        let mut counted = self.counted.get(list).copied().unwrap_or_default();
        counted[level] = if counted[level] == 0 { first } else { counted[level].saturating_add(1) };
        counted.iter_mut().skip(level + 1).for_each(|deeper| *deeper = 0);
        self.counted.insert(list.to_owned(), counted);
        let Some((format, text, _)) = self.levels.get(&(list.to_owned(), level)) else { return String::new() };
        if format == "bullet" || format == "none" {
            return String::new();
        }
        let mut shown = text.clone();
        for (at, count) in counted.iter().enumerate() {
            let of = self.levels.get(&(list.to_owned(), at)).map_or("decimal", |it| it.0.as_str());
            shown = shown.replace(&format!("%{}", at + 1), &numeral(of, *count));
        }
        shown
    }
}

fn numeral(format: &str, count: u32) -> String {
    if format.contains("hinese") || format.contains("apanese") || format.contains("ideograph") {
        crate::numerals::cn(u64::from(count)).unwrap_or_default()
    } else {
        count.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ooxml::xml::parse;

    #[test]
    fn numerals_are_counted_level_by_level() {
        let level = |at, format, text| {
            format!(
                "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/></w:lvl>"
            )
        };
        let levels = level(0, "chineseCounting", "%1、") + &level(1, "chineseCounting", "（%2）");
        let text = format!(
            "<w:numbering><w:abstractNum w:abstractNumId=\"4\">{levels}</w:abstractNum>\
             <w:num w:numId=\"7\"><w:abstractNumId w:val=\"4\"/></w:num></w:numbering>"
        );
        let mut lists = Lists::of(Some(&parse(text.as_bytes()).unwrap()));
        let told: Vec<String> = [0, 1, 1, 0, 1].map(|level| lists.next("7", level)).into();
        assert_eq!(told, ["一、", "（一）", "（二）", "二、", "（一）"]);
        assert_eq!(lists.next("8", 0), "");
    }
}
