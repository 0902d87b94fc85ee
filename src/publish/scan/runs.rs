//! Runs: groups of digits with no word between them, and the private numbers that they make up.

use super::numbers::{bank_card, identity_15, identity_18, landline, mistyped, mobile, resident};
use super::{FindingKind, digit, invisible};

/// Blanks, hyphens, brackets and points between two groups of digits that may still be one telephone or card.
const SEPARATORS_MAX: usize = 3;
/// Characters of any kind but letters between two groups of digits that may still be one identity number.
const BETWEEN_MAX: usize = 8;
/// Groups one number may be cut into: an identity number with every digit set apart.
const GROUPS_MAX: usize = 19;
/// Fewest digits of a group that a telephone may be cut into when figures stand beside it.
const GROUP_DIGITS_MIN: usize = 3;
/// Fewest digits of each half that a card may be broken into when figures stand beside it.
const HALF_DIGITS_MIN: usize = 6;
/// How the cards of UnionPay begin.
const UNION_PAY: &str = "62";

/// Digits in a row.
pub(super) struct Group {
    digits: String,
    start: usize,
    /// behind its last digit
    end: usize,
    /// what stands between it and the group before it
    before: Between,
    /// ends of lines in that; a paragraph and a cell end so, too
    lines: usize,
}

/// What stands between two groups, the looser the greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Between {
    /// blanks, hyphens, brackets: how people write a number
    Close,
    /// a point, which may be that of a decimal
    Point,
    /// strokes, enumeration commas and ends of lines: how people write a list, and some a telephone
    Loose,
    /// commas, upright strokes and stars: what lists and tables are cut by, and seldom a telephone
    Listed,
    /// anything else, or too much of these: a list
    Apart,
}

/// A number in a row of groups.
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: FindingKind,
    pub(super) digits: String,
    /// it is written as an amount may be: in one piece, or in threes
    pub(super) figure: bool,
    /// how it is cut up may be that of a list, looser than blanks and points
    pub(super) loose: bool,
    /// the end of a line stands within
    pub(super) broken: bool,
}

fn between(c: char) -> Between {
    match c {
        ' ' | '\u{A0}' | '\u{3000}' | '\u{2002}'..='\u{200A}' | '\u{2028}' => Between::Close,
        '-' | '－' | '\u{2010}'..='\u{2015}' | '(' | ')' | '（' | '）' => Between::Close,
        '.' | '·' => Between::Point,
        '/' | '／' | '_' | '＿' | '、' | '\n' | '\r' => Between::Loose,
        ',' | '，' | '|' | '｜' | '*' | '＊' => Between::Listed,
        _ => Between::Apart,
    }
}

/// How digits look; those of one number look the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Ringed,
    Raised,
    Lowered,
}

impl Style {
    fn of(c: char) -> Style {
        match c {
            '²' | '³' | '¹' | '⁰'..='⁹' => Style::Raised,
            '₀'..='₉' => Style::Lowered,
            '①'..='⓿' | '❶'..='➒' => Style::Ringed,
            _ => Style::Plain,
        }
    }
}

/// Groups of digits with no letter or Chinese character between them.
pub(super) fn runs(characters: &[char]) -> Vec<Vec<Group>> {
    let mut runs: Vec<Vec<Group>> = Vec::new();
    // how many characters stand behind the last digit, of what kind, and how many ends of lines among them
    let mut gap: Option<(usize, Between, usize)> = None;
    let mut style = Style::Plain;
    for (at, &c) in characters.iter().enumerate() {
        if let Some(digit) = digit(c) {
            // the mark of a note behind a number is no digit of it: 13812345678①
            if std::mem::replace(&mut style, Style::of(c)) != style {
                gap = None;
            }
            let group = |before, lines| Group { digits: digit.to_string(), start: at, end: at + 1, before, lines };
            match (runs.last_mut(), gap) {
                (Some(run), Some((0, ..))) => run.last_mut().into_iter().for_each(|group| {
                    group.digits.push(digit);
                    group.end = at + 1;
                }),
                (Some(run), Some((count, before, lines))) => {
                    run.push(group(if count > SEPARATORS_MAX { Between::Apart } else { before }, lines));
                }
                _ => runs.push(vec![group(Between::Apart, 0)]),
            }
            gap = Some((0, Between::Close, 0));
        } else if matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ') && gap.is_some() {
            // the check character of an identity number, behind its seventeen digits; anything else it ends
            let run = runs.last_mut().filter(|run| run.iter().map(|group| group.digits.len()).sum::<usize>() >= 17);
            if let Some(group) = run.and_then(|run| run.last_mut()) {
                group.digits.push('X');
            }
            gap = None;
        } else if !c.is_alphanumeric() && !invisible(c) {
            gap = gap
                .map(|(count, before, lines)| (count + 1, before.max(between(c)), lines + usize::from(c == '\n')))
                .filter(|(count, ..)| *count <= BETWEEN_MAX);
        } else if !invisible(c) {
            gap = None;
        }
    }
    runs
}

