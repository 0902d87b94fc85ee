//! Secrecy of ballots: whatever a spool shows or keeps after a secret vote, a ballot stands in its sealed sheet and nowhere else,
//! and what was counted is what the sealed sheets say (invariant 15).

#![expect(clippy::unwrap_used, reason = "a test that cannot play has failed")]
#![expect(clippy::print_stderr, reason = "what is skipped is said aloud")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks at few of the events")]

#[path = "common/look.rs"]
mod common;

use banwen::case::event::{Body, Event};
use banwen::engine::Fuse;
use banwen::engine::scenario::{Player, parse};
use banwen::spool::forms;
use banwen::spool::layout::Spool;
use banwen::submission::{Filled, Raw};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

/// Before the running number of every ballot: no other text has it, and no digest by chance.
const NUMBERS: u32 = 731_000_000;
/// The word that stands on a ballot and is no option.
const NO_OPTION: &str = "很不错";

/// Every log line, whatever its level.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<String>>);

impl Visit for Lines {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.lock().unwrap().push_str(&format!("{}={value:?}\n", field.name()));
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_ballot_stands_in_its_sealed_sheet_and_nowhere_else() {
    let lines = Lines::default();
    tracing::subscriber::set_global_default(lines.clone()).unwrap();
    common::runtime().block_on(async {
        let out = common::folder("ballots-secret");
        let path = common::root().join("tests/scenarios/民主测评.yaml");
        let (text, accepted) = numbered(&std::fs::read_to_string(&path).unwrap());
        let scenario = parse("民主测评.yaml", &text).unwrap();
        let mut player = Player::begin(&scenario, path.parent().unwrap(), &out, Fuse::default()).await.unwrap();
        player.play(&scenario, None).await.unwrap();
        let events = player.events().await.unwrap();
        drop(player);

        let told = serde_json::to_string(&events).unwrap();
        let log = lines.0.lock().unwrap().clone();
        assert!(log.contains("status=accepted"), "the log was listened to");
        let mut looked = 0;
        for number in &accepted {
            assert!(!told.contains(number), "an event has ballot {number}");
            assert!(!log.contains(number), "a log line has ballot {number}");
        }
        assert!(!told.contains(NO_OPTION) && !log.contains(NO_OPTION));
        for file in all(&out).iter().filter(|file| !may_have_ballots(&out, file)) {
            let bytes = std::fs::read(file).unwrap();
            let text = readable(file, &bytes);
            looked += 1;
            for needle in accepted.iter().map(String::as_str).chain([NO_OPTION]) {
                assert!(!text.contains(needle), "{} has {needle}", file.display());
            }
        }
        assert!(looked > 40, "{looked} files were looked at");
        let sealed: Vec<PathBuf> = all(&out).into_iter().filter(|f| name(f).starts_with("密封-")).collect();
        assert_eq!(sealed.len(), 6, "every sheet that was taken in is in the archive, under seal: {sealed:?}");
        recounted(&out, &events);
        common::clear(&out);
    });
}

/// The scenario with a number of its own on every ballot that is taken in, and these numbers: whoever is returned a sheet is told
/// the number of a ballot that is there twice.
fn numbered(text: &str) -> (String, Vec<String>) {
    let refused = ["T09:00", "T09:10", "T09:20", "T10:10"];
    let (mut told, mut accepted, mut at, mut next) = (String::new(), Vec::new(), String::new(), 0);
    for line in text.lines() {
        if let Some(moment) = line.trim().strip_prefix("- at: ") {
            at = moment.to_string();
        }
        match line.split_once("票号: ") {
            Some((before, rest)) => {
                let (old, after) = rest.split_once([',', ' ']).unwrap();
                next += 1;
                let back = at.starts_with("2026-11-03") && refused.iter().any(|moment| at.ends_with(moment));
                let number = if back { old.to_string() } else { (NUMBERS + next).to_string() };
                accepted.extend((!back).then(|| number.clone()));
                told.push_str(&format!("{before}票号: {number}, {after}\n"));
            }
            None => told.push_str(&format!("{line}\n")),
        }
    }
    assert_eq!(accepted.len(), 25, "five sheets of five");
    (told, accepted)
}

/// Originals by digest, what is archived under seal, and a sheet that was given back to who handed it in.
fn may_have_ballots(out: &Path, file: &Path) -> bool {
    let place = file.strip_prefix(out).unwrap().to_string_lossy().into_owned();
    let returned = place.contains("/退件/") && place.ends_with(".xlsx");
    place.starts_with("state/originals/") || name(file).starts_with("密封-") || returned
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(all(&path)) } else { found.push(path) }
    }
    found
}

