//! `docs/returns.zh.md` is what the program writes to clerks, sentence for sentence: one that is not on the page fails, and so does one
//! on the page that nobody writes any more, or an entry without cause and remedy.
//!
//! Reads the source as text, as `tidy` does. Where something is put in, the page has `……`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the source has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const PAGE: &str = include_str!("../docs/returns.zh.md");
/// Where answers and notices to clerks are worded.
const SOURCES: [&str; 27] = [
    "src/submission",
    "src/tally",
    "src/spool/claim",
    "src/spool/forms.rs",
    "src/spool/forms/csv.rs",
    "src/spool/forms/encoding.rs",
    "src/spool/forms/mistake.rs",
    "src/spool/forms/package.rs",
    "src/spool/forms/plain.rs",
    "src/spool/forms/tree.rs",
    "src/spool/forms/unseen.rs",
    "src/spool/forms/word.rs",
    "src/spool/forms/word/guard.rs",
    "src/spool/forms/word/table.rs",
    "src/spool/forms/workbook",
    "src/spool/reader.rs",
    "src/spool/receipt.rs",
    "src/case/decide",
    "src/case/story.rs",
    "src/engine/intake",
    "src/engine/understand",
    "src/engine/children.rs",
    "src/engine/telling.rs",
    "src/engine/untaken.rs",
    "src/engine/proof.rs",
    "src/engine/perform/letters.rs",
    "src/engine/render/examine.rs",
];
/// What stands beside a cell is read in the form, not in an answer.
const BESIDE_CELLS: &str = "src/submission/hint.rs";
/// What a receipt says of an object has no word of ours: `4号 赵明：同意。`
const OF_VALUES: &str = "……：……";
/// What makes a text a sentence and no name, value or mark.
const OF_SENTENCES: [&str; 17] = [
    OF_VALUES,
    "。",
    "，",
    "请",
    "应当",
    "不能",
    "没有",
    "最多",
    "无法",
    "过大",
    "新增：",
    "不再报送",
    "已更换",
    "改为",
    "已改写",
    "届满",
    "”由",
];
/// Parts of sentences, reasons that stand in the record of a case, and lists of characters: nobody finds these by themselves.
const NOT_BY_THEMSELVES: [&str; 16] = [
    "……（……号，……）",
    "……（……号，……，已报送）",
    "申请退回",
    "（可不填）",
    "：:()（）、，,.。人个户项条件份名元分圆角整正¥￥",
    "年月日时分./-—:：",
    "，……确认",
    "，文号不变",
    "已知悉，继续办理",
    "已到齐，无须再答",
    "报送不足，重开收件",
    "系统停机，公示网页不能查看",
    "文书已重新制作，或者不再需要",
    "已处理，请继续",
    "无法开办",
    "无法转入",
];

/// The texts of a file outside its tests and comments.
fn texts(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut found = Vec::new();
    let mut characters = source.chars().peekable();
    let mut before = ' ';
    while let Some(c) = characters.next() {
        match c {
            '/' if characters.peek() == Some(&'/') => while characters.next_if(|c| *c != '\n').is_some() {},
            // a character, and not the beginning of a lifetime's name
            '\'' => match characters.next() {
                Some('\\') => {
                    characters.next();
                    while characters.next_if(|c| *c != '\'').is_some() {}
                    characters.next();
                }
                Some(_) => drop(characters.next_if_eq(&'\'')),
                None => {}
            },
            '"' => {
                let raw = before == 'r';
                let mut text = String::new();
                while let Some(c) = characters.next().filter(|c| *c != '"') {
                    match c {
                        '\\' if !raw => match characters.next().unwrap() {
                            '\n' => while characters.next_if(|c| c.is_whitespace()).is_some() {},
                            'n' | 'r' | 't' => text.push(' '),
                            other => text.push(other),
                        },
                        c => text.push(c),
                    }
                }
                found.push(text);
            }
            _ => {}
        }
        before = c;
    }
    found
}

/// A text as the page has it.
fn shown(text: &str) -> String {
    let (mut shown, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let end = after.find('}').map_or(after.len(), |end| end + 1);
        shown.push_str(before);
        shown.push_str("……");
        rest = &after[end..];
    }
    shown.push_str(rest);
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn files(place: &Path, into: &mut Vec<std::path::PathBuf>) {
    let name = place.file_name().unwrap().to_string_lossy().into_owned();
    if place.is_dir() && name != "tests" {
        let found = std::fs::read_dir(place).unwrap();
        found.for_each(|entry| files(&entry.unwrap().path(), into));
    } else if name.ends_with(".rs") && name != "tests.rs" {
        into.push(place.to_path_buf());
    }
}

/// Every Chinese text of the sources, with a file that has it.
fn written() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for source in SOURCES {
        let (place, beside) = (root.join(source), root.join(format!("{source}.rs")));
        assert!(place.exists(), "{source} is not there: the page would be held against less than is written");
        files(&place, &mut found);
        if beside.exists() {
            found.push(beside);
        }
    }
    found.retain(|file| !file.ends_with(BESIDE_CELLS));
    let chinese =
        |text: &String| shown(text) == OF_VALUES || text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
    let of = |file: std::path::PathBuf| {
        let name = file.strip_prefix(root).unwrap().display().to_string();
        let texts = texts(&std::fs::read_to_string(&file).unwrap());
        texts.into_iter().filter(chinese).map(move |text| (shown(&text), name.clone()))
    };
    found.into_iter().flat_map(of).collect()
}

fn on_the_page() -> BTreeSet<&'static str> {
    PAGE.lines().filter_map(|line| line.strip_prefix("- ")).collect()
}

#[test]
fn every_sentence_to_a_clerk_is_on_the_page() {
    let (written, page) = (written(), on_the_page());
    assert!(written.len() > 500, "{} texts are too few: the scan misses something", written.len());
    let sentence =
        |text: &str| OF_SENTENCES.iter().any(|word| text.contains(word)) && !NOT_BY_THEMSELVES.contains(&text);
    let missing: Vec<String> = written
        .iter()
        .filter(|(text, _)| sentence(text) && !page.contains(text.as_str()))
        .map(|(text, file)| format!("- {text}    ({file})"))
        .collect();
    assert!(
        missing.is_empty(),
        "put these on docs/returns.zh.md, each under its cause and remedy:\n{}",
        missing.join("\n")
    );
}

#[test]
fn nothing_on_the_page_is_no_longer_written() {
    let written = written();
    let gone: Vec<&str> = on_the_page().into_iter().filter(|text| !written.contains_key(*text)).collect();
    assert!(gone.is_empty(), "nobody writes these any more:\n{}", gone.join("\n"));
    let gone: Vec<&str> = NOT_BY_THEMSELVES.into_iter().filter(|text| !written.contains_key(*text)).collect();
    assert!(gone.is_empty(), "nor these: {gone:?}");
}

#[test]
fn every_entry_has_sentences_a_cause_and_a_remedy() {
    let entries: Vec<&str> = PAGE.split("\n## ").skip(1).collect();
    assert!(entries.len() > 50, "{}", entries.len());
    for entry in entries {
        for part in ["\n- ", "\n原因：", "\n办法："] {
            assert_eq!(entry.matches(part).count().min(1), 1, "no {} in ## {entry}", part.trim());
        }
    }
    let twice: Vec<&str> =
        on_the_page().into_iter().filter(|text| PAGE.matches(&format!("\n- {text}\n")).count() > 1).collect();
    assert!(twice.is_empty(), "on the page more than once: {twice:?}");
}
