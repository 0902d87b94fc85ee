//! Titles in lines: broken by meaning, in the shape of a trapezoid or a diamond (9704 7.3.1).
//!
//! There is no dictionary of Chinese here; a list of words common in official titles, the way names of organs are built, punctuation,
//! and the shape decide. A number, a Latin word and what goes with them is never parted, and no line is shorter than both around it
//! while there is another way; a word, the name of an organ, a quotation and a title in 《》 are parted only where one fills a line.

use std::collections::HashSet;
use std::sync::LazyLock;

mod shape;

/// Words a title line does not split, and the longest of them in characters.
static WORDS: LazyLock<(HashSet<Vec<char>>, usize)> = LazyLock::new(|| {
    let words: HashSet<Vec<char>> =
        include_str!("title/words.txt").split_whitespace().map(|word| word.chars().collect()).collect();
    let longest = words.iter().map(Vec::len).max().unwrap_or(0);
    (words, longest)
});
/// How the names of organs end.
const ORGANS: [&str; 28] = [
    "委员会",
    "人民政府",
    "办公室",
    "领导小组",
    "工作组",
    "指挥部",
    "党支部",
    "支部",
    "党组",
    "党委",
    "纪委",
    "组织部",
    "宣传部",
    "统战部",
    "武装部",
    "人民法院",
    "人民检察院",
    "主席团",
    "代表大会",
    "局",
    "厅",
    "服务中心",
    "办事处",
    "有限公司",
    "联合会",
    "合作社",
    "总工会",
    "工作站",
];
/// Words after which the name of an organ may begin.
const BEFORE_ORGANS: [&str; 25] = [
    "　", "关于", "转发", "印发", "批转", "表彰", "同意", "撤销", "设立", "成立", "调整", "商请", "邀请", "征求",
    "授予", "给予", "对", "向", "、", "，", "《", "》", "“", "”", "的",
];
/// Words that lean on what stands before them.
const LEANING: [&str; 15] = [
    "工作", "活动", "情况", "建设", "事项", "问题", "方案", "名单", "结果", "办法", "意见", "行动", "规划", "计划",
    "等",
];
/// Longest name of an organ that is looked for, in characters.
const ORGAN_CHARACTERS_MAX: usize = 19;
/// Characters a line does not begin with.
const NOT_FIRST: &str = "的和与及或、，。；：）》”〉】〕等了者们之";
/// Characters a line does not end with.
const NOT_LAST: &str = "（《“〈【〔第等将对向为以在把被";
/// What counts in Chinese, and what is counted.
const NUMERALS: &str = "〇一二三四五六七八九十百千万亿两";
const COUNTED: &str = "年月日个届次号期批项名件条款章级类％%‰岁周天时分秒元户人亩米吨公里";
/// What stands between the organs of a joint title.
const BLANK: char = '　';
/// A title longer than this, in characters, is only filled: weighing every break takes too long.
const WEIGHED_CHARACTERS_MAX: usize = 200;
/// Most lines a title is broken into before lines simply grow full.
const LINES_MAX: usize = 5;

/// What it costs to part what must never be parted.
const NEVER: u64 = 1_000_000;
/// A line shorter than both around it.
const WAIST: u64 = 100_000;
/// To part a title in 《》, a quotation, or the name of an organ.
const NAME: u64 = 5_000;
/// To part a word.
const WORD: u64 = 1_200;
/// To break where no word that is known ends or begins: perhaps within a name.
const UNKNOWN: u64 = 700;
/// To break where one ends or begins, and where one does both.
const HALF_KNOWN: u64 = 150;
const KNOWN: u64 = 80;
/// Another line to read.
const LINE: u64 = 90;

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
    let width = width * 2;
    if given.len() > 1 && given.iter().all(|line| measure(line) <= width) {
        return title.to_vec();
    }
    let text: Vec<char> = given.into_iter().flatten().collect();
    if fits(&text, width) {
        return vec![text.into_iter().collect()];
    }
    if text.len() > WEIGHED_CHARACTERS_MAX {
        return filled(&text, width);
    }
    let weighed = with_blanks(&text);
    let fewest = measure(&weighed).div_ceil(width);
    let mut search = Search::new(&weighed, width);
    for count in (fewest..=fewest + 2).filter(|count| *count <= LINES_MAX) {
        search.go(count, 0, 0, &mut Vec::new());
    }
    match search.best {
        Some((_, breaks)) => split(&text, &breaks),
        None => filled(&text, width),
    }
}

/// The lines of an organ's name under a paper: a name of a whole row is broken by meaning.
pub(in crate::document) fn organ(name: &str) -> Vec<String> {
    lines(&[name.to_owned()], 24)
}

/// The lines of a 题注, in brackets.
pub(in crate::document) fn adopted(note: &str) -> Vec<String> {
    lines(&[format!("（{note}）")], 27)
}

