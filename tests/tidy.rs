//! The rules of the house that no compiler keeps: the order of modules, edges apart, what only one module may do, headers,
//! lengths, and papers that say what is so.
//!
//! Reads the source as text. A rule that finds nothing to look at fails, so that a moved folder cannot silence it. What is
//! code and what is test follows from place: `tests.rs`, anything under `tests/` or `benches/`, and the `mod tests { … }` at
//! the end of a file. An exception stands in a table here, with its reason, or there is none.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the source has failed")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// Longest Rust file, in lines.
const FILE_LINES_MAX: usize = 400;
/// Longest ARCHITECTURE.md, in lines.
const ARCHITECTURE_LINES_MAX: usize = 200;

/// The layers, lowest first; `lib.rs` lists modules in this order. Within a layer `lib.rs` itself says what is above what.
const LAYERS: [(&str, &[&str]); 5] = [
    ("ground", &["diag", "clock", "files", "numerals", "yaml", "config", "calendar"]),
    ("kernel", &["deadline", "offices", "submission", "tally", "workflow", "case", "diagram"]),
    ("edges", &["ooxml", "spool", "store", "document", "mail", "publish", "archive"]),
    ("motor", &["outbox", "engine", "service"]),
    ("desk", &["cli"]),
];

/// Edges that may know another edge, and why.
const EDGES_ACQUAINTED: [(&str, &str, &str); 2] = [
    ("document", "ooxml", "a Word file is a package of XML parts, and the one editor of these is ooxml"),
    ("spool", "ooxml", "so is a Word form that an office fills in"),
];

/// What only some may do: the rule, the words that give it away in code, and where they may stand (file or folder).
const ONLY: [(&str, &[&str], &[&str]); 17] = [
    ("prints", &["println!", "print!(", "eprint!(", "stdout()", "stderr()"], &["src/cli", "src/main.rs"]),
    (
        "reads the machine's clock",
        &["Utc::now(", "Local::now(", "SystemTime::now(", "Instant::now("],
        // the service feeds the watchdog and measures how long it has waited: time of the machine, never of a case
        &["src/clock.rs", "src/service"],
    ),
    ("changes the disk", &WRITES, &["src/files"]),
    // unit files and shells speak to the daemon through it; rules never do
    ("reads the environment", &["std::env", "env::var"], &["src/cli", "src/main.rs", "src/service"]),
    ("ends the process", &["process::exit", "process::abort"], &["src/main.rs"]),
    ("knows the engine", &["crate::engine", "banwen::engine"], &["src/engine", "src/service", "src/cli"]),
    ("knows apalis", &["apalis"], &["src/outbox"]),
    ("knows SQL", &["sqlx::"], &["src/store"]),
    ("knows docx-rs", &["docx_rs::"], &["src/document/word"]),
    // the spool looks for a secrecy mark before anything is taken, reads OpenDocument, and cuts struck words out of tables of texts too
    // long for a tree, each with a bounded reader; an edge knows no other edge
    ("knows quick-xml", &["quick_xml::"], &["src/ooxml", "src/spool/claim/office.rs", "src/spool/forms/workbook"]),
    ("knows the typesetter", &["typst::", "typst_pdf::", "typst_layout::", "comemo::"], &["src/document"]),
    ("knows the drawing of charts", &["plotters::", "resvg::"], &["src/document/chart"]),
    ("reads PDF", &["hayro_syntax::", "hayro_cmap::"], &["src/document/inspect/pdf"]),
    ("knows lettre", &["lettre::"], &["src/mail"]),
    ("knows workbooks", &["calamine::", "rust_xlsxwriter::"], &["src/spool/forms"]),
    ("parses YAML", &["saphyr::", "saphyr_parser::"], &["src/yaml", "src/spool/forms"]),
    ("matches without looking", &[".unwrap()", ".expect(\"", ".unwrap_err()"], &[]),
];

