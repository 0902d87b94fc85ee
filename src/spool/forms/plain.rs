//! Text files as submissions. YAML and JSON: `banwen:` says what is answered, lists of mappings are rows, the rest the head.
//! CSV: a sheet like any other (`csv`).

use super::{SHEET_ROWS_MAX, TEXT_BYTES_MAX, TEXT_KEYS_MAX, WORKBOOK_TEXT_BYTES_MAX, csv, encoding, tree, workbook};
use crate::submission::read::Headings;
use crate::submission::{Answers, Cell, Fault, Filled, FilledLine, Form, Raw};
use serde_json::Value;

/// The key of what is answered.
const ANSWERS: &str = "banwen";
/// The key of a file's only list of rows.
const ROWS: &str = "rows";
/// Characters of a file by which markup is known.
const MARKUP_CHARACTERS: usize = 1000;
/// Characters before a colon that are still a name.
const LABEL_CHARACTERS_MAX: usize = 30;
/// Said of a text in which nothing is told apart.
const UNKNOWN: &str = "认不出这个文件：分不清哪些是栏目、哪些是内容。请用“待办”或者“表样”中的表填写；自己列的名单，请存成 .xlsx 表格，第一行写栏目名称；只有一件的，也可以一行写一项“栏目名称：内容”。";
/// The key of an item's id in a row.
const ITEM: &str = "item";

/// Reads a text file; what stands in a list without our mark needs the form it answers.
pub(super) fn read(name: &str, bytes: &[u8], form: Option<&Form>) -> Result<Filled, Vec<Fault>> {
    let one = |say: String| vec![Fault::at(name, say)];
    let too_big = |most: usize| one(format!("文件过大（超过{}KB），没有读取。请分成几份交。", most / 1024));
    if bytes.len() > WORKBOOK_TEXT_BYTES_MAX {
        return Err(too_big(WORKBOOK_TEXT_BYTES_MAX));
    }
    let decoded = encoding::decode(bytes).map_err(one)?;
    let text = decoded.text.trim_start_matches('\u{FEFF}');
    if let Some(say) = markup(text) {
        return Err(one(say.to_owned()));
    }
    let yaml_name = [".yaml", ".yml"].iter().any(|end| name.to_lowercase().ends_with(end));
    let listed = |text: &str| {
        let sheet = csv::sheet(name, text).map_err(|fault| vec![fault])?;
        workbook::read(name, vec![sheet], form)
    };
    let mut filled = if csv::is_named(name) {
        listed(text)?
    } else if text.len() > TEXT_BYTES_MAX {
        return Err(too_big(TEXT_BYTES_MAX));
    } else if text.trim_start().starts_with(['{', '[']) && !yaml_name {
        filled(name, tree::json(text).map_err(one)?, form)?
    } else if let Some(lines) = by_line(text).filter(|_| !yaml_name) {
        filled(name, lines, form)?
    } else {
        let tree = tree::yaml(text);
        let plain = tree.as_ref().is_ok_and(|tree| matches!(tree, Raw::Map(_) | Raw::List(_) | Raw::Empty));
        if !plain && !yaml_name && csv::looks_like(text) {
            listed(text)?
        } else {
            filled(name, tree.map_err(one)?, form)?
        }
    };
    if let Some(encoding) = decoded.guessed {
        let say =
            format!("“{name}”没有注明文字编码，按 {encoding} 读取。发现有错字、乱码的，请另存为 .xlsx 表格重报。");
        filled.remarks.push(say);
    }
    Ok(filled)
}