pub(super) fn scan_run(run: &[Group]) -> Vec<Hit> {
    let mut found = Vec::new();
    let mut used = vec![false; run.len()];
    let kinds = [FindingKind::Identity, FindingKind::BankCard, FindingKind::Mobile, FindingKind::Landline];
    for kind in kinds {
        for from in 0..run.len() {
            for to in from + 1..=run.len().min(from + GROUPS_MAX) {
                if used[from..to].contains(&true) {
                    break;
                }
                let part = Part::of(run, &used, from, to);
                if let Some(digits) = part.number(kind) {
                    used[from..to].fill(true);
                    let figure = part.is_figure() && part.digits.len() == digits.len();
                    let (start, end) = (run[from].start, run[to - 1].end);
                    let (loose, broken) = (part.loose || part.listed, part.broken);
                    found.push(Hit { start, end, kind, digits, figure, loose, broken });
                    break;
                }
            }
        }
    }
    found
}

/// Some groups of a run, which may make up a number.
struct Part {
    digits: String,
    lengths: Vec<usize>,
    /// nothing but blanks, hyphens, brackets and points within
    close: bool,
    /// besides them strokes, enumeration commas or ends of lines
    loose: bool,
    /// or what lists are cut by
    listed: bool,
    /// the end of a line among them
    broken: bool,
    /// no figure stands beside it that what stands within would not part from it as well
    lone: bool,
    /// points between all of them, or between none
    even: bool,
    /// no group of one digit stands close by
    whole_row: bool,
    /// no group of one or two digits stands close by that belongs to no number
    alone: bool,
}

impl Part {
    fn of(run: &[Group], used: &[bool], from: usize, to: usize) -> Part {
        let groups = &run[from..to];
        let inside = || groups.iter().skip(1).map(|group| group.before);
        let beside = |group: usize, next: usize, digits_max: usize| {
            let close = run.get(next).is_some_and(|next| next.before < Between::Loose);
            close && !used[group] && run[group].digits.len() <= digits_max
        };
        let near = |digits_max: usize| {
            from > 0 && beside(from - 1, from, digits_max) || to < run.len() && beside(to, to, digits_max)
        };
        let (widest, broken) = (inside().max(), groups.iter().skip(1).any(|group| group.lines > 0));
        // figures in another line are others where those of the number stand in one
        let apart = |group: &Group| {
            group.before == Between::Apart
                || widest.is_some_and(|widest| {
                    group.before > widest || widest >= Between::Loose && group.lines > 0 && !broken
                })
        };
        Part {
            digits: groups.iter().map(|group| group.digits.as_str()).collect(),
            lengths: groups.iter().map(|group| group.digits.len()).collect(),
            close: inside().all(|between| between < Between::Loose),
            loose: widest == Some(Between::Loose),
            listed: widest == Some(Between::Listed),
            broken,
            lone: (from == 0 || apart(&run[from])) && run.get(to).is_none_or(apart),
            even: inside().all(|between| between == Between::Close)
                || inside().all(|between| between == Between::Point),
            whole_row: !near(1),
            alone: !near(GROUP_DIGITS_MIN - 1),
        }
    }

    fn is_single(&self) -> bool {
        self.lengths.len() == 1
    }

