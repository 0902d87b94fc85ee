//! `banwen returns`: what is written to clerks, each sentence with its cause and what to do; the page, or what it says of words somebody
//! has in hand.

use super::Answer;
use super::voice::{data, talk};
use serde_json::{Value, json};

/// The page; `tests/returns.rs` holds it against the program.
const PAGE: &str = include_str!("../../docs/returns.zh.md");
/// What stands on the page for what a form or a case puts in.
const ANYTHING: &str = "……";
/// A line of a receipt that is made of nothing else.
const OF_VALUES: &str = "……：……";
/// Characters of a sentence that must be met, so that it is known.
const CHARACTERS_MIN: usize = 3;
/// Entries told of words that several have.
const ENTRIES_MAX: usize = 3;

/// Sentences with one cause.
struct Entry {
    title: &'static str,
    sentences: Vec<&'static str>,
    cause: &'static str,
    remedy: &'static str,
}

/// Prints the page, or the entries that know these words.
pub(super) fn returns(words: Option<&str>, as_json: bool) -> anyhow::Result<Answer> {
    let entries = entries();
    let Some(words) = words else {
        if as_json {
            let told: Vec<Value> = entries.iter().map(|entry| told(entry, &entry.sentences)).collect();
            data(serde_json::to_string_pretty(&told)?);
        } else {
            data(PAGE.trim_end());
        }
        return Ok(Answer::Yes);
    };
    let found = find(&entries, words);
    if found.is_empty() {
        talk(format_args!(
            "banwen: no sentence of the program has these words\n  hint: a definition may have written it; look there for it"
        ));
        return Ok(Answer::No);
    }
    if as_json {
        let told: Vec<Value> = found.iter().map(|(sentence, entry)| told(entry, &[sentence])).collect();
        data(serde_json::to_string_pretty(&told)?);
        return Ok(Answer::Yes);
    }
    let says = |(sentence, entry): &(&str, &Entry)| {
        format!("{}\n  {sentence}\n  原因：{}\n  办法：{}", entry.title, entry.cause, entry.remedy)
    };
    data(found.iter().map(says).collect::<Vec<_>>().join("\n\n"));
    Ok(Answer::Yes)
}

fn told(entry: &Entry, sentences: &[&str]) -> Value {
    json!({ "title": entry.title, "sentences": sentences, "cause": entry.cause, "remedy": entry.remedy })
}

/// The page's entries, in its order.
fn entries() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in PAGE.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            entries.push(Entry { title, sentences: Vec::new(), cause: "", remedy: "" });
        }
        let Some(entry) = entries.last_mut() else { continue };
        if let Some(sentence) = line.strip_prefix("- ") {
            entry.sentences.push(sentence);
        } else if let Some(cause) = line.strip_prefix("原因：") {
            entry.cause = cause;
        } else if let Some(remedy) = line.strip_prefix("办法：") {
            entry.remedy = remedy;
        }
    }
    entries
}

/// The best known sentence of each entry that knows one in the words; the best first.
fn find<'e>(entries: &'e [Entry], words: &str) -> Vec<(&'static str, &'e Entry)> {
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let best = |entry: &'e Entry| {
        let met = entry.sentences.iter().map(|sentence| (met(sentence, &words), *sentence));
        let (met, sentence) = met.max_by_key(|(met, _)| *met)?;
        (met >= CHARACTERS_MIN).then_some((met, sentence, entry))
    };
    let mut found: Vec<(usize, &'static str, &Entry)> = entries.iter().filter_map(best).collect();
    if found.is_empty() {
        // what a case says of an object, between marks alone: `4号 赵明：同意。`
        let of_values = |entry: &&Entry| entry.sentences.contains(&OF_VALUES) && met(OF_VALUES, &words) > 0;
        return entries.iter().find(of_values).map(|entry| (OF_VALUES, entry)).into_iter().collect();
    }
    found.sort_by_key(|(met, _, _)| std::cmp::Reverse(*met));
    // beside a sentence that is met whole, a few characters in common say nothing
    let most = found.first().map_or(0, |(met, _, _)| *met);
    found.retain(|(met, _, _)| met * 2 > most);
    found.into_iter().take(ENTRIES_MAX).map(|(_, sentence, entry)| (sentence, entry)).collect()
}

/// How many characters the words and a sentence have in common, where one holds the other.
fn met(sentence: &str, words: &str) -> usize {
    let plain: String = sentence.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.contains(words) {
        return words.chars().count();
    }
    let mut rest = words;
    for piece in plain.split(ANYTHING) {
        let Some(at) = rest.find(piece) else { return 0 };
        rest = &rest[at + piece.len()..];
    }
    plain.split(ANYTHING).map(|piece| piece.chars().count()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_hand_find_their_entry() {
        let entries = entries();
        let first = |words: &str| find(&entries, words).first().map(|(_, entry)| entry.title);
        assert_eq!(first("推荐表!C7：“身份证号”校验不对，至少有一位写错了，请对照证件逐位核对。"), Some("号码不对"));
        assert_eq!(first("校验不对"), Some("号码不对"));
        assert_eq!(
            first("缺少附件“廉政意见”。请把表格和“廉政意见”的扫描件放进同一个文件夹"),
            None,
            "half a sentence with something in it"
        );
        assert_eq!(first("下一环节已经开始办理，不能撤回。如需更正，请交“申请退回”表。"), Some("撤回和退回"));
        assert_eq!(first("不再报送：陈抜明。"), Some("更正了什么"));
        assert_eq!(first("陈志强：“工作单位”由“水电站”改为“农机站”。"), Some("更正了什么"));
        assert_eq!(first("请于2026年12月3日前办理：审核表（89号）。"), Some("接下来办什么"));
        assert_eq!(first("天气很好"), None);
        assert_eq!(first("1. 4号 赵億明：同意。"), Some("记下的办理结果"));
        assert_eq!(first("陈志强：“工作单位”由“水电站”改为“农机站”。"), Some("更正了什么"), "sentences go before");
    }
}