/// What to say of a page, or of XML that a system gave out under the name of a workbook or Word file.
fn markup(text: &str) -> Option<&'static str> {
    let head: String = text.trim_start().chars().take(MARKUP_CHARACTERS).collect::<String>().to_lowercase();
    let page = ["<!doctype html", "<html", "<table", "<meta", "<head", "<style", "<div"];
    let xml = head.starts_with("<?xml") || head.starts_with("<?mso-application") || head.starts_with("<workbook");
    let whole = head.starts_with("mime-version:");
    if !(xml || whole || page.iter().any(|tag| head.starts_with(tag))) {
        return None;
    }
    let word = head.contains("office:word") || head.contains("word.document") || head.contains("wordprocessingml");
    Some(match word {
        true => {
            "这个文件的扩展名像 Word 文件，里面其实是网页或者 XML（有的系统这样导出），不能直接读。请在 WPS 或 Word 中打开，“另存为” Word 文档（.docx）再交，不要直接改扩展名。"
        }
        false => {
            "这个文件的扩展名像表格，里面其实是网页或者 XML（不少系统导出的 .xls 就是这样），不能直接读。请在 WPS 或 Excel 中打开，“另存为” Excel 工作簿（.xlsx）再交，不要直接改扩展名。"
        }
    })
}

fn filled(name: &str, tree: Raw, form: Option<&Form>) -> Result<Filled, Vec<Fault>> {
    let mut filled = Filled::default();
    let mut faults = Vec::new();
    let entries = match tree {
        Raw::Map(entries) => entries,
        Raw::List(values) => vec![(ROWS.to_string(), Raw::List(values))],
        Raw::Empty => return Err(vec![Fault::at(name, "文件是空的。请填写后再交。")]),
        Raw::Text(_) | Raw::Number(_) | Raw::Date(_) | Raw::Flag(_) | Raw::Formula(_) | Raw::Broken(_) => {
            return Err(vec![Fault::at(name, UNKNOWN)]);
        }
    };
    for (key, raw) in entries {
        if key == ANSWERS {
            match answers(&raw) {
                Ok(answers) => filled.answers = Some(answers),
                Err(say) => faults.push(Fault::at(ANSWERS, say)),
            }
            continue;
        }
        match rows(&key, raw) {
            Ok(values) => {
                let lines = lines(&key, values, &mut faults);
                filled.grids.push((if key == ROWS { String::new() } else { key }, lines));
            }
            Err(raw) => filled.head.push(Cell { name: key.clone(), raw, place: key }),
        }
    }
    form.into_iter().for_each(|form| one_row(name, form, &mut filled));
    if faults.is_empty() { Ok(filled) } else { Err(faults) }
}

