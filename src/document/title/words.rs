//! A title cut into words: the fewest that are known.
//!
//! There is no dictionary of Chinese here, only words common in official titles, and what the paper itself calls its organs and places
//! by. What is left between them is taken for a name, which ends where the name of a place does.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The words that are known, and the longest of them in characters.
static LISTED: LazyLock<(HashSet<Vec<char>>, usize)> = LazyLock::new(|| {
    let words: HashSet<Vec<char>> =
        include_str!("words.txt").split_whitespace().map(|word| word.chars().collect()).collect();
    let longest = words.iter().map(Vec::len).max().unwrap_or(0);
    (words, longest)
});

/// Words of one character.
const PARTICLES: &str = "的和与及或并暨等了之对将向为以在把被从由按于至";
/// What leans on the word after it, and what on the word before it, where it is no word with it that is known.
const LEADING: &str = "各全县市镇乡区省州村本我拟新老原副总第非不未已再年月";
const TRAILING: &str = "化性率者员型类度级式制费款金表书品物站所厂院校队组班会处科室股办局委部厅园场馆村镇乡县市区州省路桥河湖库塘渠山岭期长案证卡法令日内中上下前后间";
/// How the name of a place ends.
const PLACES: &str = "省市州盟县区旗乡镇村";
/// What Chinese counts with, and what is counted.
const NUMERALS: &str = "〇一二三四五六七八九十百千万亿两";
const COUNTED: &str = "年月日个届次号季轮期批项名件条款章级类％%‰岁周天时分秒元户人亩米吨公里家位所处座台辆份";

/// What a part of a title is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// a word that is known
    Word,
    /// one of one character that leans on what stands beside it, and may not be parted from it
    Particle,
    /// digits or letters; Chinese numerals
    Number,
    /// what is counted
    Counted,
    /// punctuation, a blank
    Mark,
    /// one character that may belong to the word before or after it
    Single,
    /// several that no word is known of
    Name,
}

/// So many characters of a name stand in a title it is asked for.
const SHARED_CHARACTERS_MIN: usize = 2;

/// A part of a title, by its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

/// Words that a paper brings itself.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// places, and what else stands in the names of its organs and is no word that is listed
    words: HashSet<Vec<char>>,
    /// whole names of organs
    pub(super) organs: Vec<Vec<char>>,
}

