//! Where 发文字号 and 签发人 of an upward paper stand (9704 7.2.5, 7.2.6).
//!
//! The standard has two signers to a row and the number at the left of the last of them. A number that finds no room there, beside
//! long names, stays whole all the same: the names stand one below the other, and where that is not enough the number has a row of
//! its own below the last name.

use super::{ROW_CHARACTERS, characters, halves};
use crate::document::model::Document;

/// 签发人 with its colon.
const LABEL_CHARACTERS: u32 = 4;

/// The rows of signers, and where the number stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::document) struct Signers {
    /// signers in a row: one or two
    pub(in crate::document) in_row: usize,
    /// the widths of their columns, in characters
    pub(in crate::document) columns: Vec<u32>,
    /// the number has a row of its own below the last signer
    pub(in crate::document) number_below: bool,
}

impl Signers {
    fn of(names: &[String], in_row: usize) -> Signers {
        let in_column = |column: usize| names.iter().skip(column).step_by(in_row).map(|name| characters(name)).max();
        let columns = (0..in_row.min(names.len())).map(|column| in_column(column).unwrap_or(0).max(2));
        Signers { in_row, columns: columns.collect(), number_below: false }
    }

    /// From the label to the end of the last name; a character lies between two names.
    pub(in crate::document) fn width(&self) -> u32 {
        LABEL_CHARACTERS + self.columns.iter().sum::<u32>() + self.columns.len().saturating_sub(1) as u32
    }
}

/// How signers and number of an upward paper stand; nothing where it has no signer.
pub(in crate::document) fn signers(document: &Document) -> Option<Signers> {
    let names = &document.signers;
    if names.is_empty() {
        return None;
    }
    // one character at each side (7.2.5, 7.2.6)
    let room = ROW_CHARACTERS - 2;
    let number = document.number.as_deref().map_or(0, |number| {
        // capital letters are wider than half a character
        let capitals = number.chars().filter(char::is_ascii_uppercase).count() as u32;
        (halves(number) + capitals).div_ceil(2) + 1
    });
    let [paired, listed] = [2, 1].map(|in_row| Signers::of(names, in_row));
    if let Some(beside) = [&paired, &listed].into_iter().find(|it| it.width() + number <= room) {
        return Some(beside.clone());
    }
    let rows = if paired.width() <= room { paired } else { listed };
    Some(Signers { number_below: true, ..rows })
}

/// Rows that number and signers take.
pub(super) fn rows(document: &Document) -> u32 {
    signers(document).map_or(1, |it| document.signers.len().div_ceil(it.in_row) as u32 + u32::from(it.number_below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::samples;

    #[test]
    fn the_number_stays_whole() {
        let of = |number: &str, names: &[&str]| {
            let document =
                Document { number: Some(number.to_owned()), signers: samples::strings(names), ..samples::report() };
            let found = signers(&document).unwrap();
            (found.in_row, found.number_below, rows(&document))
        };
        let three = ["张三", "李四光", "欧阳建国"];
        assert_eq!(of("香政〔2022〕8号", &three), (2, false, 2));
        // thirteen characters of number, twelve with the label of names, one between
        assert_eq!(of("香经开综执发〔2022〕108号", &three), (2, false, 2));
        assert_eq!(of("香经开综执发〔2022〕108号", &["张三", "李四光", "阿依古丽·买买提"]), (1, false, 3));
        assert_eq!(of("香经开综执发〔2022〕108号", &["张三"]), (2, false, 1));
        assert_eq!(of("香经开综执发〔2022〕108号", &["张三", "阿卜杜热依木·买买提明"]), (2, true, 2));
        assert_eq!(of("香经开综执发〔2022〕108号", &["阿卜杜热依木·买买提明"; 2]), (1, true, 3));
        assert_eq!(signers(&samples::decision()), None);
    }
}
