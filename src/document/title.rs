//! Titles in lines: broken by meaning, in the shape of a trapezoid or a diamond (9704 7.3.1).
//!
//! Words, the way names of organs are built, punctuation, and the shape decide. A number, a Latin word and what goes with them is never
//! parted; no line is shorter than both around it, no word is parted while there is another way, and then no name of an organ, no
//! quotation and no title in 《》 that fits a line.

use super::model::Document;
use words::Names;

mod breaks;
mod shape;
mod words;

/// What stands between the organs of a joint title.
const BLANK: char = '　';
/// A title longer than this, in characters, is only filled: weighing every break takes too long.
const WEIGHED_CHARACTERS_MAX: usize = 200;
/// Longest word that is taken for one that must not be parted.
const SHORT_WORD_CHARACTERS_MAX: usize = 3;
/// Most lines a title is broken into before lines simply grow full.
const LINES_MAX: usize = 5;

/// What it costs to part what must never be parted.
const NEVER: u64 = 1_000_000;
/// A line shorter than both around it.
const WAIST: u64 = 100_000;
/// To part a word.
const WORD: u64 = 20_000;
/// To part the name of an organ.
const NAME: u64 = 5_000;
/// To break where no word that is known ends or begins: perhaps within a name.
const UNKNOWN: u64 = 3_000;
/// To part a quotation or a title in 《》 that would fit a line.
const QUOTED: u64 = 1_200;
/// To part words that are known as one.
const COMPOUND: u64 = 600;
/// To break where one ends or begins, and where one does both.
const HALF_KNOWN: u64 = 150;
const KNOWN: u64 = 80;
/// Another line to read.
const LINE: u64 = 90;

/// Characters of a title's line, by layout: 2号 on 156 mm holds 20; one is left free.
fn width(layout: super::model::Layout) -> usize {
    use super::model::Layout;
    match layout {
        Layout::Document | Layout::Letter | Layout::Order | Layout::Minutes | Layout::Plain | Layout::Form => 19,
        Layout::Sheet => 28,
        Layout::Certificate | Layout::Plaque => 12,
    }
}

/// The lines of a paper's title.
pub(in crate::document) fn of(document: &Document) -> Vec<String> {
    lines(&document.title, width(document.layout), &names(document, &document.title.concat()))
}

/// The word that the lines of somebody's title part, where they part one (9704 7.3.1); `organs` are the names that the paper has elsewhere.
/// A longer word may be parted between those it is made of.
pub(in crate::document) fn parted_word(lines: &[String], organs: &[String]) -> Option<String> {
    let title = lines.concat();
    let text: Vec<char> = title.chars().collect();
    let mut ends: Vec<usize> =
        lines.iter().scan(0, |end, line| Some(std::mem::replace(end, *end + line.chars().count()))).collect();
    ends.retain(|end| *end > 0);
    let parts = words::parts(&text, &Names::of(&title, organs.iter().map(String::as_str)));
    let is_word =
        |part: &&words::Part| part.kind == words::Kind::Word && part.end - part.start <= SHORT_WORD_CHARACTERS_MAX;
    let mut words = parts.iter().filter(is_word);
    let parted = words.find(|part| ends.iter().any(|end| part.start < *end && *end < part.end))?;
    Some(text[parted.start..parted.end].iter().collect())
}

/// The lines of an attachment's name over it.
pub(in crate::document) fn attachment(document: &Document, name: &str) -> Vec<String> {
    lines(&[name.to_owned()], 19, &names(document, name))
}

/// What the paper itself calls its organs and places.
fn names(document: &Document, title: &str) -> Names {
    Names::of(title, document.mark.iter().chain(&document.signature).chain(&document.main_to).map(String::as_str))
}

/// The lines of a title of at most `width` characters each. A title given in several lines is taken as it is where each fits.
fn lines(title: &[String], width: usize, names: &Names) -> Vec<String> {
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
    let mut search = Search::new(&weighed, width, names);
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
    lines(&[name.to_owned()], 24, &Names::default())
}

/// The lines of a 题注, in brackets.
pub(in crate::document) fn adopted(note: &str) -> Vec<String> {
    lines(&[format!("（{note}）")], 27, &Names::default())
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
    /// where 关于 follows several organs: the best of all breaks
    about: Option<usize>,
    /// the cheapest way so far: its cost, and the places of its breaks
    best: Option<(u64, Vec<usize>)>,
}

impl<'a> Search<'a> {
    fn new(text: &'a [char], width: usize, names: &Names) -> Search<'a> {
        let about = (1..text.len()).find(|place| text[*place..].starts_with(&['关', '于']));
        let about = about.filter(|place| text[..*place].contains(&BLANK));
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
        Search { text, costs: breaks::costs(text, names), about, width, widths, gaps: gaps_before, best: None }
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
                let parted = self.about.is_none_or(|about| breaks.contains(&about));
                let cost = cost + shape::cost(self.text, breaks) + if parted { 0 } else { COMPOUND };
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