/// The text with every blank between Chinese as the one that stands between organs, however it was typed.
fn with_blanks(text: &[char]) -> Vec<char> {
    let chinese = |it: Option<&char>| it.is_some_and(|it| !it.is_ascii());
    let shown = |it: &&char| !it.is_whitespace();
    let one = |(at, it): (usize, &char)| {
        let between = chinese(text[..at].iter().rev().find(shown)) && chinese(text[at..].iter().find(shown));
        if it.is_whitespace() && between { BLANK } else { *it }
    };
    text.iter().enumerate().map(one).collect()
}

/// Width in half characters, without the blank a row may end with.
fn measure(text: &[char]) -> usize {
    let text = text.strip_suffix(&[BLANK]).unwrap_or(text);
    text.iter().copied().map(measure_one).sum()
}

fn measure_one(character: char) -> usize {
    if character.is_ascii() { 1 } else { 2 }
}

/// Whether programs that are not told to leave it out put a quarter of a character between two: between Chinese and Latin.
fn gaps(pair: &[char]) -> bool {
    pair[0].is_ascii_alphanumeric() != pair[1].is_ascii_alphanumeric()
        && !pair.iter().any(|it| it.is_ascii_punctuation() || *it == BLANK)
}

/// Whether a line of at most `width` half characters holds what measures so many and has so many gaps, for which there is the character
/// that is left free.
fn holds(width: usize, measured: usize, gaps: usize) -> bool {
    measured <= width && 2 * measured + gaps <= 2 * (width + 2)
}

fn fits(text: &[char], width: usize) -> bool {
    holds(width, measure(text), text.windows(2).filter(|pair| gaps(pair)).count())
}

/// What a break before each character costs.
fn break_costs(text: &[char]) -> Vec<u64> {
    let mut costs = vec![0; text.len() + 1];
    for place in 1..text.len() {
        if inseparable(text[place - 1], text[place]) {
            costs[place] += NEVER;
        }
    }
    let (words, longest) = &*WORDS;
    let (mut begun, mut ended) = (vec![false; text.len() + 1], vec![false; text.len() + 1]);
    for start in 0..text.len() {
        let ends = start + 2..=text.len().min(start + longest);
        for end in ends.filter(|end| words.contains(&text[start..*end])) {
            raise(&mut costs[start + 1..end], WORD);
            (begun[start], ended[end]) = (true, true);
        }
    }
    // What stands in brackets stays together; a longer one is broken by its words.
    for (open, close) in [('“', '”'), ('《', '》'), ('（', '）'), ('〔', '〕')] {
        for start in (0..text.len()).filter(|start| text[*start] == open) {
            let length = text[start..].iter().position(|it| *it == close);
            if let Some(length) = length.filter(|it| *it < 18) {
                raise(&mut costs[start + 1..=start + length], NAME);
            }
        }
    }
    organs(text, &mut costs);
    for place in 1..text.len() {
        if ends(&text[..place], "关于") {
            raise(&mut costs[place..=place], WORD);
        }
        // The issuing organ on its own line is the best break there is; in a list and before a quotation is a good one.
        let about = starts(&text[place..], "关于");
        let marked = matches!(text[place - 1], '、' | '，') || matches!(text[place], '《' | '“');
        let begins = begun[place] || text[place].is_ascii_digit();
        let ends = ended[place] || matches!(text[place - 1], '》' | '”') || COUNTED.contains(text[place - 1]);
        costs[place] += match (begins, ends) {
            _ if about || marked || text[place - 1] == BLANK || costs[place] > 0 => 0,
            (true, true) => KNOWN,
            (true, false) | (false, true) => HALF_KNOWN,
            (false, false) => UNKNOWN,
        };
        if LEANING.iter().any(|word| starts(&text[place..], word)) {
            costs[place] += HALF_KNOWN;
        }
    }
    costs
}

fn raise(costs: &mut [u64], least: u64) {
    costs.iter_mut().for_each(|cost| *cost = least.max(*cost));
}

fn starts(text: &[char], word: &str) -> bool {
    let mut rest = text.iter();
    word.chars().all(|character| rest.next() == Some(&character))
}

fn ends(text: &[char], word: &str) -> bool {
    text.len() >= word.chars().count() && starts(&text[text.len() - word.chars().count()..], word)
}

/// Whether two characters that follow one another stand in one line.
fn inseparable(before: char, after: char) -> bool {
    let latin = |it: char| it.is_ascii_graphic() || matches!(it, '．' | '·' | '—' | '～' | '-');
    let number = |it: char| it.is_ascii_digit() || NUMERALS.contains(it);
    before.is_whitespace() && before != BLANK
        || after.is_whitespace()
        || NOT_FIRST.contains(after)
        || NOT_LAST.contains(before)
        || latin(before) && latin(after)
        || number(before) && (COUNTED.contains(after) || number(after))
        || before == '年' && number(after)
        || before == '月' && after.is_ascii_digit()
}

