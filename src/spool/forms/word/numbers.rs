//! Word's own numbers before paragraphs: they stand in no text, and are reckoned from what the file says of its lists.
//!
//! Each paragraph that has one gets it as an attribute, [`NUMBER`]; the text itself stays as it is, for a number is no part of a label
//! or a name. Failures: a number that cannot be reckoned is counted, not guessed.

use super::TEXT_PART_BYTES_MAX;
use super::look::{all_named, attribute, local, named};
use super::walk::Text;
use crate::numerals;
use crate::ooxml::package::Package;
use crate::ooxml::xml::Element;
use std::collections::{BTreeMap, BTreeSet};

/// The attribute of a paragraph that has its number.
pub(super) const NUMBER: &str = "banwen-number";
/// Levels of a list.
const LEVELS: usize = 9;
/// Characters of what is written of a level, at most: of a longer one nothing is reckoned.
const LEVEL_CHARACTERS_MAX: usize = 40;
/// Styles that are founded on each other, at most.
const STYLES_DEPTH_MAX: usize = 20;
/// The last number that is counted in the short way of Chinese.
const SHORT_COUNTING_MAX: u32 = 99;

/// What a file says of a level of a list.
#[derive(Debug, Clone, Default)]
struct Level {
    start: u32,
    format: String,
    text: String,
    /// nothing stands between the number and its paragraph
    close: bool,
}

/// A list by its number.
#[derive(Debug, Default)]
struct List {
    /// what it is made of; lists made of the same count on
    of: String,
    /// where it begins anew
    starts: BTreeMap<usize, u32>,
    levels: BTreeMap<usize, Level>,
}

/// The list and the level of a paragraph, so far as they are said.
type Place = (Option<String>, Option<usize>);

#[derive(Debug, Default)]
struct Reckoning {
    models: BTreeMap<String, BTreeMap<usize, Level>>,
    lists: BTreeMap<String, List>,
    /// by style, what it says of lists, and the style it is founded on
    styles: BTreeMap<String, (Place, Option<String>)>,
    counted: BTreeMap<String, [Option<u32>; LEVELS]>,
    begun: BTreeSet<String>,
    unknown: usize,
}

/// Gives the paragraphs of a document their numbers, and says how many in its tables cannot be reckoned.
pub(super) fn reckon(package: &Package, main: &str, document: &mut Element) -> usize {
    let related = package.related(main).unwrap_or_default();
    let part = |end: &str| {
        let part = related.iter().find(|one| one.kind.ends_with(end)).map(|one| one.part.as_str())?;
        let small = package.part(part).is_some_and(|bytes| bytes.len() <= TEXT_PART_BYTES_MAX);
        package.xml(part).ok().filter(|_| small)
    };
    let mut reckoning = Reckoning::default();
    if let Some(numbering) = part("/numbering") {
        reckoning.read(&numbering);
    }
    if let Some(styles) = part("/styles") {
        reckoning.read_styles(&styles);
    }
    reckoning.walk(document, false);
    reckoning.unknown
}

fn level_of(element: &Element) -> Option<usize> {
    attribute(element, "ilvl")?.parse().ok().filter(|level| *level < LEVELS)
}

fn value<'e>(element: &'e Element, name: &'e str) -> Option<&'e str> {
    named(element, name).and_then(|child| attribute(child, "val"))
}

fn levels(element: &Element) -> BTreeMap<usize, Level> {
    let level = |element: &Element| {
        Some((
            level_of(element)?,
            Level {
                start: value(element, "start").and_then(|start| start.parse().ok()).unwrap_or(0),
                format: value(element, "numFmt").unwrap_or_default().to_owned(),
                text: value(element, "lvlText").unwrap_or_default().to_owned(),
                close: value(element, "suff") == Some("nothing"),
            },
        ))
    };
    all_named(element, "lvl").filter_map(level).collect()
}

/// What properties of a paragraph say of its list.
fn place(properties: Option<&Element>) -> Place {
    let Some(said) = properties.and_then(|properties| named(properties, "numPr")) else { return (None, None) };
    let level = value(said, "ilvl").and_then(|level| level.parse().ok()).filter(|level| *level < LEVELS);
    (value(said, "numId").map(str::to_owned), level)
}

impl Reckoning {
    fn read(&mut self, numbering: &Element) {
        for model in all_named(numbering, "abstractNum") {
            let id = attribute(model, "abstractNumId").unwrap_or_default().to_owned();
            self.models.insert(id, levels(model));
        }
        for list in all_named(numbering, "num") {
            let id = attribute(list, "numId").unwrap_or_default().to_owned();
            let mut own = List { of: value(list, "abstractNumId").unwrap_or_default().to_owned(), ..List::default() };
            for change in all_named(list, "lvlOverride") {
                let start = value(change, "startOverride").and_then(|start| start.parse().ok());
                own.starts.extend(level_of(change).zip(start));
                own.levels.extend(levels(change));
            }
            self.lists.insert(id, own);
        }
    }