const WRITES: [&str; 13] = [
    "fs::write(",
    "fs::rename(",
    "fs::copy(",
    "fs::hard_link(",
    "fs::remove_",
    "fs::create_dir",
    "fs::set_permissions(",
    "fs::symlink(",
    "File::create",
    "File::options(",
    "OpenOptions::new(",
    "DirBuilder::new(",
    ".set_len(",
];

/// Exceptions to [`ONLY`]: file, rule, reason.
const EXCEPTED: [(&str, &str, &str); 2] = [
    ("src/archive/package.rs", "changes the disk", "seals a package: rights are taken from it, no byte is written"),
    ("src/engine/scenario/clerk.rs", "changes the disk", "plays the clerk, whose program knows nothing of our care"),
];

/// What the kernel must not touch: it takes values and gives values.
const IMPURE: [&str; 10] = [
    "crate::files",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "tokio",
    "clock::Clock",
    "clock::{Clock",
    "rand::",
    "HashMap",
];

struct Source {
    /// relative to the repository, `/` between parts
    path: String,
    text: String,
    /// without comments and tests; empty for a file of tests
    code: String,
}

impl Source {
    /// Top-level module the file belongs to; `None` for `lib.rs`, `main.rs` and what is not under `src/`.
    fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let name = inside.split('/').next()?.trim_end_matches(".rs");
        (!["lib", "main"].contains(&name)).then_some(name)
    }

    fn stands_in(&self, place: &str) -> bool {
        let folder = place.trim_end_matches(".rs");
        self.path == place || self.path == format!("{folder}.rs") || self.path.starts_with(&format!("{folder}/"))
    }
}

#[test]
fn every_file_introduces_itself_and_holds_one_thought() {
    let mut wrong = String::new();
    for source in sources() {
        if !source.text.starts_with("//! ") {
            let _ = writeln!(wrong, "{}: does not begin with `//! ` and a sentence", source.path);
        }
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            let _ = writeln!(wrong, "{}: {lines} lines, {FILE_LINES_MAX} are allowed; part it by thought", source.path);
        }
        if source.path.ends_with("/mod.rs") {
            let _ = writeln!(wrong, "{}: a module `foo` is `foo.rs` beside `foo/`", source.path);
        }
    }
    none("files", &wrong);
}

#[test]
fn lib_lists_every_module_in_the_order_of_the_layers() {
    let mut wrong = String::new();
    let listed = listed();
    let present = sources().iter().filter_map(|source| source.module().map(str::to_owned)).collect::<BTreeSet<_>>();
    for module in present.iter().filter(|module| !listed.contains(module)) {
        let _ = writeln!(wrong, "src/{module}: not in lib.rs");
    }
    let ranks = listed.iter().map(|module| (module, layer(module)));
    let mut highest = 0;
    for (module, rank) in ranks {
        match rank {
            None => drop(writeln!(wrong, "{module}: belongs to no layer; name it in LAYERS and in ARCHITECTURE.md")),
            Some(rank) if rank < highest => {
                let _ = writeln!(wrong, "{module}: of layer {}, listed after {}", LAYERS[rank].0, LAYERS[highest].0);
            }
            Some(rank) => highest = rank,
        }
    }
    none("order of lib.rs", &wrong);
}

#[test]
fn a_module_uses_only_what_stands_above_it_and_edges_do_not_know_each_other() {
    let mut wrong = String::new();
    let listed = listed();
    let place = |module: &str| listed.iter().position(|other| other == module);
    for source in sources() {
        let Some(module) = source.module() else { continue };
        for used in used_modules(&source.code).into_iter().filter(|used| used != module) {
            match (place(module), place(&used)) {
                (Some(own), Some(other)) if other > own => {
                    let _ = writeln!(wrong, "{}: uses `{used}`, which stands below `{module}` in lib.rs", source.path);
                }
                (_, None) => drop(writeln!(wrong, "{}: uses `{used}`, which lib.rs does not list", source.path)),
                (_, Some(_)) => {}
            }
            let acquainted = EDGES_ACQUAINTED.iter().any(|(one, other, _)| *one == module && *other == used);
            if layer(module) == Some(2) && layer(&used) == Some(2) && !acquainted {
                let _ = writeln!(wrong, "{}: the edge `{module}` knows the edge `{used}`", source.path);
            }
        }
    }
    none("uses", &wrong);
}

