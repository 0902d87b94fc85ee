//! Titles in lines: broken by meaning, in the shape of a trapezoid or a diamond (9704 7.3.1).
//!
//! There is no dictionary of Chinese here; a list of words common in official titles, punctuation, and the shape decide.

/// Words a title line does not split. Longest first is not needed: every word that covers a break forbids it.
const WORDS: [&str; 72] = [
    "关于",
    "表彰",
    "决定",
    "通知",
    "通报",
    "通告",
    "公告",
    "公示",
    "报告",
    "请示",
    "批复",
    "意见",
    "方案",
    "办法",
    "规定",
    "名单",
    "情况",
    "工作",
    "开展",
    "印发",
    "转发",
    "做好",
    "加强",
    "推荐",
    "汇总表",
    "先进",
    "优秀",
    "基层",
    "党组织",
    "共产党员",
    "党务工作者",
    "党员",
    "党支部",
    "委员会",
    "人民政府",
    "办公室",
    "组织部",
    "组织办",
    "年度",
    "进展",
    "备案",
    "建设",
    "管理",
    "实施",
    "评选",
    "拟",
    "对象",
    "中共",
    "同志",
    "个人",
    "集体",
    "单位",
    "干部",
    "群众",
    "活动",
    "补充",
    "结果",
    "有关",
    "事项",
    "问题",
    "先进基层党组织",
    "优秀共产党员",
    "优秀党务工作者",
    "信息公开",
    "政务公开",
    "乡村振兴",
    "月度",
    "第一",
    "第二",
    "季度",
    "纪念",
    "庆祝",
];
/// Characters a line does not begin with.
const NOT_FIRST: &str = "的和与及、，。；：）》”〉】等了者们";
/// Characters a line does not end with.
const NOT_LAST: &str = "（《“〈【第";
/// A title longer than this, in characters, is only filled: weighing every break takes too long.
const WEIGHED_CHARACTERS_MAX: usize = 200;
/// Most lines a title is broken into before lines simply grow full.
const LINES_MAX: usize = 4;

/// Characters of a title's line, by layout: 2号 on 156 mm holds 20; one is left free.
pub(in crate::document) fn width(layout: super::model::Layout) -> usize {
    use super::model::Layout;
    match layout {
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain | Layout::Form => 19,
        Layout::Sheet => 28,
        Layout::Certificate | Layout::Plaque => 12,
    }
}

/// The lines of a title of at most `width` characters each. A title given in several lines is taken as it is where each fits.
pub(in crate::document) fn lines(title: &[String], width: usize) -> Vec<String> {
    let given: Vec<Vec<char>> = title.iter().map(|line| line.chars().collect()).collect();
    if given.len() > 1 && given.iter().all(|line| measure(line) <= width * 2) {
        return title.to_vec();
    }
    let text: Vec<char> = given.into_iter().flatten().collect();
    if measure(&text) <= width * 2 {
        return vec![text.into_iter().collect()];
    }
    if text.len() > WEIGHED_CHARACTERS_MAX {
        return filled(&text, width * 2);
    }
    let costs = break_costs(&text);
    let fewest = measure(&text).div_ceil(width * 2);
    let tried = (fewest..=fewest + 1).filter(|count| *count <= LINES_MAX);
    let best = tried.filter_map(|count| best(&text, &costs, width * 2, count)).min_by_key(|(cost, _)| *cost);
    match best {
        Some((_, breaks)) => split(&text, &breaks),
        None => filled(&text, width * 2),
    }
}

/// The lines of an organ's name under a paper: a name of a whole row is broken by meaning.
pub(in crate::document) fn organ(name: &str) -> Vec<String> {
    lines(&[name.to_owned()], 24)
}

/// Width in half characters.
fn measure(text: &[char]) -> usize {
    text.iter().map(|it| if it.is_ascii() { 1 } else { 2 }).sum()
}

/// What a break before each character costs.
fn break_costs(text: &[char]) -> Vec<u64> {
    let mut costs = vec![0; text.len() + 1];
    for place in 1..text.len() {
        let (before, after) = (text[place - 1], text[place]);
        if before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()
            || NOT_FIRST.contains(after)
            || NOT_LAST.contains(before)
        {
            costs[place] += 10_000;
        }
        // 2022年 stays together.
        if before.is_ascii_digit() && "年月日个届次号".contains(after) {
            costs[place] += 10_000;
        }
    }
    for word in WORDS {
        let word: Vec<char> = word.chars().collect();
        for start in 0..text.len().saturating_sub(word.len() - 1) {
            if text[start..].starts_with(&word) {
                costs[start + 1..start + word.len()].iter_mut().for_each(|cost| *cost += 400);
            }
        }
    }
    // What stands in quotation marks stays together; a longer quotation is broken where it must be.
    for (open, close) in [('“', '”'), ('《', '》'), ('（', '）')] {
        for start in 0..text.len() {
            let length = text[start..].iter().position(|it| *it == close).filter(|_| text[start] == open);
            if let Some(length) = length.filter(|it| *it <= 12) {
                costs[start + 1..=start + length].iter_mut().for_each(|cost| *cost += 2000);
            }
        }
    }
    let about: Vec<char> = "关于".chars().collect();
    for place in 1..text.len() {
        // The issuing organ on its own line is the best break there is; after 、 and 和 is a good one.
        let organ = text[place..].starts_with(&about);
        let list = matches!(text[place - 1], '、' | '和' | '与');
        let unmarked = !organ && !list && costs[place] == 0;
        costs[place] += if unmarked { 80 } else { 0 };
    }
    costs
}