/// `户主：周大贵` line by line, with the colon of Chinese, as names with their values; nothing when a line is otherwise.
fn by_line(text: &str) -> Option<Raw> {
    let label = |label: &str| !label.is_empty() && label.chars().count() <= LABEL_CHARACTERS_MAX;
    let pair = |line: &str| {
        let (name, value) = line.split_once('：')?;
        let name = name.trim();
        (label(name) && !name.contains([':', ',', '，', '。', '\t'])).then(|| (name.to_owned(), tree::trimmed(value)))
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(TEXT_KEYS_MAX);
    let pairs: Vec<(String, Raw)> = lines.map(pair).collect::<Option<_>>()?;
    (!pairs.is_empty()).then_some(Raw::Map(pairs))
}

/// What was said of one thing, line by line, where rows of such things are asked, is its row.
fn one_row(name: &str, form: &Form, filled: &mut Filled) {
    let [grid] = form.grids.as_slice() else { return };
    if filled.answers.is_some() || !filled.grids.is_empty() {
        return;
    }
    let (columns, head) = (Headings::of(&grid.columns), Headings::of(&form.head));
    let of_row = |cell: &Cell| head.find(&cell.name).is_empty() && !columns.find(&cell.name).is_empty();
    let (row, rest) = std::mem::take(&mut filled.head).into_iter().partition(of_row);
    filled.head = rest;
    let cells: Vec<Cell> = row;
    if !cells.is_empty() {
        filled.grids.push((grid.name.clone(), vec![FilledLine { item: None, place: name.to_owned(), cells }]));
    }
}

/// The rows under a key, or the value back when it is a single one.
fn rows(key: &str, raw: Raw) -> Result<Vec<Raw>, Raw> {
    if let Raw::List(values) = &raw
        && key != ROWS
        && !values.iter().any(|value| matches!(value, Raw::Map(_)))
    {
        return Err(raw);
    }
    if let Raw::List(values) = raw { Ok(values) } else { Err(raw) }
}

fn lines(key: &str, values: Vec<Raw>, faults: &mut Vec<Fault>) -> Vec<FilledLine> {
    if values.len() > SHEET_ROWS_MAX {
        faults.push(Fault::at(key, format!("共{}行，超过{SHEET_ROWS_MAX}行，没有读取。请分成几份交。", values.len())));
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (n, value) in values.into_iter().enumerate() {
        let place = format!("{key}[{}]", n + 1);
        let Raw::Map(entries) = value else {
            faults.push(Fault::at(place, "这一行应当写成“名称: 内容”。"));
            continue;
        };
        let mut line = FilledLine { item: None, place: place.clone(), cells: Vec::new() };
        for (name, raw) in entries {
            let place = format!("{place}.{name}");
            if name != ITEM {
                line.cells.push(Cell { name, raw, place });
            } else if let Some(id) = item(&raw) {
                line.item = Some(id);
            } else if raw != Raw::Empty {
                faults.push(Fault::at(place, "item 应当是对象的编号（整数）。"));
            }
        }
        // of an item it says something that a value is none; of a new row it does not
        if line.item.is_none() {
            line.cells.retain(|cell| cell.raw != Raw::Empty);
        }
        if line.item.is_some() || !line.cells.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// An item's id, written as a number or as digits.
pub(super) fn item(raw: &Raw) -> Option<u32> {
    match raw {
        Raw::Number(number) => number.to_string().parse().ok(),
        Raw::Text(text) => text.parse().ok(),
        Raw::Empty | Raw::Date(_) | Raw::Flag(_) | Raw::List(_) | Raw::Map(_) | Raw::Formula(_) | Raw::Broken(_) => {
            None
        }
    }
}

fn answers(raw: &Raw) -> Result<Answers, String> {
    let Raw::Map(entries) = raw else {
        return Err("banwen 下面应当写 what、office、about 等项。".to_string());
    };
    let known = ["what", "office", "about", "stage", "case", "task", "revision"];
    if let Some((key, _)) = entries.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        return Err(format!("banwen 下没有“{key}”这一项，只能写：{}。", known.join("、")));
    }
    if let Some(missing) =
        known[..3].iter().find(|wanted| !entries.iter().any(|(key, raw)| key == *wanted && *raw != Raw::Empty))
    {
        return Err(format!("banwen 下缺少 {missing}。"));
    }
    let numbers = ["task", "revision"];
    let entries = entries.iter().filter(|(_, raw)| *raw != Raw::Empty);
    let object = entries.map(|(key, raw)| (key.clone(), value(raw, numbers.contains(&key.as_str())))).collect();
    let object: serde_json::Map<String, Value> = object;
    if let Some(number) = numbers.iter().find(|key| object.get(**key).is_some_and(|value| value.as_u64().is_none())) {
        return Err(format!("banwen 下的 {number} 应当是整数。"));
    }
    let what = object.get("what").and_then(Value::as_str).unwrap_or_default().to_owned();
    serde_json::from_value(Value::Object(object))
        .map_err(|_| format!("banwen 下的 what 写的是“{what}”，没有这一种。请照管理员给的样子写。"))
}

/// A value of `banwen:`; names that look like numbers (a case called 2026) are names.
fn value(raw: &Raw, number: bool) -> Value {
    match raw {
        Raw::Number(n) if number => n.to_string().parse::<u64>().map_or(Value::Null, Value::from),
        Raw::Number(n) => Value::from(n.to_string()),
        Raw::Text(text) if number => text.parse::<u64>().map_or_else(|_| Value::from(text.clone()), Value::from),
        Raw::Text(text) | Raw::Date(text) | Raw::Formula(text) | Raw::Broken(text) => Value::from(text.clone()),
        Raw::Flag(flag) => Value::from(flag.to_string()),
        Raw::Empty | Raw::List(_) | Raw::Map(_) => Value::Null,
    }
}