impl Names {
    /// Those of a title: of organs as they stand in a mark, a signature or 主送, where several stand in one text.
    pub(super) fn of<'a>(title: &str, texts: impl IntoIterator<Item = &'a str>) -> Names {
        let title: Vec<char> = title.chars().collect();
        // addressees may be hundreds
        let shared = |name: &[char]| {
            name.windows(SHARED_CHARACTERS_MIN).any(|part| title.windows(SHARED_CHARACTERS_MIN).any(|it| it == part))
        };
        let mut names = Names::default();
        for text in texts {
            for name in text.split(|it: char| !it.is_alphanumeric()) {
                let name: Vec<char> = name.strip_suffix("文件").unwrap_or(name).chars().collect();
                if shared(&name) {
                    names.learn(&name);
                }
            }
        }
        names
    }

    fn learn(&mut self, name: &[char]) {
        let mut before = None;
        let known = parts(name, &Names::default());
        for (at, part) in known.iter().enumerate() {
            // a place that is called by a word: 平安县
            let place = |it: &&Part| it.kind == Kind::Single && PLACES.contains(name[it.start]);
            let head = part.kind == Kind::Word && !ORIGINS.contains(&text(name, *part).as_str());
            let end = match known.get(at + 1).filter(place).filter(|_| head && before.is_none()) {
                Some(next) => next.end,
                None if part.kind == Kind::Name => part.end,
                None => {
                    before = before.or(Some(part.end).filter(|_| head));
                    continue;
                }
            };
            self.words.insert(name[part.start..end].to_vec());
        }
        if name.len() > 2 {
            self.organs.push(name.to_vec());
        }
    }

    fn longest(&self) -> usize {
        self.words.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// What stands before a place in the name of an organ.
const ORIGINS: [&str; 4] = ["中共", "中国共产党", "共青团", "中国"];

fn text(of: &[char], part: Part) -> String {
    of[part.start..part.end].iter().collect()
}

/// What a word costs, one of one character, one that may lean, and a character of no word; the fewest are wanted, then long ones.
const WORD: usize = 1_000;
const PARTICLE: usize = 1_100;
const LEANING: usize = 1_400;
const UNKNOWN: usize = 2_500;

/// The parts of a text, in order.
pub(super) fn parts(text: &[char], names: &Names) -> Vec<Part> {
    cut(text, names, usize::MAX)
}

/// Shortest word that may be parted within, between words it is made of, in characters: 城乡居民/基本医疗保险.
const COMPOUND_CHARACTERS_MIN: usize = 5;

/// Where words stand together in one that is known, each its beginning: between words of a long one, and where one reaches beyond the
/// part that begins or ends within it: 公务 in 公务接待制度.
pub(super) fn joints(text: &[char], parts: &[Part]) -> (Vec<usize>, Vec<usize>) {
    let long = |it: &&Part| it.kind == Kind::Word && it.end - it.start >= COMPOUND_CHARACTERS_MIN;
    let within = parts.iter().filter(long).flat_map(|it| {
        let word = &text[it.start..it.end];
        let words = cut(word, &Names::default(), word.len() - 1);
        let both = |pair: &&[Part]| pair.iter().all(|it| it.kind == Kind::Word);
        words.windows(2).filter(both).map(|pair| it.start + pair[1].start).collect::<Vec<usize>>()
    });
    let over = parts.windows(2).filter(|pair| pair.iter().all(|it| it.kind == Kind::Word)).filter(|pair| {
        let (start, joint, end) = (pair[0].start, pair[1].start, pair[1].end);
        (joint + 1..end).any(|end| LISTED.0.contains(&text[start..end]))
            || (start + 1..joint).any(|start| LISTED.0.contains(&text[start..end]))
    });
    (within.collect(), over.map(|pair| pair[1].start).collect())
}

/// The parts of a text, of words of at most so many characters.
fn cut(text: &[char], names: &Names, most: usize) -> Vec<Part> {
    // of the cheapest way to each place: its cost, and its last part
    let mut best: Vec<Option<(usize, Part)>> = vec![None; text.len() + 1];
    let longest = LISTED.1.max(names.longest()).min(most);
    for start in 0..text.len() {
        let cost = if start == 0 { 0 } else { best[start].map_or(usize::MAX, |it| it.0) };
        if cost == usize::MAX {
            continue;
        }
        let mut offer = |end: usize, kind: Kind, price: usize| {
            let part = Part { start, end, kind };
            if best[end].is_none_or(|it| cost + price < it.0) {
                best[end] = Some((cost + price, part));
            }
        };
        let (length, kind, price) = one(text, start);
        offer(start + length, kind, price);
        for end in start + 2..=text.len().min(start + longest) {
            let word = &text[start..end];
            if LISTED.0.contains(word) || names.words.contains(word) {
                offer(end, Kind::Word, WORD - (end - start).pow(2).min(400));
            }
        }
    }
    let mut found = Vec::new();
    let mut end = text.len();
    while let Some((_, part)) = best[end].filter(|_| end > 0) {
        found.push(part);
        end = part.start;
    }
    found.reverse();
    named(text, &found)
}

/// The part that begins here where no word does: its length, what it is, and what it costs.
fn one(text: &[char], start: usize) -> (usize, Kind, usize) {
    let first = text[start];
    let run = |of: fn(char) -> bool| text[start..].iter().take_while(|it| of(**it)).count();
    if latin(first) {
        return (run(latin), Kind::Number, WORD);
    }
    if NUMERALS.contains(first) {
        return (run(|it| NUMERALS.contains(it)), Kind::Number, PARTICLE);
    }
    let counted = start > 0 && (text[start - 1].is_ascii_digit() || NUMERALS.contains(text[start - 1]));
    match first {
        _ if !first.is_alphanumeric() => (1, Kind::Mark, WORD),
        _ if counted && COUNTED.contains(first) => (1, Kind::Counted, PARTICLE),
        _ if PARTICLES.contains(first) => (1, Kind::Particle, PARTICLE),
        _ if LEADING.contains(first) || TRAILING.contains(first) => (1, Kind::Single, LEANING),
        _ => (1, Kind::Single, UNKNOWN),
    }
}

fn latin(it: char) -> bool {
    it.is_ascii_graphic() || matches!(it, '．' | '·' | '—' | '～' | '％' | '‰')
}

/// Characters of no word that follow one another are a name; it ends where the name of a place does.
fn named(text: &[char], found: &[Part]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::with_capacity(found.len());
    for part in found {
        // what is counted: 5个村
        let several = |last: &&mut Part| last.kind == Kind::Counted && !"年月日".contains(text[last.start]);
        if let Some(last) = parts.last_mut().filter(|_| part.kind == Kind::Single).filter(several) {
            (last.end, last.kind) = (part.end, Kind::Word);
            continue;
        }
        let open = |last: &&mut Part| {
            let name = matches!(last.kind, Kind::Single | Kind::Name);
            let place = last.end - last.start > 1 && PLACES.contains(text[last.end - 1]);
            // 县农村局: what leads a name is none of it
            let leads = last.kind == Kind::Single && LEADING.contains(text[last.start]);
            name && !place && !leads
        };
        match parts.last_mut().filter(|_| part.kind == Kind::Single).filter(open) {
            Some(last) => (last.end, last.kind) = (part.end, Kind::Name),
            None => parts.push(*part),
        }
    }
    parts
}

/// Whether a character that stands alone leans on what follows it, and on what stands before it.
pub(super) fn leans(it: char) -> (bool, bool) {
    (LEADING.contains(it), TRAILING.contains(it))
}

pub(super) fn place(it: char) -> bool {
    PLACES.contains(it)
}

pub(super) fn counted(it: char) -> bool {
    COUNTED.contains(it)
}