#[test]
fn the_kernel_touches_nothing_of_the_world() {
    let mut wrong = String::new();
    let pure = ["calendar", "deadline", "submission", "tally", "workflow", "case", "diagram"];
    for source in sources().iter().filter(|source| source.module().is_some_and(|module| pure.contains(&module))) {
        for word in IMPURE.iter().filter(|word| mentions(&source.code, word)) {
            let _ = writeln!(wrong, "{}: {word}", source.path);
        }
    }
    none("purity", &wrong);
}

#[test]
fn what_one_module_does_no_other_does() {
    let mut wrong = String::new();
    for source in sources().iter().filter(|source| !source.code.is_empty()) {
        for (rule, words, places) in ONLY {
            let excepted = EXCEPTED.iter().any(|(path, which, _)| *path == source.path && *which == rule);
            if excepted || places.iter().any(|place| source.stands_in(place)) {
                continue;
            }
            for word in words.iter().filter(|word| mentions(&source.code, word)) {
                let _ = writeln!(wrong, "{}: {rule} ({word})", source.path);
            }
        }
    }
    let unneeded = EXCEPTED.iter().filter(|(path, rule, _)| {
        let words = ONLY.iter().find(|(name, ..)| name == rule).map_or(&[][..], |(_, words, _)| words);
        !sources().iter().any(|source| source.path == *path && words.iter().any(|word| mentions(&source.code, word)))
    });
    for (path, rule, _) in unneeded {
        let _ = writeln!(wrong, "EXCEPTED: {path} ({rule}) excepts nothing");
    }
    none("only one may", &wrong);
}

#[test]
fn nothing_is_left_for_later_and_nothing_tells_of_a_build_machine() {
    let mut wrong = String::new();
    let later = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!"), concat!("unimpl", "emented!")];
    let ignored = concat!("#[ign", "ore");
    let machine = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    for (path, text) in texts() {
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        for (number, line) in lines {
            let found = later.iter().chain(&machine).chain([&ignored]).find(|word| line.contains(**word));
            if let Some(word) = found {
                let _ = writeln!(wrong, "{path}:{number}: {word}");
            }
        }
    }
    none("texts", &wrong);
}

#[test]
fn the_papers_name_only_files_that_exist() {
    let mut wrong = String::new();
    let folders =
        ["src/", "docs/", "templates/", "workflows/", "systemd/", "tests/", "benches/", "calendar/", "fonts/", ".ci/"];
    let papers = texts().into_iter().filter(|(path, _)| path.ends_with(".md") && !path.starts_with("templates/"));
    let mut named = 0;
    for (paper, text) in papers {
        for (index, line) in text.lines().enumerate() {
            // every second piece between backticks is code
            for word in line.split('`').skip(1).step_by(2) {
                let path = word.split(['#', ' ']).next().unwrap_or_default();
                let pattern = path.contains(['*', '{', '<', '…']) || path.contains("NAME");
                if pattern || !folders.iter().any(|folder| path.starts_with(folder)) {
                    continue;
                }
                named += 1;
                if !Path::new(&root()).join(path).exists() {
                    let _ = writeln!(wrong, "{paper}:{}: `{path}` does not exist", index + 1);
                }
            }
        }
    }
    assert!(named > 0, "no paper names a file: is the rule looking in the right place?");
    none("papers", &wrong);
}