/// The names of organs stay whole: the issuing one before 关于, and whatever ends like one.
fn organs(text: &[char], costs: &mut [u64]) {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for end in 1..=text.len() {
        let suffix = ORGANS.iter().filter(|suffix| ends(&text[..end], suffix)).map(|it| it.chars().count()).max();
        let Some(suffix) = suffix else { continue };
        // it begins after another organ, too, unless nothing of its own would be left: 人民政府办公室
        let begins = |start: &usize| {
            let before = &text[..*start];
            *start == 0 || BEFORE_ORGANS.iter().chain(&ORGANS).any(|word| ends(before, word))
        };
        let earliest = end.saturating_sub(ORGAN_CHARACTERS_MAX);
        let start = (earliest..end - suffix).rev().find(begins);
        spans.extend(start.map(|start| (start, end)));
    }
    // who issues it stands before 关于; several are parted by blanks
    let about = (1..text.len()).find(|place| starts(&text[*place..], "关于"));
    if let Some(about) = about.filter(|end| !text[..*end].contains(&'《')) {
        let mut start = 0;
        for organ in text[..about].split(|it| *it == BLANK) {
            let end = start + organ.len();
            spans.extend((1..=ORGAN_CHARACTERS_MAX).contains(&organ.len()).then_some((start, end)));
            start = end + 1;
        }
    }
    for (start, end) in spans {
        // where a name must be parted, its words stay whole: 人力资源和/社会保障局
        costs[start + 1..end].iter_mut().filter(|cost| **cost < NAME).for_each(|cost| *cost += NAME);
    }
}

/// The search for the cheapest breaks of a title. What it asks of every part of the text thousands of times is counted once.
struct Search<'a> {
    text: &'a [char],
    costs: Vec<u64>,
    /// of a line, in half characters
    width: usize,
    /// half characters before each place
    widths: Vec<usize>,
    /// gaps before each place, those between the character before it and the one after it not yet among them
    gaps: Vec<usize>,
    /// the cheapest way so far: its cost, and the places of its breaks
    best: Option<(u64, Vec<usize>)>,
}

impl<'a> Search<'a> {
    fn new(text: &'a [char], width: usize) -> Search<'a> {
        let mut widths = vec![0];
        widths.extend(text.iter().scan(0, |sum, it| {
            *sum += measure_one(*it);
            Some(*sum)
        }));
        let mut gaps_before = vec![0, 0];
        gaps_before.extend(text.windows(2).scan(0, |sum, pair| {
            *sum += usize::from(gaps(pair));
            Some(*sum)
        }));
        Search { text, costs: break_costs(text), width, widths, gaps: gaps_before, best: None }
    }

    /// What `measure` says of a part that is not empty.
    fn measure(&self, start: usize, end: usize) -> usize {
        let end = if self.text[end - 1] == BLANK { end - 1 } else { end };
        self.widths[end] - self.widths[start]
    }

    fn fits(&self, start: usize, end: usize) -> bool {
        holds(self.width, self.measure(start, end), self.gaps[end] - self.gaps[start + 1])
    }

    /// Looks for a cheaper way to `count` more lines from `start`, `cost` having been paid for the breaks before.
    fn go(&mut self, count: usize, start: usize, cost: u64, breaks: &mut Vec<usize>) {
        // what every further line costs is paid in any case
        let least = cost + (breaks.len() + count) as u64 * LINE;
        if self.best.as_ref().is_some_and(|(best, _)| least >= *best) || start == self.text.len() {
            return;
        }
        if count == 1 {
            if self.fits(start, self.text.len()) {
                let cost = cost + shape::cost(self.text, breaks);
                if self.best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    self.best = Some((cost, breaks.clone()));
                }
            }
            return;
        }
        for end in start + 2..self.text.len() {
            if self.measure(start, end) > self.width {
                break;
            }
            // what is left must fit the lines that are left
            let left = self.measure(end, self.text.len());
            if left > self.width * (count - 1) || !self.fits(start, end) {
                continue;
            }
            breaks.push(end);
            self.go(count - 1, end, cost + self.costs[end], breaks);
            breaks.pop();
        }
    }
}

fn split(text: &[char], breaks: &[usize]) -> Vec<String> {
    let starts = [0].into_iter().chain(breaks.iter().copied());
    let ends = breaks.iter().copied().chain([text.len()]);
    let line = |(start, end): (usize, usize)| text[start..end].iter().collect::<String>().trim_end().to_owned();
    starts.zip(ends).map(line).collect()
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
mod tests;
