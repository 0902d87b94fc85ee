//! Every key of the language stands in a definition that is checked, and `docs/keys.md` shows the line.

use super::{Reader, parse};
use crate::yaml::Node;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// What is read only to be refused by name.
const REFUSED: [(&str, &str); 1] = [("`about`", "next")];
/// Fewer than these, and the test looks in the wrong place.
const KEYS_MIN: usize = 150;
/// An example longer than this, in characters, is shown by its beginning.
const LINE_CHARACTERS_MAX: usize = 110;
const PAGE: &str = "docs/keys.md";
const HEAD: &str = "# Keys

Every key the reader takes, by what it stands in, with a line of a definition that has it. The definitions below `workflows/` are shipped and played by
scenarios; those below `tests/docs/` and `tests/scenarios/` are checked or played by tests. What a key means, its default and its refusals: `definitions.md`.
This page is written by a test (`BANWEN_BLESS=1 cargo test --release keys`).
";

/// A mapping of a kind, a key of it, and the lines where it stands.
type Seen = BTreeMap<(String, &'static str), BTreeSet<(String, usize)>>;

thread_local! {
    static SEEN: RefCell<Seen> = const { RefCell::new(BTreeMap::new()) };
}

/// What was asked of a mapping, and where that stands; called by the reader for every mapping it has read.
pub(in crate::workflow::parse) fn note(what: &str, asked: &[&'static str], node: &Node) {
    SEEN.with_borrow_mut(|seen| {
        for key in asked {
            let places = seen.entry((what.to_owned(), key)).or_default();
            let found = node.map().into_iter().flatten().find(|(k, _)| k.raw == *key);
            places.extend(found.map(|(k, _)| (k.place.path.clone(), k.place.line)));
        }
    });
}

fn definitions(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            definitions(&path, found);
        } else if path.extension().is_some_and(|e| e == "yaml") {
            found.push(path);
        }
    }
    found.sort();
}

/// The page as the definitions make it, and the keys that none of them has.
fn page() -> (String, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["workflows", "spool", "tests/docs", "tests/scenarios"] {
        definitions(&root.join(folder), &mut files);
    }
    let mut texts = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let path = file.strip_prefix(root).unwrap().display().to_string();
        // a scenario, or a definition that shows what is refused, is none of ours
        let is_definition = ["workflow:", "register:", "offices:", "calendar:"].iter().any(|k| text.contains(k));
        let before = SEEN.take();
        if is_definition && parse(&path, &text).is_ok() {
            let mut all = before;
            for (key, places) in SEEN.take() {
                all.entry(key).or_default().extend(places);
            }
            SEEN.set(all);
            texts.insert(path, text);
        } else {
            SEEN.set(before);
        }
    }
    let mut told = HEAD.to_owned();
    let (mut missing, mut last) = (Vec::new(), String::new());
    let seen = SEEN.take();
    assert!(seen.len() >= KEYS_MIN, "{} keys", seen.len());
    for ((what, key), places) in seen {
        let lines = places.iter().map(|(path, line)| (texts[path].lines().nth(line - 1).unwrap().trim(), path));
        // the shortest line that has the value, too, says it best
        let rank = |line: &str| (line.ends_with([':', '-']), line.chars().count());
        let Some((line, path)) = lines.min_by_key(|(line, path)| (rank(line), *path)) else {
            if !REFUSED.contains(&(what.as_str(), key)) {
                missing.push(format!("{what}: {key}"));
            }
            continue;
        };
        if what != last {
            write!(told, "\n## {}\n\n| key | for example | in |\n|---|---|---|\n", what.replace('`', "")).unwrap();
            last.clone_from(&what);
        }
        let cut: String = line.chars().take(LINE_CHARACTERS_MAX).collect();
        let dots = if cut.len() < line.len() { " …" } else { "" };
        writeln!(told, "| `{key}` | `{}{dots}` | `{path}` |", cut.replace('|', "\\|")).unwrap();
    }
    (told, missing)
}

#[test]
fn every_key_stands_in_a_definition_that_is_checked() {
    // reading nothing shows that nothing was noted before
    assert!(Reader::default().into_problems().is_empty());
    let (told, missing) = page();
    assert!(missing.is_empty(), "in no definition of workflows/ or tests/:\n{}", missing.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("BANWEN_BLESS").is_some() {
        std::fs::write(&path, &told).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), told, "BANWEN_BLESS=1 writes {PAGE} anew");
}