/// What a file says: of a workbook its cells, of all else its bytes.
fn readable(file: &Path, bytes: &[u8]) -> String {
    let cells = (file.extension().is_some_and(|e| e == "xlsx")).then(|| forms::read(&name(file), bytes));
    cells
        .and_then(Result::ok)
        .map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |filled| format!("{filled:?}"))
}

/// Counts the sealed sheets again by hand and holds the result against the event.
fn recounted(out: &Path, events: &[Event]) {
    let names: BTreeMap<u32, String> = events.iter().filter_map(named).collect();
    let counted = events.iter().find_map(|event| match &event.body {
        Body::Counted { sheets, rows, .. } if !sheets.is_empty() => Some((sheets.clone(), rows.clone())),
        _ => None,
    });
    let (sheets, rows) = counted.unwrap();
    assert_eq!(sheets.len(), 2);
    let spool = Spool::at(out);
    let mut got: BTreeMap<(String, String), u64> = BTreeMap::new();
    for digest in sheets {
        let bytes = std::fs::read(spool.original(&digest)).unwrap();
        let filled = forms::read("选票.xlsx", &bytes).unwrap();
        for (name, word) in ticks(&filled, names.values()) {
            *got.entry((name, word)).or_default() += 1;
        }
    }
    for row in rows {
        let name = &names[&row.item.unwrap()];
        for column in ["满意", "基本满意", "不满意", "弃权", "无效票"] {
            let by_hand = got.get(&(name.clone(), column.to_string())).copied().unwrap_or_default();
            assert_eq!(row.fields.get(column).and_then(Value::as_u64), Some(by_hand), "{name} {column}");
        }
    }
}

fn named(event: &Event) -> Option<(u32, String)> {
    match &event.body {
        Body::ItemOpened { item, fields, .. } => Some((*item, fields.get("姓名")?.as_str()?.to_string())),
        _ => None,
    }
}

/// What each ballot of a sheet gives each person.
fn ticks<'a>(filled: &Filled, names: impl Iterator<Item = &'a String> + Clone) -> Vec<(String, String)> {
    let rows = filled.grids.iter().filter(|(name, _)| name == "选票").flat_map(|(_, rows)| rows);
    let of = |row: &banwen::submission::FilledLine, heading: &str| {
        let cell = row.cells.iter().find(|c| c.name.starts_with(heading));
        cell.and_then(|c| match &c.raw {
            Raw::Text(text) => Some(text.clone()),
            Raw::Flag(flag) => Some(if *flag { "是" } else { "否" }.to_string()),
            _ => None,
        })
    };
    let mut found = Vec::new();
    for row in rows.filter(|row| row.cells.iter().any(|c| c.name.starts_with("票号") && !matches!(c.raw, Raw::Empty)))
    {
        let void = of(row, "整票作废").as_deref() == Some("是");
        for name in names.clone() {
            let word = match of(row, name) {
                _ if void => "无效票".to_string(),
                None => "弃权".to_string(),
                Some(word) if word == "无效" => "无效票".to_string(),
                Some(word) => word,
            };
            found.push((name.clone(), word));
        }
    }
    found
}
