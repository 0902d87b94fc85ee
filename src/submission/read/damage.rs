//! Damaged text: what programs leave when they read or save a text in the wrong encoding.
//!
//! The characters that stood there cannot be known for certain, so nothing is mended; the sentence says where, and what it may
//! have been.

use encoding_rs::{GBK, WINDOWS_1252};

/// What a text that lost its characters is full of.
const LEFT_OVER: [&str; 3] = ["锟斤拷", "烫烫烫", "屯屯屯"];
/// Characters of a run that was read in the wrong encoding, at least: fewer may be a coincidence.
const RUN_CHARACTERS_MIN: usize = 3;
/// Characters of the likely text repeated in a sentence.
const LIKELY_CHARACTERS_MAX: usize = 20;

/// What is damaged in a text, if anything.
pub(super) fn of(text: &str) -> Option<String> {
    if let Some(word) = LEFT_OVER.iter().find(|word| text.contains(**word)) {
        return Some(format!("含有乱码“{word}”，原来的字已经丢失。请对照原件重新输入。"));
    }
    let characters: Vec<char> = text.chars().collect();
    for (place, window) in characters.windows(3).enumerate() {
        if let [before, '?', after] = window
            && (super::text::han(*before) || *before == '?')
            && super::text::han(*after)
        {
            return Some(format!(
                "第{}个字是半角问号，可能是没有保存住的生僻字。请对照原件重新输入；确实是问号的，请改用全角“？”。",
                place + 2
            ));
        }
    }
    let likely = text.split(|c: char| c.is_ascii()).find_map(|run| as_gbk(run).or_else(|| as_western(run)))?;
    let likely: String = likely.chars().take(LIKELY_CHARACTERS_MAX).collect();
    Some(format!("是用错了编码的乱码，原文可能是“{likely}”。请对照原件重新输入。"))
}

/// The text of UTF-8 that was taken for GBK: `寮犱笁` for `张三`.
fn as_gbk(run: &str) -> Option<String> {
    let run = run.trim_end_matches('\u{FFFD}');
    if run.chars().count() < RUN_CHARACTERS_MIN {
        return None;
    }
    let (bytes, _, unmappable) = GBK.encode(run);
    // the last character may have been cut in two
    let valid = bytes.utf8_chunks().next()?.valid();
    if unmappable || valid.len() + 2 < bytes.len() {
        return None;
    }
    let common_before = run.chars().filter(|c| common(*c)).count();
    let text = valid.chars().count() >= 2 && valid.chars().all(common);
    (text && common_before * 2 < run.chars().count()).then(|| valid.to_string())
}

/// The text of GBK that was taken for a Western encoding: `ÕÅÈý` for `张三`.
fn as_western(run: &str) -> Option<String> {
    let western = |c: char| ('\u{A1}'..='\u{FF}').contains(&c);
    if run.chars().count() <= RUN_CHARACTERS_MIN || !run.chars().all(western) {
        return None;
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(run);
    let text = GBK.decode_without_bom_handling_and_without_replacement(&bytes)?;
    (!unmappable && text.chars().all(common)).then(|| text.into_owned())
}

/// A character of daily use (level 1 of GB 2312), or a mark of Chinese punctuation.
fn common(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = GBK.encode(c.encode_utf8(&mut buffer));
    match bytes.as_ref() {
        [0xA1, _] | [0xA3, 0xA1..=0xFE] => !unmappable,
        [0xB0..=0xD7, 0xA1..=0xFE] => !unmappable,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_in_the_wrong_encoding_is_known_by_its_looks() {
        let taken_for_gbk = |text: &str| GBK.decode_without_bom_handling(text.as_bytes()).0.into_owned();
        for text in ["张三", "香泉镇第一党支部", "无异议。", "同意推荐"] {
            let say = of(&taken_for_gbk(text)).unwrap_or_else(|| panic!("{}", taken_for_gbk(text)));
            assert!(say.contains("乱码"), "{say}");
        }
        let western = WINDOWS_1252.decode_without_bom_handling(&GBK.encode("张三丰").0).0.into_owned();
        assert!(of(&western).unwrap().contains("“张三丰”"), "{western}");
        assert!(of("姓名烫烫烫烫").unwrap().contains("烫烫烫"));
        assert!(of("屯屯屯").is_some());
        assert!(of("何?同志").unwrap().starts_with("第2个字是半角问号"));
        assert!(of("何??").is_none() && of("张??三").is_some());
    }

    #[test]
    fn what_people_write_is_no_damage() {
        let good = [
            "张三",
            "欧阳䶮",
            "何㛃",
            "屯溪区",
            "汤烫",
            "为什么？因为",
            "OK?",
            "是否?",
            "甘孜阿坝",
            "濉溪县濉溪镇",
            "淝河镇沱湖村",
            "滁州市全椒县襄河镇",
            "缪毓彧",
            "翟羿",
            "皖E12345",
            "café",
            "Müller",
            "第1、2组",
            "浍河、涡河、淝河",
            "㛃䶮𬭊",
            "嵊泗县嵊山镇",
            "瑷珲区",
            "亳州市谯城区谯东镇",
            "彝族苗族傣族",
            "氿里",
            "麴馨",
            "℃±×÷",
            "①②③④",
        ];
        for text in good {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
