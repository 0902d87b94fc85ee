//! Characters from before GB 18030-2022: code points of the private use area that older systems and their files still hold,
//! each the same character under another number.
//!
//! They are the only characters that are exchanged, for the standard says by what; it is told, place by place. All others of the
//! private use area stay, and are refused where they are read.

use super::{Cell, Filled, Raw};

/// Places named in a remark at most.
const PLACES_MAX: usize = 5;

/// The standard character of a code point that moved (GB 18030-2022: ten vertical marks, eight parts of characters; GB 18030-2005:
/// six characters beyond the basic plane).
fn standard(c: char) -> Option<char> {
    const MOVED: [(char, char); 24] = [
        ('\u{E78D}', '\u{FE10}'),
        ('\u{E78E}', '\u{FE12}'),
        ('\u{E78F}', '\u{FE11}'),
        ('\u{E790}', '\u{FE13}'),
        ('\u{E791}', '\u{FE14}'),
        ('\u{E792}', '\u{FE15}'),
        ('\u{E793}', '\u{FE16}'),
        ('\u{E794}', '\u{FE17}'),
        ('\u{E795}', '\u{FE18}'),
        ('\u{E796}', '\u{FE19}'),
        ('\u{E81E}', '\u{9FB4}'),
        ('\u{E826}', '\u{9FB5}'),
        ('\u{E82B}', '\u{9FB6}'),
        ('\u{E82C}', '\u{9FB7}'),
        ('\u{E832}', '\u{9FB8}'),
        ('\u{E843}', '\u{9FB9}'),
        ('\u{E854}', '\u{9FBA}'),
        ('\u{E864}', '\u{9FBB}'),
        ('\u{E816}', '\u{20087}'),
        ('\u{E817}', '\u{20089}'),
        ('\u{E818}', '\u{200CC}'),
        ('\u{E831}', '\u{215D7}'),
        ('\u{E83B}', '\u{2298F}'),
        ('\u{E855}', '\u{241FE}'),
    ];
    MOVED.iter().find(|(old, _)| *old == c).map(|(_, new)| *new)
}

/// Exchanges such characters in everything that was filled in, and remarks it; gives how many there were.
pub fn exchange(filled: &mut Filled) -> usize {
    let mut found: Vec<(char, char, String)> = Vec::new();
    let rows = filled.grids.iter_mut().flat_map(|(_, lines)| lines.iter_mut()).flat_map(|line| line.cells.iter_mut());
    for Cell { raw, place, .. } in filled.head.iter_mut().chain(rows) {
        within(raw, &mut |old, new| found.push((old, new, place.clone())));
    }
    for table in &mut filled.tables {
        for slot in &mut table.slots {
            let row = slot.row + 1;
            let place = || if table.prose { table.place.clone() } else { format!("{} 第{row}行", table.place) };
            exchanged(&mut slot.text, &mut |old, new| found.push((old, new, place())));
            slot.numbered.iter_mut().for_each(|text| exchanged(text, &mut |_, _| {}));
        }
    }
    let shown = found.iter().take(PLACES_MAX).map(|(old, new, place)| {
        format!("“{place}”的 U+{:04X} 换成“{new}”（U+{:04X}）", u32::from(*old), u32::from(*new))
    });
    let list = shown.collect::<Vec<_>>().join("、");
    let more = if found.len() > PLACES_MAX { format!("等共{}处", found.len()) } else { String::new() };
    if !found.is_empty() {
        filled.remarks.push(format!("旧编码的字已按 GB 18030—2022 换成标准码位，请核对：{list}{more}。"));
    }
    found.len()
}

fn within(raw: &mut Raw, tell: &mut impl FnMut(char, char)) {
    match raw {
        Raw::Text(text) => exchanged(text, tell),
        Raw::List(values) => values.iter_mut().for_each(|raw| within(raw, tell)),
        Raw::Map(entries) => entries.iter_mut().for_each(|(_, raw)| within(raw, tell)),
        Raw::Empty | Raw::Number(_) | Raw::Date(_) | Raw::Flag(_) | Raw::Formula(_) | Raw::Broken(_) => {}
    }
}

fn exchanged(text: &mut String, tell: &mut impl FnMut(char, char)) {
    if text.contains(|c| standard(c).is_some()) {
        let new = |c: char| standard(c).inspect(|new| tell(c, *new)).unwrap_or(c);
        *text = text.chars().map(new).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::paper::{Slot, Table};

    #[test]
    fn what_moved_is_exchanged_in_word_files_too() {
        let slot = |row: usize, text: &str| Slot {
            row,
            column: 0,
            rows: 1,
            columns: 1,
            text: text.to_owned(),
            numbered: None,
            picture: false,
            image: None,
        };
        let table = |place: &str, prose: bool, slots: Vec<Slot>| Table {
            place: place.to_owned(),
            paper: 0,
            captions: Vec::new(),
            slots,
            prose,
        };
        let tables = vec![
            table("表2", false, vec![slot(0, "姓名"), slot(2, "陈\u{E864}\u{E000}强")]),
            table("正文", true, vec![slot(0, "事迹：第一\u{E78D}第二")]),
        ];
        let mut filled = Filled { tables, ..Filled::default() };
        assert_eq!(exchange(&mut filled), 2);
        let texts: Vec<&str> = filled.tables.iter().flat_map(|it| &it.slots).map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["姓名", "陈\u{9FBB}\u{E000}强", "事迹：第一\u{FE10}第二"]);
        let said = "“表2 第3行”的 U+E864 换成“\u{9FBB}”（U+9FBB）、“正文”的 U+E78D 换成“\u{FE10}”（U+FE10）。";
        assert!(filled.remarks.len() == 1 && filled.remarks[0].ends_with(said), "{:?}", filled.remarks);
    }

    #[test]
    fn what_moved_is_exchanged_and_told_and_the_rest_stays() {
        let cell = |text: &str| Cell { name: "姓名".into(), raw: Raw::Text(text.into()), place: "表!A2".into() };
        let mut filled =
            Filled { head: vec![cell("何\u{E81E}"), cell("\u{E000}"), cell("张三")], ..Filled::default() };
        assert_eq!(exchange(&mut filled), 1);
        let raws: Vec<&Raw> = filled.head.iter().map(|cell| &cell.raw).collect();
        let text = |text: &str| Raw::Text(text.into());
        assert_eq!(raws, [&text("何\u{9FB4}"), &text("\u{E000}"), &text("张三")]);
        let said = "旧编码的字已按 GB 18030—2022 换成标准码位，请核对：“表!A2”的 U+E81E 换成“\u{9FB4}”（U+9FB4）。";
        assert_eq!(filled.remarks, [said]);
        assert_eq!(exchange(&mut filled), 0);
    }
}
