//! Where 发文字号 and 签发人 of an upward paper stand (9704 7.2.5, 7.2.6).
//!
//! The standard has two signers to a row and the number at the left of the last of them. A name too long for that has a row of its own
//! before the others give up their pairs; and a number that finds no room beside all of them may stand under the label, which only the
//! first row has. It is never parted: where all this is not enough it has a row of its own below the last name.

use super::{ROW_CHARACTERS, characters, halves};
use crate::document::model::Document;

/// 签发人 with its colon.
const LABEL_CHARACTERS: u32 = 4;
/// So many of the longest names may have rows of their own; a paper of more organs has its names one below the other.
const ALONE_COUNT_MAX: usize = 10;

/// Where the number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::document) enum NumberPlace {
    /// at the left of the last signer
    Beside,
    /// there, too, reaching under the label
    UnderLabel,
    /// in a row of its own below the last signer
    Below,
}

/// The rows of signers, and where the number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::document) struct Signers {
    /// the names of each row: one or two
    pub(in crate::document) rows: Vec<Vec<String>>,
    /// the widths of their columns, in characters; a name that is alone for its length counts for none
    pub(in crate::document) columns: Vec<u32>,
    /// from the beginning of the first name to the end of the longest row
    names: u32,
    /// longer names are alone in their rows
    most: u32,
    /// where the number stands
    pub(in crate::document) number: NumberPlace,
}

impl Signers {
    /// The names in pairs, but for those longer than so many characters.
    fn of(names: &[String], most: u32, number: u32) -> Signers {
        let alone = |name: &String| characters(name) > most;
        let mut rows: Vec<Vec<String>> = Vec::new();
        for name in names {
            match rows.last_mut() {
                Some(row) if row.len() == 1 && !alone(name) && !alone(&row[0]) => row.push(name.clone()),
                Some(_) | None => rows.push(vec![name.clone()]),
            }
        }
        let in_column = |column: usize| {
            let names = rows.iter().filter_map(|row| row.get(column)).filter(|name| !alone(name));
            names.map(|name| characters(name).max(2)).max()
        };
        let columns: Vec<u32> = (0..2).filter_map(in_column).collect();
        let together = columns.iter().sum::<u32>() + columns.len().saturating_sub(1) as u32;
        let longest = names.iter().filter(|name| alone(name)).map(|name| characters(name)).max().unwrap_or(0);
        let names = together.max(longest);
        // one character at each side (7.2.5, 7.2.6)
        let room = ROW_CHARACTERS - 2;
        let place = if LABEL_CHARACTERS + names + number <= room {
            NumberPlace::Beside
        } else if rows.len() > 1 && LABEL_CHARACTERS + names <= room && names + number <= room {
            NumberPlace::UnderLabel
        } else {
            NumberPlace::Below
        };
        Signers { rows, columns, names, most, number: place }
    }

    /// From the label to the end of the longest row; a character lies between two names.
    pub(in crate::document) fn width(&self) -> u32 {
        LABEL_CHARACTERS + self.names
    }

    /// Whether a row is that of a name too long for a column.
    pub(in crate::document) fn alone(&self, row: &[String]) -> bool {
        row.iter().any(|name| characters(name) > self.most)
    }

    fn height(&self) -> u32 {
        self.rows.len() as u32 + u32::from(self.number == NumberPlace::Below)
    }
}

/// How signers and number of an upward paper stand, in as few rows as they can; nothing where it has no signer.
pub(in crate::document) fn signers(document: &Document) -> Option<Signers> {
    let names = &document.signers;
    let number = document.number.as_deref().map_or(0, |number| {
        // capital letters are wider than half a character
        let capitals = number.chars().filter(char::is_ascii_uppercase).count() as u32;
        (halves(number) + capitals).div_ceil(2) + 1
    });
    let mut lengths: Vec<u32> = names.iter().map(|name| characters(name)).collect();
    lengths.sort_unstable();
    lengths.dedup();
    // all in pairs, then without the longest, and so on; at last one below the other
    let most = lengths.into_iter().rev().take(ALONE_COUNT_MAX).chain([0]);
    let ways = most.map(|most| Signers::of(names, most, number));
    let room = ROW_CHARACTERS - 2;
    let fits = |it: &Signers| it.width() <= room || it.columns.is_empty();
    ways.filter(fits).min_by_key(|it| (it.height(), it.number)).filter(|_| !names.is_empty())
}

/// Rows that number and signers take.
pub(super) fn rows(document: &Document) -> u32 {
    signers(document).map_or(1, |it| it.height())
}

#[cfg(test)]
mod tests {
    use super::NumberPlace::{Below, Beside, UnderLabel};
    use super::*;
    use crate::document::tests::samples;

    #[test]
    fn the_number_stays_whole() {
        let of = |number: &str, names: &[&str]| {
            let document =
                Document { number: Some(number.to_owned()), signers: samples::strings(names), ..samples::report() };
            let found = signers(&document).unwrap();
            let rows: Vec<usize> = found.rows.iter().map(Vec::len).collect();
            (rows, found.number)
        };
        let three = ["张三", "李四光", "欧阳建国"];
        assert_eq!(of("香政〔2022〕8号", &three), (vec![2, 1], Beside));
        // thirteen characters of number, twelve with the label of names, one between
        assert_eq!(of("香经开综执发〔2022〕108号", &three), (vec![2, 1], Beside));
        assert_eq!(of("香经开综执发〔2022〕108号", &["张三", "李四光", "阿依古丽·买买提"]), (vec![2, 1], Beside));
        assert_eq!(of("香经开综执发〔2022〕108号", &["张三"]), (vec![1], Beside));
        assert_eq!(of("香经开综执发〔2022〕108号", &["张三", "阿卜杜热依木·买买提明"]), (vec![1, 1], UnderLabel));
        assert_eq!(of("香经开综执发〔2022〕108号", &["阿卜杜热依木·买买提明"; 2]), (vec![1, 1], UnderLabel));
        assert_eq!(of("香经开综执发〔2022〕108号", &["阿卜杜热依木·买买提明"]), (vec![1], Below));
    }

    #[test]
    fn one_long_name_leaves_the_others_their_pairs() {
        let of = |names: &[&str]| {
            let number = Some("香政发〔2026〕12号".to_owned());
            let document = Document { number, signers: samples::strings(names), ..samples::report() };
            let found = signers(&document).unwrap();
            (found.rows.iter().map(Vec::len).collect::<Vec<_>>(), found.number, rows(&document))
        };
        let five = ["张三", "李四", "欧阳震华", "阿卜杜拉·买买提", "王五"];
        assert_eq!(of(&five), (vec![2, 2, 1], UnderLabel, 3));
        let five = ["张三", "李四", "阿卜杜热依木·买买提明·艾合买提", "王五", "赵六"];
        assert_eq!(of(&five), (vec![2, 1, 2], UnderLabel, 3));
        assert_eq!(signers(&samples::decision()), None);
    }
}