    fn read_styles(&mut self, styles: &Element) {
        for style in all_named(styles, "style") {
            let Some(id) = attribute(style, "styleId") else { continue };
            let said = (place(named(style, "pPr")), value(style, "basedOn").map(str::to_owned));
            self.styles.insert(id.to_owned(), said);
        }
    }

    fn walk(&mut self, element: &mut Element, in_table: bool) {
        let name = local(&element.name).to_owned();
        // what was deleted has no number, and what is shown in place of something else is there but once
        if matches!(name.as_str(), "del" | "moveFrom" | "Fallback") {
            return;
        }
        if name == "p" {
            element.attributes.retain(|(name, _)| name != NUMBER);
            self.paragraph(element, in_table);
        }
        for child in element.elements_mut() {
            self.walk(child, in_table || name == "tbl");
        }
    }

    fn paragraph(&mut self, paragraph: &mut Element, in_table: bool) {
        let Some((list, level)) = self.place_of(paragraph) else { return };
        let number = self.next(&list, level);
        if Text::of(paragraph).text.trim().is_empty() {
            return;
        }
        match number {
            Some(number) if number.is_empty() => {}
            Some(number) => paragraph.set(NUMBER, number),
            None => self.unknown += usize::from(in_table),
        }
    }

    /// The list a paragraph belongs to and its level in it, by itself or by its style.
    fn place_of(&self, paragraph: &Element) -> Option<(String, usize)> {
        let properties = named(paragraph, "pPr");
        let (mut list, mut level) = place(properties);
        let mut style = properties.and_then(|properties| value(properties, "pStyle")).map(str::to_owned);
        for _ in 0..STYLES_DEPTH_MAX {
            if list.is_some() && level.is_some() {
                break;
            }
            let Some(((own, depth), founded)) = style.as_ref().and_then(|style| self.styles.get(style)) else { break };
            list = list.or_else(|| own.clone());
            level = level.or(*depth);
            style.clone_from(founded);
        }
        list.filter(|list| list != "0" && self.lists.contains_key(list)).map(|list| (list, level.unwrap_or(0)))
    }

    /// The next number of a list at a level; nothing, where it cannot be reckoned.
    fn next(&mut self, id: &str, level: usize) -> Option<String> {
        let list = self.lists.get(id)?;
        let model = self.models.get(&list.of);
        let of = |level: usize| list.levels.get(&level).or_else(|| model?.get(&level));
        let start = |level: usize| {
            list.starts.get(&level).copied().or_else(|| of(level).map(|level| level.start)).unwrap_or_default()
        };
        let counted = self.counted.entry(list.of.clone()).or_default();
        if self.begun.insert(id.to_owned())
            && let Some(first) = list.starts.keys().next()
        {
            counted.iter_mut().skip(*first).for_each(|number| *number = None);
        }
        let number = counted.get(level).copied().flatten().map_or_else(|| start(level), |last| last.saturating_add(1));
        counted.iter_mut().skip(level).for_each(|number| *number = None);
        *counted.get_mut(level)? = Some(number);
        let own = of(level).filter(|own| own.text.chars().count() <= LEVEL_CHARACTERS_MAX)?;
        if own.format == "bullet" {
            return Some(String::new());
        }
        let (mut written, mut signs) = (String::new(), own.text.chars().peekable());
        while let Some(sign) = signs.next() {
            let above = signs.peek().filter(|_| sign == '%').and_then(|digit| digit.to_digit(10));
            let Some(above) = above.and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1)) else {
                written.push(sign);
                continue;
            };
            signs.next();
            let number = counted.get(above).copied().flatten().unwrap_or_else(|| start(above));
            written.push_str(&word(&of(above)?.format, number)?);
        }
        if written.ends_with(|last: char| last.is_ascii()) && !own.close {
            written.push(' ');
        }
        Some(written)
    }
}

/// A number as a format writes it.
fn word(format: &str, number: u32) -> Option<String> {
    let sign = |first: u32, most: u32| {
        let place = number.checked_sub(1).filter(|place| *place < most)?;
        char::from_u32(first + place).map(String::from)
    };
    match format {
        "decimal" => Some(number.to_string()),
        "decimalZero" => Some(format!("{number:02}")),
        "none" => Some(String::new()),
        "chineseCountingThousand" | "taiwaneseCountingThousand" => numerals::cn(number.into()),
        "chineseCounting" | "taiwaneseCounting" | "japaneseCounting" => {
            numerals::cn(number.into()).filter(|_| number <= SHORT_COUNTING_MAX)
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => sign(0x2460, 20),
        "decimalEnclosedParen" => sign(0x2474, 20),
        "decimalEnclosedFullstop" => sign(0x2488, 20),
        "upperLetter" => sign(0x41, 26),
        "lowerLetter" => sign(0x61, 26),
        _ => None,
    }
}