#[test]
fn the_architecture_is_short_and_its_map_is_whole() {
    let text = std::fs::read_to_string(Path::new(&root()).join("ARCHITECTURE.md")).unwrap();
    let lines = text.lines().count();
    assert!(lines <= ARCHITECTURE_LINES_MAX, "ARCHITECTURE.md: {lines} lines, {ARCHITECTURE_LINES_MAX} are allowed");
    let missing = listed().into_iter().filter(|module| !text.contains(&format!("`{module}`")));
    let missing = missing.fold(String::new(), |all, module| all + &format!("ARCHITECTURE.md: no word of `{module}`\n"));
    none("the map", &missing);
}

#[test]
fn the_reader_of_sources_sees_what_it_should() {
    let text = "//! A.\nuse crate::{b::C, d};\n// crate::e\nlet x = crate::f::g(); // crate::h\n#[cfg(test)]\nmod tests {\n    use crate::i;\n}\n";
    assert_eq!(used_modules(&code("src/a.rs", text)).into_iter().collect::<Vec<_>>(), ["b", "d", "f"]);
    assert_eq!(code("src/a/tests.rs", text), "");
    assert_eq!(code("src/a/tests/b.rs", text), "");
    assert!(
        mentions("x.print!(", "print!(") && !mentions("eprint!(", "print!(") && mentions("x.unwrap()", ".unwrap()")
    );
}

fn none(what: &str, wrong: &str) {
    assert!(wrong.is_empty(), "{what}:\n{wrong}");
}

fn root() -> String {
    env!("CARGO_MANIFEST_DIR").to_owned()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|(_, modules)| modules.contains(&module))
}

/// The modules of `lib.rs`, in its order.
fn listed() -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(&root()).join("src/lib.rs")).unwrap();
    let lines = text.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'));
    let listed = lines.map(str::to_owned).collect::<Vec<_>>();
    assert!(!listed.is_empty(), "lib.rs lists no module");
    listed
}

/// `word` in `code`, not as the end of a longer name.
fn mentions(code: &str, word: &str) -> bool {
    let named = word.starts_with(|first: char| first.is_alphanumeric());
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !named || !before.is_some_and(|sign| sign.is_alphanumeric() || sign == '_')
    })
}

/// Top-level modules that `code` reaches through `crate::`.
fn used_modules(code: &str) -> BTreeSet<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut used = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => drop(used.insert(name(rest))),
            Some(group) => used.extend(members(group).into_iter().map(name)),
        }
    }
    used.retain(|module| module.starts_with(char::is_lowercase));
    used
}

/// The members of a `{ … }` group whose opening brace is gone.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, sign) in group.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(&group[start..at]);
                start = at + 1;
                if sign == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// Without comments, and without tests.
fn code(path: &str, text: &str) -> String {
    let of_tests = !path.starts_with("src/") || path.ends_with("/tests.rs") || path.contains("/tests/");
    if of_tests {
        return String::new();
    }
    let text = text.find("#[cfg(test)]\nmod tests {").map_or(text, |end| &text[..end]);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let bare = lines.map(|line| line.split_once(" // ").map_or(line, |(code, _)| code));
    bare.fold(String::new(), |all, line| all + line + "\n")
}

fn sources() -> Vec<Source> {
    let rust = texts().into_iter().filter(|(path, _)| path.ends_with(".rs"));
    let found = rust.map(|(path, text)| Source { code: code(&path, &text), path, text }).collect::<Vec<_>>();
    assert!(found.len() > 1, "no sources under {}", root());
    found
}

/// Every text file of the project with its path.
fn texts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    gather(Path::new(&root()), "", &mut found);
    found.sort();
    found
}

fn gather(folder: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
    // what git does not track, and what others wrote (licences, the lock file)
    let skipped = [".git", "target", "demo", "spool", "Cargo.lock", "LICENSE"];
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if prefix.is_empty() && skipped.contains(&name.as_str()) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            gather(&entry.path(), &format!("{path}/"), found);
        } else if let Ok(text) = std::fs::read_to_string(entry.path()) {
            found.push((path, text));
        }
    }
}
