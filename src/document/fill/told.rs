//! What a Word template says to those who only ask which names it reads: each paragraph with tags as a line of text.
//!
//! A tag that cannot be read, or has no other end, is left out or ended here, so that one mistake does not hide the names of all
//! other tags.

use super::place::Placed;
use crate::workflow::rule::Mention;

/// The paragraphs with tags.
#[derive(Debug, Default)]
pub(super) struct Told(Vec<Line>);

#[derive(Debug)]
struct Line {
    part: &'static str,
    /// a tag with its number, or what stands between
    pieces: Vec<(Option<usize>, String)>,
}

/// What makes the ends of loops and conditions come in pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mend {
    /// this tag ends or goes on with nothing
    Gone(usize),
    /// what this tag begins is ended before another, or where the part ends
    Ended(usize, &'static str, Option<usize>),
}

/// Where the tags stand in the text: line and column, from 1, and the number of the tag.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<(usize, usize, usize)>);

impl Told {
    /// A paragraph begins.
    pub(super) fn line(&mut self, part: &'static str) {
        self.0.push(Line { part, pieces: Vec::new() });
    }

    /// What stands between its tags; it begins no tag.
    pub(super) fn text(&mut self, text: &str) {
        self.piece(None, text.replace(['{', '\n'], " "));
    }

    /// A tag.
    pub(super) fn tag(&mut self, number: usize, placed: &Placed) {
        self.piece(Some(number), placed.tag.source());
    }

    fn piece(&mut self, number: Option<usize>, text: String) {
        if let Some(line) = self.0.last_mut() {
            line.pieces.push((number, text));
        }
    }

    /// Puts what is told of a part right; tags of the older copy of a drawing are not told of.
    pub(super) fn mend(&mut self, mends: &[Mend]) {
        for mend in mends {
            match *mend {
                Mend::Gone(tag) => {
                    let pieces = self.0.iter_mut().flat_map(|line| &mut line.pieces);
                    pieces.filter(|(own, _)| *own == Some(tag)).for_each(|(_, text)| text.clear());
                }
                Mend::Ended(begun, end, before) if self.has(begun) => self.put(format!("{{% {end} %}}"), before),
                Mend::Ended(..) => {}
            }
        }
    }

    fn has(&self, tag: usize) -> bool {
        self.0.iter().flat_map(|line| &line.pieces).any(|(own, _)| *own == Some(tag))
    }

    fn put(&mut self, text: String, before: Option<usize>) {
        for line in &mut self.0 {
            if let Some(at) = line.pieces.iter().position(|(own, _)| own.is_some() && *own == before) {
                return line.pieces.insert(at, (None, text));
            }
        }
        self.piece(None, text);
    }

    /// The text, and where the tags stand in it.
    pub(super) fn written(&self) -> (String, Places) {
        let (mut text, mut places) = (String::new(), Vec::new());
        for (line, number) in self.0.iter().zip(1..) {
            let mut told = format!("【{}】", line.part);
            for (tag, piece) in &line.pieces {
                places.extend(tag.map(|tag| (number, told.chars().count() + 1, tag)));
                told.push_str(piece);
            }
            text.push_str(&told);
            text.push('\n');
        }
        (text, Places(places))
    }
}

impl Places {
    /// The tag that stands at a line and a column.
    pub(super) fn tag_at(&self, line: usize, column: usize) -> Option<usize> {
        self.0.iter().rev().find(|(own, begins, _)| *own == line && *begins <= column).map(|(.., tag)| *tag)
    }

    /// The tag that reads a variable, where `above` lines stand over the text.
    pub(super) fn tag_of(&self, mention: &Mention, above: usize) -> Option<usize> {
        let line = mention.line.checked_sub(above).filter(|line| *line > 0)?;
        self.tag_at(line, mention.column)
    }
}