/// The cheapest way to `count` lines, with the places of the breaks.
fn best(text: &[char], costs: &[u64], width: usize, count: usize) -> Option<(u64, Vec<usize>)> {
    let mut best: Option<(u64, Vec<usize>)> = None;
    let mut breaks = Vec::new();
    search(text, costs, width, count, 0, 0, &mut breaks, &mut best);
    best
}

#[expect(clippy::too_many_arguments, reason = "the state of one depth-first search")]
fn search(
    text: &[char],
    costs: &[u64],
    width: usize,
    count: usize,
    start: usize,
    cost: u64,
    breaks: &mut Vec<usize>,
    best: &mut Option<(u64, Vec<usize>)>,
) {
    if best.as_ref().is_some_and(|(least, _)| cost >= *least) {
        return;
    }
    if count == 1 {
        if measure(&text[start..]) <= width && start < text.len() {
            let cost = cost + shape(text, breaks);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                *best = Some((cost, breaks.clone()));
            }
        }
        return;
    }
    for end in start + 2..text.len() {
        if measure(&text[start..end]) > width {
            break;
        }
        // What is left must fit the lines that are left.
        if measure(&text[end..]) > width * (count - 1) {
            continue;
        }
        breaks.push(end);
        search(text, costs, width, count - 1, end, cost + costs[end], breaks, best);
        breaks.pop();
    }
}

/// Uneven lines cost little, equal lines some, an hourglass much; every further line is a line more to read.
fn shape(text: &[char], breaks: &[usize]) -> u64 {
    let ends: Vec<usize> = breaks.iter().copied().chain([text.len()]).collect();
    let mut start = 0;
    let mut widths = Vec::new();
    for end in ends {
        widths.push(measure(&text[start..end]) as i64);
        start = end;
    }
    let mean = widths.iter().sum::<i64>() / widths.len() as i64;
    let uneven: i64 = widths.iter().map(|width| (width - mean).pow(2)).sum();
    let waist = widths.windows(3).filter(|it| it[1] < it[0] && it[1] < it[2]).count();
    let equal = widths.windows(2).filter(|it| it[0] == it[1]).count();
    let short = widths.iter().filter(|width| **width * 3 < mean).count();
    let faults = waist * 600 + equal * 30 + short * 500 + widths.len() * 60;
    uneven.unsigned_abs() + faults as u64
}

fn split(text: &[char], breaks: &[usize]) -> Vec<String> {
    let starts = [0].into_iter().chain(breaks.iter().copied());
    let ends = breaks.iter().copied().chain([text.len()]);
    starts.zip(ends).map(|(start, end)| text[start..end].iter().collect()).collect()
}

fn filled(text: &[char], width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text {
        let wide = measure(std::slice::from_ref(character));
        if used + wide > width {
            lines.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(*character);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(title: &str) -> Vec<String> {
        lines(&[title.to_owned()], 19)
    }

    #[test]
    fn breaks_follow_the_meaning() {
        assert_eq!(broken("关于做好推荐工作的通知"), ["关于做好推荐工作的通知"]);
        assert_eq!(
            broken("中共香山镇委员会关于表彰2022年度先进基层党组织、优秀共产党员和优秀党务工作者的决定"),
            ["中共香山镇委员会关于表彰2022年度", "先进基层党组织、优秀共产党员和", "优秀党务工作者的决定"]
        );
        assert_eq!(
            broken("中共香山镇委员会组织办公室关于做好2022年“七一”表彰的通知"),
            ["中共香山镇委员会组织办公室", "关于做好2022年“七一”表彰的通知"]
        );
    }

    #[test]
    fn no_line_is_too_long_and_nothing_is_lost() {
        for length in 1..200 {
            let title: String = "关于表彰二〇二二年度某某某先进集体和个人的决定".chars().cycle().take(length).collect();
            let lines = broken(&title);
            assert_eq!(lines.concat(), title);
            assert!(lines.iter().all(|line| line.chars().count() <= 19), "{lines:?}");
        }
        let given = ["中共香山镇委员会".to_owned(), "关于表彰的决定".to_owned()];
        assert_eq!(lines(&given, 19), given);
    }
}
