//! Several labels in one text, each with what is said behind its colon: `姓名：张三　性别：男`, or a line of its own outside any table.

/// Characters of a label within a text, at most.
const LABEL_CHARACTERS_MAX: usize = 30;

/// The labels of a text with their values; nothing, where it does not begin with one. The colon of `9:30` parts nothing, nor does one
/// behind a word that `known` does not know.
pub(super) fn pairs(text: &str, known: impl Fn(&str) -> bool) -> Vec<(&str, &str)> {
    let mut labels: Vec<(usize, usize, &str)> = Vec::new();
    let mut from = 0;
    for (at, colon) in text.match_indices(['：', ':']) {
        let before = &text[from..at];
        let starts = before.char_indices().filter(|(start, _)| begins(&before[..*start]));
        let label = |(start, _): (usize, char)| {
            let label = &before[start..];
            let named = label.chars().count() <= LABEL_CHARACTERS_MAX && !label.starts_with(char::is_whitespace);
            (named && known(label)).then_some((from + start, label))
        };
        let Some((start, label)) = starts.filter_map(label).next() else { continue };
        if labels.is_empty() && !text[..start].lines().last().unwrap_or_default().trim().is_empty() {
            return Vec::new();
        }
        from = at + colon.len();
        labels.push((start, from, label));
    }
    let ends = labels.iter().skip(1).map(|(start, ..)| *start).chain([text.len()]);
    let separators = |c: char| c.is_whitespace() || matches!(c, '；' | ';' | '，' | ',');
    labels.iter().zip(ends).map(|((_, from, label), to)| (*label, text[*from..to].trim_matches(separators))).collect()
}

/// Whether a label may begin behind this.
fn begins(before: &str) -> bool {
    let edge =
        |c: char| c.is_whitespace() || matches!(c, '；' | ';' | '，' | ',' | '。' | '、' | '|' | '｜' | '）' | ')');
    before.chars().next_back().is_none_or(edge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        pairs(text, |label| ["姓名", "姓　名", "性别", "时间", "工作单位"].contains(&label))
    }

    #[test]
    fn each_label_has_what_stands_behind_its_colon() {
        assert_eq!(found("姓名：张三　性别：男"), [("姓名", "张三"), ("性别", "男")]);
        assert_eq!(found("姓　名：张三；性别: 女\n时间：9:30"), [("姓　名", "张三"), ("性别", "女"), ("时间", "9:30")]);
        assert_eq!(found("姓名：　　性别：男"), [("姓名", ""), ("性别", "男")]);
        assert_eq!(found("工作单位：香泉镇 职务：委员"), [("工作单位", "香泉镇 职务：委员")]);
    }

    #[test]
    fn a_sentence_with_a_colon_in_it_is_no_label() {
        assert_eq!(found("他说，姓名：张三"), []);
        assert_eq!(found("曾用姓名：张三"), []);
        assert_eq!(found("9:30"), []);
    }
}
