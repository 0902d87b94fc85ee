//! Pictures in the cells of a Word form: an attachment where the form asks for one, else passed over, and told.
//!
//! A picture stands beside or below its label, or over it in the same cell. One that stands by itself, as photographs do in the corner of a
//! form, or floats over it, is what the form asks for when that is one picture only.

use super::labels::{Owner, name_of};
use super::{Field, Laying};
use crate::submission::paper::{Slot, Table};
use crate::submission::{Attachment, Cell, Entry, Raw, Type};
use std::collections::BTreeSet;

/// What offices call a picture of a person.
const PHOTOGRAPHS: [&str; 4] = ["照片", "相片", "近照", "头像"];

/// Places of pictures that are told, at most.
const PLACES_TOLD_MAX: usize = 5;

/// A picture in a cell.
pub(super) struct Seen {
    paper: usize,
    /// its table and row
    place: String,
    /// its digest, where it can be taken out
    image: Option<String>,
}

/// What stands in cells besides text.
#[derive(Default)]
pub(super) struct Pictured {
    /// a picture of any kind
    pub(super) any: bool,
    /// the digest of the only one, where it can be taken out
    pub(super) image: Option<String>,
}

/// Whether something is called as photographs of persons are.
pub fn is_photograph(called: &str) -> bool {
    PHOTOGRAPHS.iter().any(|word| called.contains(word))
}

pub(super) fn is_file(entry: &Entry) -> bool {
    !entry.shown && matches!(entry.kind, Type::File | Type::Image)
}

impl Laying<'_> {
    /// Notes where the pictures of a table stand.
    pub(super) fn see(&mut self, table: &Table, field: &Field<'_>) {
        for slot in field.slots.iter().filter(|slot| slot.picture) {
            let place = match table.prose {
                true => table.place.clone(),
                false => format!("{} 第{}行", table.place, slot.row + 1),
            };
            self.seen.push(Seen { paper: table.paper, place, image: self.image(&[slot]).image });
        }
    }

    /// The picture in these cells.
    pub(super) fn image(&self, slots: &[&Slot]) -> Pictured {
        let kept = |digest: &&String| self.laid.filled.pictures.iter().any(|one| one.digest == **digest);
        let with: Vec<&&Slot> = slots.iter().filter(|slot| slot.picture).collect();
        let image = if let [only] = with.as_slice() { only.image.as_ref().filter(kept).cloned() } else { None };
        Pictured { any: !with.is_empty(), image }
    }

    /// Takes a picture as an attachment called so.
    pub(super) fn attach(&mut self, title: &str, digest: &str) {
        self.used.insert(digest.to_owned());
        let attachments = &mut self.laid.filled.attachments;
        let picture = self.laid.filled.pictures.iter().find(|one| one.digest == digest);
        let Some(picture) = picture.filter(|_| !attachments.iter().any(|one| one.digest == digest)) else { return };
        let ending = picture.name.rsplit('.').next().unwrap_or_default();
        let numbered = |number: usize| match number {
            1 => format!("{title}.{ending}"),
            more => format!("{title}-{more}.{ending}"),
        };
        let free = |name: &String| !attachments.iter().any(|one| one.name == *name);
        let name = (1..).map(numbered).find(free).unwrap_or_default();
        attachments.push(Attachment { name, ..picture.clone() });
    }

    /// Gives each paper's only picture that stands by itself to the only thing that asks for one.
    pub(super) fn photographs(&mut self) {
        let papers: BTreeSet<usize> = self.seen.iter().map(|seen| seen.paper).collect();
        for paper in papers {
            let free = self.seen.iter().filter(|seen| seen.paper == paper);
            let free = free.filter(|seen| seen.image.as_ref().is_some_and(|image| !self.used.contains(image)));
            let found: Vec<(String, String)> =
                free.filter_map(|seen| Some((seen.image.clone()?, seen.place.clone()))).collect();
            let [(image, place)] = found.as_slice() else { continue };
            let asked = self.asked_for(paper);
            if let [(owner, entry)] = asked.as_slice() {
                self.fill_in(paper, *owner, *entry, image, place);
            } else if let (true, Some(title)) = (asked.is_empty(), self.demanded()) {
                self.attach(&title, image);
            }
        }
    }

    /// Fields for a photograph that a paper leaves unanswered.
    fn asked_for(&self, paper: usize) -> Vec<(Owner, usize)> {
        let mut asked = Vec::new();
        let open = |entry: &Entry| {
            let called = is_photograph(&entry.title) || is_photograph(&entry.name);
            !entry.shown && (entry.kind == Type::Image || entry.kind == Type::File && called)
        };
        let mut those = |owner: Owner, entries: &[Entry], cells: &[Cell]| {
            let unanswered = |at: &usize| !cells.iter().any(|cell| cell.name == name_of(entries, *at));
            let places = entries.iter().enumerate().filter(|(_, entry)| open(entry)).map(|(at, _)| at);
            asked.extend(places.filter(unanswered).map(|at| (owner, at)));
        };
        those(Owner::Head, &self.form.head, &self.laid.filled.head);
        for ((_, grid), card) in self.cards.iter().filter(|((of, _), _)| *of == paper) {
            those(Owner::Grid(*grid), &self.form.grids[*grid].columns, &card.cells);
        }
        asked
    }

    fn fill_in(&mut self, paper: usize, owner: Owner, at: usize, image: &str, place: &str) {
        let form = self.form;
        let (entries, cells) = match owner {
            Owner::Head => (&form.head, &mut self.laid.filled.head),
            Owner::Grid(grid) => match self.cards.get_mut(&(paper, grid)) {
                Some(card) => (&form.grids[grid].columns, &mut card.cells),
                None => return,
            },
        };
        let cell = Cell { name: name_of(entries, at), raw: Raw::Text(image.to_owned()), place: place.to_owned() };
        cells.push(cell);
        self.attach(&entries[at].title, image);
    }

    /// A photograph that has to lie beside the form.
    fn demanded(&self) -> Option<String> {
        let mut demanded = self.form.attach.iter().filter(|name| is_photograph(name));
        demanded.next().filter(|_| demanded.next().is_none()).cloned()
    }

    /// Pictures that nobody asked for: a sentence for the clerk.
    pub(super) fn passed_over(&self) -> Option<String> {
        let unused = |seen: &&Seen| !seen.image.as_ref().is_some_and(|image| self.used.contains(image));
        let mut places: Vec<&str> = self.seen.iter().filter(unused).map(|seen| seen.place.as_str()).collect();
        places.dedup();
        let more = if places.len() > PLACES_TOLD_MAX { format!("等{}处", places.len()) } else { String::new() };
        places.truncate(PLACES_TOLD_MAX);
        let told = places.join("、") + &more;
        (!places.is_empty()).then(|| format!("{told}有图片或者图形，没有收，只读了文字。"))
    }
}