    fn is_figure(&self) -> bool {
        self.lengths
            .split_first()
            .is_some_and(|(first, rest)| rest.is_empty() || *first <= 3 && rest.iter().all(|length| *length == 3))
    }

    /// Digits set apart one by one are a number only when they are all of the row: else every tally sheet would be one.
    fn is_one_by_one(&self) -> bool {
        let twos = self.lengths.iter().filter(|length| **length == 2).count();
        let ones =
            self.lengths.iter().all(|length| matches!(length, 1 | 2)) && (twos == 0 || self.digits.ends_with('X'));
        !self.is_single() && self.close && self.whole_row && ones
    }

    /// A telephone in pieces: small ones only where no other figures stand beside them.
    fn is_in_pieces(&self) -> bool {
        let large = self.lengths.iter().all(|length| *length >= GROUP_DIGITS_MIN);
        self.close && (self.is_one_by_one() || large || self.alone && self.even)
    }

    /// A mobile telephone as it is read out, with nothing beside it: else every list of figures would be one.
    fn is_read_out(&self) -> bool {
        let parts: [&[usize]; 3] = [&[3, 4, 4], &[3, 8], &[7, 4]];
        let listed = self.listed && self.lengths == parts[0];
        self.lone && (listed || self.loose && parts.contains(&self.lengths.as_slice()))
    }

    /// The area code of a telephone, and its number.
    fn is_dialled(&self) -> bool {
        (self.loose || self.listed) && matches!(self.lengths[..], [3 | 4, 7 | 8])
    }

    /// Fours, or six and the rest, as cards are printed; one of UnionPay in any pieces, and in two long ones also where figures stand
    /// beside it, as in the cells of a row.
    fn is_card(&self) -> bool {
        let lengths = &self.lengths;
        let fours =
            lengths.split_last().is_some_and(|(last, rest)| *last <= 4 && rest.iter().all(|length| *length == 4));
        let printed = fours || lengths.len() == 2 && lengths[0] == 6;
        let shape = match self.digits.starts_with(UNION_PAY) {
            true => {
                let parted = self.loose || self.listed;
                let halves = lengths.len() == 2 && (self.lone || lengths.iter().all(|it| *it >= HALF_DIGITS_MIN));
                let pieces = self.lone && lengths.iter().all(|length| *length >= GROUP_DIGITS_MIN);
                printed && self.close || parted && (halves || pieces) || self.close && self.alone && self.even
            }
            false => printed && self.close,
        };
        self.is_single() || self.is_one_by_one() || shape
    }

    /// The number that the groups make up, if it is one of `kind`.
    fn number(&self, kind: FindingKind) -> Option<String> {
        let digits = &self.digits;
        let mut whole = false;
        match kind {
            FindingKind::Identity if self.is_single() && digits.len() > 18 => {
                let mut parts = (0..=digits.len() - 18).map(|start| &digits[start..start + 18]);
                return parts.find(|part| identity_18(part)).map(str::to_owned);
            }
            FindingKind::Identity => {
                let old = self.is_single() || self.is_one_by_one() || self.lengths == [6, 6, 3];
                let written = old || self.lengths == [6, 8, 4];
                whole = self.close && identity_18(digits) || resident(digits) || old && identity_15(digits);
                whole |= self.close && written && mistyped(digits);
            }
            FindingKind::BankCard => whole = self.is_card() && bank_card(digits),
            FindingKind::Mobile if self.is_in_pieces() || self.is_read_out() => {
                let prefixes = ["0086", "86", "0", ""];
                let mut rest = prefixes.iter().filter_map(|prefix| digits.strip_prefix(prefix));
                return rest.find(|rest| mobile(rest)).map(str::to_owned);
            }
            // the area code is in one piece: else the numbers of a list (02 03 04 …) would be one
            FindingKind::Landline => {
                let pieces = self.is_in_pieces() && (self.is_one_by_one() || self.lengths[0] >= 3);
                whole = (pieces || self.is_dialled()) && landline(digits);
            }
            FindingKind::Mobile | FindingKind::MailAddress | FindingKind::Whereabouts | FindingKind::Packed => {}
        }
        whole.then(|| digits.clone())
    }
}
