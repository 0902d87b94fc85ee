//! Labels and values: what is said of one object, or of the whole, one field at a time.

use super::labels::{Named, Owner, name_of};
use super::outside::quoted;
use super::photos::{Pictured, is_file};
use super::{Field, HEAD_CAPTION, Laying, OWN_HEADINGS, Standing, flat, is_blank, marks, place_of, raw};
use crate::submission::paper::{Slot, Table};
use crate::submission::read::heading::key;
use crate::submission::read::value::listed;
use crate::submission::{Cell, Fault, FilledLine, Raw, Type, hint};

/// What stands behind a label under which a text goes on.
const CONTINUED: &str = "（续";

/// A field that is filled in otherwise than before.
pub(super) struct Differing {
    of: Owner,
    place: String,
    label: String,
    /// where it was filled in first
    first: String,
    /// it is what an object is known by, and stands in a table of its own
    another: bool,
}

/// What a cell is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// no label of this form
    Other,
    /// the label of this field
    Label(Named),
    /// a label that could mean any of these
    Unclear(Vec<Named>),
    /// labels with their values
    Pairs,
}

impl Laying<'_> {
    /// Reads what stands beside or below the labels of a table. `grid` is what the table is about.
    pub(super) fn card(&mut self, table: &Table, field: &mut Field<'_>, grid: Option<usize>) {
        let own = own_heading(field);
        let leaning = self.leaning(table, field, grid);
        let parts: Vec<Part> = (0..field.slots.len()).map(|at| self.part(field, at, grid, leaning)).collect();
        for (at, part) in parts.iter().enumerate() {
            let (label, row) = (&field.slots[at].text, field.slots[at].row);
            match part {
                Part::Other => {}
                // a heading in running text, or a label of one object below a list of several, which is told
                Part::Label(named) if table.prose && !self.is_said_outside(table, field, &parts, (*named, at)) => {}
                Part::Label(named) if field.joined.contains_key(&at) => {
                    self.known.insert(table.paper);
                    let text = field.joined.get(&at).cloned().unwrap_or_default();
                    self.said(table, *named, (row, label), &text, Pictured::default());
                }
                Part::Label(named) => {
                    self.known.insert(table.paper);
                    let mut values = values_of(field, &parts, at);
                    // a photograph is laid over the words that ask for it
                    values.retain(|_| !(field.slots[at].picture && is_file(self.labels.entry(*named))));
                    // in running text a blank is not filled by what happens to stand below it
                    values.retain(|_| !table.prose || matches!(self.labels.entry(*named).kind, Type::Text(_)));
                    if own.is_some() {
                        values = self.with_beside(table, field, &parts, (*named, at), values);
                        values = self.with_below(field, &parts, (*named, at), values);
                    }
                    field.taken[at] = field.taken[at] || table.prose;
                    self.field(table, field, *named, at, &values);
                    values.into_iter().for_each(|value| field.taken[value] = true);
                }
                Part::Unclear(several) => {
                    self.known.insert(table.paper);
                    let values = values_of(field, &parts, at);
                    if values.iter().any(|value| !is_blank(&Type::Name, &field.slots[*value].text)) {
                        self.said_unclearly(table, several, (row, label));
                    }
                }
                Part::Pairs => self.pairs(table, field, at, grid, leaning),
            }
        }
        match own {
            Some(first) => self.strangers(table, field, &parts, first, grid),
            None if table.prose => {
                let free: Vec<bool> = parts.iter().map(|part| *part != Part::Pairs).collect();
                self.outside(table, field, &free);
            }
            None => {
                let free: Vec<bool> = parts.iter().map(|part| *part == Part::Other).collect();
                self.unread(table, field, &free);
            }
        }
    }

    /// Whether a line that is a label says something: with a colon, or with a text below it.
    fn is_said_outside(&self, table: &Table, field: &Field<'_>, parts: &[Part], (named, at): (Named, usize)) -> bool {
        let text = matches!(self.labels.entry(named).kind, Type::Text(_)) && !values_of(field, parts, at).is_empty();
        let colon = field.slots[at].text.contains(['：', ':']);
        (colon || text) && self.is_read_outside(table, table.prose, named.owner)
    }

    /// What is said in one text, each behind its own label.
    fn pairs(&mut self, table: &Table, field: &mut Field<'_>, at: usize, grid: Option<usize>, leaning: Option<Owner>) {
        let slot = &field.slots[at];
        // a row that is one cell stands below a list as a line outside of the table does
        let outside = table.prose || slot.columns > 1 && slot.columns >= field.columns;
        let bare = self.labels.pairs(&slot.text);
        let numbered = slot.numbered.as_deref().map(|text| self.labels.pairs(text)).unwrap_or_default();
        for (place, (label, value)) in bare.iter().copied().enumerate() {
            match self.meaning(label, grid, leaning) {
                Part::Label(named) if !self.is_read_outside(table, outside, named.owner) => {
                    let place = place_of(table, slot.row, label);
                    let said = format!("{place}不知道是哪一个对象的，没有读取：{}。", quoted(&[value]));
                    self.laid.remarks.extend((!is_blank(&Type::Name, value)).then_some(said));
                }
                Part::Label(named) => {
                    self.known.insert(table.paper);
                    // numbers before labels make others of them: then it is read without any
                    let same = numbered.get(place).filter(|(other, _)| numbered.len() == bare.len() && *other == label);
                    let is_text = matches!(self.labels.entry(named).kind, Type::Text(_));
                    let value = same.filter(|_| is_text).map_or(value, |(_, numbered)| numbered);
                    self.said(table, named, (slot.row, label), value, Pictured::default());
                }
                Part::Unclear(several) if !is_blank(&Type::Name, value) => {
                    self.said_unclearly(table, &several, (slot.row, label));
                }
                Part::Unclear(_) | Part::Other | Part::Pairs => {}
            }
        }
        field.taken[at] = true;
    }

    /// Which of two fields of the same name a table means: that of its grid, or that of the head.
    fn leaning(&self, table: &Table, field: &Field<'_>, grid: Option<usize>) -> Option<Owner> {
        if table.captions.last().is_some_and(|caption| key(caption) == HEAD_CAPTION) {
            return Some(Owner::Head);
        }
        let grid = Owner::Grid(grid?);
        let named = || field.slots.iter().map(|slot| self.labels.within(&slot.text)).filter(|named| !named.is_empty());
        let captioned = table.captions.last().is_some_and(|caption| match grid {
            Owner::Grid(place) => key(caption) == key(&self.form.grids[place].name),
            Owner::Head => false,
        });
        let head = named().any(|named| named.iter().all(|it| it.owner == Owner::Head));
        let rows = named().any(|named| named.iter().all(|it| it.owner != Owner::Head));
        match (captioned, head, rows) {
            (true, _, _) | (false, false, true) => Some(grid),
            (false, true, false) => Some(Owner::Head),
            (false, true, true) | (false, false, false) => None,
        }
    }

    fn part(&self, field: &Field<'_>, at: usize, grid: Option<usize>, leaning: Option<Owner>) -> Part {
        let slot = &field.slots[at];
        if field.taken[at] || self.is_choice(field, at) {
            return Part::Other;
        }
        let left = slot.column.checked_sub(1).and_then(|column| field.at(slot.row, column));
        let value = left.is_some_and(|left| !self.labels.named(&field.slots[left].text).is_empty());
        if self.labels.named(&slot.text).is_empty() && !value && !self.labels.pairs(&slot.text).is_empty() {
            return Part::Pairs;
        }
        self.meaning(&slot.text, grid, leaning)
    }

    /// What a label means in a table about this grid.
    fn meaning(&self, label: &str, grid: Option<usize>, leaning: Option<Owner>) -> Part {
        let named = self.labels.named(label);
        let here = |named: &&Named| match (named.owner, grid) {
            (Owner::Head, _) | (Owner::Grid(_), None) => true,
            (Owner::Grid(own), Some(grid)) => own == grid,
        };
        let here: Vec<Named> = named.iter().filter(here).copied().collect();
        let best = here.iter().map(|named| (named.shown, named.rank)).min();
        let best: Vec<Named> = here.into_iter().filter(|named| Some((named.shown, named.rank)) == best).collect();
        let leant: Vec<Named> = best.iter().filter(|named| Some(named.owner) == leaning).copied().collect();
        match (best.as_slice(), leant.as_slice()) {
            ([], _) => Part::Other,
            ([only], _) | (_, [only]) => Part::Label(*only),
            _ if best.iter().all(|named| named.shown) => Part::Other,
            _ => Part::Unclear(best),
        }
    }

    /// A cell right of a label whose choices it is one of is no label, whatever it names elsewhere.
    fn is_choice(&self, field: &Field<'_>, at: usize) -> bool {
        let slot = &field.slots[at];
        let left = slot.column.checked_sub(1).and_then(|column| field.at(slot.row, column));
        let Some(left) = left.map(|left| self.labels.named(&field.slots[left].text)) else { return false };
        left.into_iter()
            .filter_map(|named| marks::choices(&self.labels.entry(named).kind))
            .any(|choices| choices.iter().any(|choice| key(choice) == key(&slot.text)))
    }

    /// Something stands under a label that could mean several fields.
    fn said_unclearly(&mut self, table: &Table, several: &[Named], (row, label): (usize, &str)) {
        let place = place_of(table, row, label);
        several.iter().for_each(|named| self.wrong(table, *named, (&place, label)));
        let say = self.unclear(label, several);
        self.fault(place, say);
    }

    fn unclear(&self, label: &str, several: &[Named]) -> String {
        let mut titles: Vec<String> = several.iter().map(|named| self.labels.entry(*named).title.clone()).collect();
        titles.dedup();
        let grids = several.iter().filter_map(|named| match named.owner {
            Owner::Grid(grid) => Some(self.form.grids[grid].name.clone()),
            Owner::Head => None,
        });
        let mut grids: Vec<String> = grids.collect();
        grids.dedup();
        if grids.len() > 1 {
            return format!("“{}”分不清属于{}中的哪一类。请在表的上方写明类别。", flat(label), listed(&grids));
        }
        let say = if titles.len() > 1 { listed(&titles) } else { "本表的两栏".to_string() };
        format!("“{}”可以指{say}，分不清填的是哪一栏。请用“待办”或“表样”中的表填写。", flat(label))
    }

    /// One field with what was found for it.
    fn field(&mut self, table: &Table, field: &Field<'_>, named: Named, at: usize, values: &[usize]) {
        let slot = &field.slots[at];
        let kind = &self.labels.entry(named).kind;
        let texts = values.iter().map(|value| field.slots[*value].said(kind).trim());
        let text = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
        let text = hint::without_aside(self.labels.entry(named), &text);
        let cells: Vec<&Slot> = values.iter().chain([&at]).map(|place| &field.slots[*place]).collect();
        let picture = self.image(&cells);
        self.said(table, named, (slot.row, &slot.text), &text, picture);
    }

    /// What is said of a field, under a label in a row.
    fn said(&mut self, table: &Table, named: Named, (row, label): (usize, &str), text: &str, picture: Pictured) {
        let entry = self.labels.entry(named);
        let place = place_of(table, row, label);
        let taken = picture.image.clone().filter(|_| is_file(entry));
        let raw = match raw(entry, text, picture) {
            Ok(raw) => raw,
            Err(say) => {
                self.wrong(table, named, (&place, label));
                return self.fault(place, format!("“{}”{say}", flat(label)));
            }
        };
        taken.iter().for_each(|image| self.attach(&entry.title, image));
        let stood = (self.line_of(table, named.owner), entry.name.clone());
        let (cells, entries) = match named.owner {
            Owner::Head => (&mut self.laid.filled.head, &self.form.head),
            Owner::Grid(grid) => {
                let card = self.cards.entry((table.paper, grid)).or_default();
                (&mut card.cells, &self.form.grids[grid].columns)
            }
        };
        if raw == Raw::Empty {
            let standing = || Standing { label: flat(label), place, wrong: false };
            self.laid.stood.entry(stood).or_insert_with(standing);
            return;
        }
        let standing = Standing { label: flat(label), place: place.clone(), wrong: false };
        self.laid.stood.insert(stood, standing);
        let name = name_of(entries, named.entry);
        if matches!(entry.kind, Type::Text(_))
            && key(label).contains(CONTINUED)
            && let (Some(Raw::Text(begun)), Raw::Text(more)) =
                (cells.iter_mut().find(|cell| cell.name == name).map(|cell| &mut cell.raw), &raw)
        {
            return begun.push_str(&format!("\n{more}"));
        }
        match cells.iter().find(|cell| cell.name == name).map(|cell| (cell.raw == raw, cell.place.clone())) {
            None => cells.push(Cell { name, raw, place }),
            Some((true, _)) => {}
            Some((false, _)) if entry.shown => {}
            Some((false, first)) => {
                let called = match named.owner {
                    Owner::Grid(grid) => self.form.grids[grid].called.as_ref() == Some(&entry.name),
                    Owner::Head => false,
                };
                let known = called || entry.kind == Type::IdNumber;
                let (label, elsewhere) = (flat(label), !first.starts_with(&format!("{} ", table.place)));
                let another = known && elsewhere;
                let of = named.owner;
                self.differing.push(Differing { of, place, label, first, another });
            }
        }
    }

    /// Says what a table says otherwise than what stands before it: field by field, or once, where that is another object.
    pub(super) fn differs(&mut self) {
        let differing = std::mem::take(&mut self.differing);
        let of_objects = |it: &&Differing| match it.of {
            Owner::Head => false,
            Owner::Grid(grid) => self.form.grids[grid].blank > 1,
        };
        let apart: Vec<&Differing> = differing.iter().filter(of_objects).collect();
        let another = apart.len() > 1 || apart.iter().any(|it| it.another);
        let mut faults: Vec<Fault> = Vec::new();
        if let (true, Some(Differing { place, label, first, .. })) = (another, apart.first()) {
            let more = if apart.len() > 1 { format!("等{}栏", apart.len()) } else { String::new() };
            let say = format!(
                "“{label}”{more}与{first}填得不一样，看来是另一个对象。一份表只填一个对象：另报一个的，请复制成另一份文件填写，与这一份放进同一个文件夹再交；是同一个对象的，请改成一致，或只留一处。"
            );
            faults.push(Fault::at(place, say));
        }
        for it in differing.iter().filter(|it| !another || !of_objects(it)) {
            let say = format!("“{}”与{}填得不一样，请改成一致，或只留一处。", it.label, it.first);
            faults.push(Fault::at(&it.place, say));
        }
        self.laid.faults.extend(faults);
    }

    /// The place of the line that says something of the whole, or of a paper's object.
    fn line_of(&mut self, table: &Table, owner: Owner) -> String {
        let Owner::Grid(grid) = owner else { return String::new() };
        let fresh = || FilledLine { place: table.place.clone(), ..FilledLine::default() };
        self.cards.entry((table.paper, grid)).or_insert_with(fresh).place.clone()
    }

    /// Notes that what is wrong with a field is said: it is not to be called missing, too.
    fn wrong(&mut self, table: &Table, named: Named, (place, label): (&str, &str)) {
        let stood = (self.line_of(table, named.owner), self.labels.entry(named).name.clone());
        let standing = || Standing { label: flat(label), place: place.to_string(), wrong: true };
        self.laid.stood.entry(stood).or_insert_with(standing).wrong = true;
    }
}

/// The row after the headings of a table of single values that we drew; they are done with.
fn own_heading(field: &mut Field<'_>) -> Option<usize> {
    let is_own = |row: &usize| {
        let cells = field.row(*row, 0);
        let texts = cells.iter().map(|place| key(&field.slots[*place].text));
        cells.len() >= OWN_HEADINGS.len() && texts.zip(OWN_HEADINGS).all(|(text, own)| text == own)
    };
    let row = (0..field.rows).find(is_own)?;
    field.row(row, 0).into_iter().for_each(|place| field.taken[place] = true);
    Some(row + 1)
}

/// The cells right of a label, else the one below it, so far as they are no labels themselves.
fn values_of(field: &Field<'_>, parts: &[Part], at: usize) -> Vec<usize> {
    let slot = &field.slots[at];
    let free = |place: &usize| parts[*place] == Part::Other && !field.taken[*place];
    let right = (slot.row..slot.row + slot.rows).map(|row| field.at(row, slot.column + slot.columns));
    let mut right: Vec<usize> = right.flatten().collect();
    right.dedup();
    if !right.is_empty() && right.iter().all(free) {
        return right;
    }
    field.at(slot.row + slot.rows, slot.column).filter(free).into_iter().collect()
}
