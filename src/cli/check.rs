//! `banwen check`: every problem of every file at once, each with its place, its name and what to do.

use super::Answer;
use super::scratch::Scratch;
use super::voice::{data, talk};
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::config;
use crate::diag::{Diagnostic, Place, Severity};
use crate::document::fill::{TEMPLATE_BYTES_MAX, WordTemplate};
use crate::document::template::Template;
use crate::engine::{alone, scenario, too_long};
use crate::files;
use crate::spool::layout::Spool;
use crate::workflow::offices::{Offices, unknown_calendars};
use crate::workflow::parse::{self, Parsed};
use crate::workflow::rule::pieces;
use crate::workflow::{Workflow, check};
use anyhow::anyhow;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Longest file that is checked.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;
/// Folders below what was given that are looked into.
const DEPTH_MAX: usize = 3;

/// What was found by reading files.
#[derive(Default)]
struct Found {
    /// workflows: path, text
    workflows: BTreeMap<PathBuf, String>,
    /// registers and templates by the name a closure gives them: path, text
    shared: BTreeMap<String, (PathBuf, String)>,
    offices: Option<Offices>,
    calendar: Option<Calendar>,
    /// regions' own days by name
    regions: BTreeMap<String, Calendar>,
    /// the offices file that was asked about: path, text
    town: Option<(String, String)>,
    /// workflows that stand beside those asked about
    beside: BTreeMap<PathBuf, String>,
    problems: Vec<Diagnostic>,
    files: BTreeSet<PathBuf>,
    /// templates that were asked about, by the name a closure gives them
    templates: BTreeSet<String>,
    /// Word templates, and whether they were asked about
    words: BTreeMap<PathBuf, bool>,
}

/// Checks `paths`, or the spool, or what the program ships.
pub(super) fn check(spool: &Path, paths: &[PathBuf], as_json: bool) -> anyhow::Result<Answer> {
    if !paths.is_empty() {
        return report(checked(spool, paths)?, as_json);
    }
    if Spool::at(spool).offices_file().is_file() {
        return report(checked(spool, &of_spool(spool))?, as_json);
    }
    talk(format_args!("there is no spool at {}: the shipped definitions are checked", spool.display()));
    let scratch = Scratch::new()?;
    scenario::lay_out(scratch.path())?;
    report(checked(scratch.path(), &of_spool(scratch.path()))?, as_json)
}

fn of_spool(root: &Path) -> Vec<PathBuf> {
    let spool = Spool::at(root);
    let files = [
        spool.offices_file(),
        root.join("banwen.yaml"),
        spool.calendar_file(),
        spool.calendars(),
        spool.workflows(),
        spool.templates(),
    ];
    files.into_iter().filter(|p| p.exists()).collect()
}

fn checked(spool: &Path, paths: &[PathBuf]) -> anyhow::Result<Found> {
    let mut found = Found::default();
    for path in paths {
        if !path.exists() {
            return Err(anyhow!("there is no file or folder {}", path.display()));
        }
        take(&mut found, path, 0, true)?;
    }
    beside(&mut found, spool)?;
    counted_by(&mut found)?;
    words(&mut found)?;
    templates(&mut found);
    deploy(&mut found);
    let asked: Vec<Diagnostic> = std::mem::take(&mut found.problems);
    found.problems = asked.into_iter().map(|p| mapped(p, &found.shared)).collect();
    found.problems.sort_by(|a, b| (&a.place, a.kind, &a.message).cmp(&(&b.place, b.kind, &b.message)));
    found.problems.dedup();
    Ok(found)
}

/// Takes a file, or what is in a folder; problems of files nobody asked about are left out.
fn take(found: &mut Found, path: &Path, depth: usize, asked: bool) -> anyhow::Result<()> {
    if path.is_dir() {
        for name in files::list(path)?.into_iter().filter(|n| !n.to_string_lossy().starts_with('.')) {
            let inner = path.join(&name);
            if depth < DEPTH_MAX && (inner.is_dir() || is_ours(&inner)) {
                take(found, &inner, depth + 1, asked)?;
            }
        }
        return Ok(());
    }
    if !found.files.insert(path.to_path_buf()) {
        return Ok(());
    }
    if path.extension().is_some_and(|end| end == "docx") {
        found.words.insert(path.to_path_buf(), asked);
        // what stands beside it is read with it
        let front = path.with_extension("md");
        return if front.is_file() { take(found, &front, depth, asked) } else { Ok(()) };
    }
    let shown = path.display().to_string();
    let text = files::read_at_most(path, TEXT_BYTES_MAX)?.map(String::from_utf8);
    let problems = match text {
        Some(Ok(text)) => read(found, path, &shown, text, asked),
        Some(Err(_)) => vec![whole(&shown, "the file is not UTF-8".to_string())],
        None => vec![whole(&shown, format!("the file is longer than {TEXT_BYTES_MAX} bytes"))],
    };
    if asked {
        found.problems.extend(problems);
    }
    Ok(())
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ours = [".yaml", ".yml", ".md", ".docx"].iter().any(|end| name.ends_with(end)) && !name.starts_with("~$");
    ours || name == "calendar.csv" || is_regional(path)
}

/// Whether a file has a region's own days: those lie in a folder of their own.
fn is_regional(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    folder.is_some_and(|name| name == "calendars") && path.extension().is_some_and(|end| end == "csv")
}

fn whole(path: &str, message: String) -> Diagnostic {
    let place = Place { path: path.to_string(), line: 0, column: 0 };
    Diagnostic { kind: "bad-yaml", severity: Severity::Error, place, message, hint: None }
}

/// Reads one text; a workflow and a template are judged later, when all they name is known.
fn read(found: &mut Found, path: &Path, shown: &str, text: String, asked: bool) -> Vec<Diagnostic> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(stem) = name.strip_suffix(".md") {
        let named = format!("templates/{stem}.md");
        if asked {
            found.templates.insert(named.clone());
        }
        found.shared.insert(named, (path.to_path_buf(), text));
        return Vec::new();
    }
    if is_regional(path) {
        let own = Calendar::parse_region(shown, &text);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return own.map(|own| drop(found.regions.insert(stem, own))).err().unwrap_or_default();
    }
    if name.ends_with(".csv") {
        return Calendar::parse(shown, &text).map(|c| found.calendar = Some(c)).err().unwrap_or_default();
    }
    if name == "banwen.yaml" {
        return config::read(shown, &text).err().unwrap_or_default();
    }
    if text.trim_start().starts_with("scenario:") || text.contains("\nscenario:") {
        return scenario::parse(shown, &text).err().unwrap_or_default();
    }
    let (parsed, problems) = parse::read(shown, &text);
    match parsed {
        Some(Parsed::Workflow(_)) => drop(found.workflows.insert(path.to_path_buf(), text)),
        Some(Parsed::Register(register)) => {
            drop(found.shared.insert(format!("registers/{}.yaml", register.name), (path.to_path_buf(), text)));
        }
        Some(Parsed::Offices(offices)) => {
            found.offices = Some(offices.on(Clock::machine().now().date()));
            found.town = asked.then(|| (shown.to_string(), text));
        }
        None => {}
    }
    problems
}

/// Reads the Word templates; what a closure keeps of one takes the place of its front matter.
fn words(found: &mut Found) -> anyhow::Result<()> {
    for (path, asked) in std::mem::take(&mut found.words) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (key, shown) = (format!("templates/{stem}.md"), path.display().to_string());
        let read = match (found.shared.get(&key), files::read_at_most(&path, TEMPLATE_BYTES_MAX as u64)?) {
            (Some((_, front)), Some(bytes)) => {
                let read = WordTemplate::read(&stem, &shown, front, &bytes);
                // the names it reads are told with the rest
                let partly = read.as_ref().err().and_then(|_| WordTemplate::partly(front, &bytes));
                found.shared.extend(partly.map(|text| (key.clone(), (path.with_extension("md"), text))));
                read
            }
            (Some(_), None) => Err(vec![too_long(&shown)]),
            (None, _) => Err(vec![alone(&shown, &stem)]),
        };
        match read {
            Ok(template) => drop(found.shared.insert(key, (path.with_extension("md"), template.source().to_string()))),
            Err(problems) => found.problems.extend(problems.into_iter().filter(|_| asked)),
        }
    }
    Ok(())
}

/// What stands beside a workflow: registers in its folder, templates and offices in the spool around it; what stands in
/// neither is looked for in the spool of `--spool`. Their own problems were not asked about, but what a workflow names there
/// must be known.
fn beside(found: &mut Found, spool: &Path) -> anyhow::Result<()> {
    let folders: BTreeSet<PathBuf> = found.workflows.keys().filter_map(|p| p.parent().map(Path::to_path_buf)).collect();
    let asked = (found.workflows.clone(), found.shared.clone());
    let spool = Spool::at(spool);
    for path in [spool.workflows(), spool.templates()] {
        if !folders.is_empty() && path.exists() {
            take(found, &path, DEPTH_MAX - 1, false)?;
        }
    }
    for folder in folders {
        let around = folder.join("..");
        let near = [folder.clone(), folder.join("templates"), around.join("templates"), around.join("offices.yaml")];
        let dated = [spool.offices_file(), around.join("calendar.csv"), spool.calendar_file()];
        for path in near.into_iter().chain(dated).chain(systems_beside(&folder)?) {
            let wanted = match path.file_name().and_then(|n| n.to_str()) {
                Some("offices.yaml") => found.offices.is_none(),
                Some("calendar.csv") => found.calendar.is_none(),
                Some(_) | None => true,
            };
            if wanted && path.exists() {
                take(found, &path, DEPTH_MAX - 1, false)?;
            }
        }
    }
    found.beside = std::mem::replace(&mut found.workflows, asked.0);
    found.shared.extend(asked.1);
    Ok(())
}

/// The folders of other systems: in `workflows/` each may have one of its own, and their definitions name each other.
fn systems_beside(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let parent = folder.parent().filter(|p| p.file_name().is_some_and(|name| name == "workflows"));
    let Some(parent) = parent else { return Ok(Vec::new()) };
    let names = files::list(parent)?.into_iter().map(|name| parent.join(name));
    Ok(names.filter(|path| path.is_dir() && path != folder).collect())
}

/// Reads the templates asked about, with the pieces they include. What lacks front matter and is included somewhere is a
/// piece; that it can be read is seen where it is included.
fn templates(found: &mut Found) {
    let files: BTreeMap<String, String> =
        found.shared.iter().map(|(name, (_, text))| (name.clone(), text.clone())).collect();
    let included: BTreeSet<String> =
        files.values().flat_map(|text| pieces::included(text)).filter_map(|it| it.piece).collect();
    for name in &found.templates {
        let Some((path, text)) = found.shared.get(name) else { continue };
        // beside a Word file it is that file's front matter, and was read with it
        if path.with_extension("docx").is_file() {
            continue;
        }
        let stem = name.trim_start_matches("templates/").trim_end_matches(".md");
        if pieces::is_whole(text) || !included.contains(stem) {
            let read = Template::parse(&path.display().to_string(), &pieces::linked(text, &files));
            found.problems.extend(read.err().unwrap_or_default());
        }
    }
}

/// The calendars the offices count by: those beside the offices file that was asked about.
fn counted_by(found: &mut Found) -> anyhow::Result<()> {
    let Some((path, text)) = found.town.clone() else { return Ok(()) };
    let folder = Path::new(&path).with_file_name("calendars");
    if folder.is_dir() {
        take(found, &folder, DEPTH_MAX - 1, false)?;
    }
    let regions = found.regions.iter();
    let calendar = regions.fold(national(found), |calendar, (name, own)| calendar.with_region(name, own));
    let offices = found.offices.iter();
    let unknown: Vec<Diagnostic> = offices.flat_map(|o| unknown_calendars(&path, &text, o, &calendar)).collect();
    found.problems.extend(unknown);
    Ok(())
}

fn national(found: &Found) -> Calendar {
    found.calendar.as_ref().map_or_else(|| Calendar::shipped().clone(), |own| Calendar::shipped().overlay(own))
}

fn deploy(found: &mut Found) {
    let calendar = national(found);
    let mut problems = Vec::new();
    let named = |(path, text): (&PathBuf, &String)| match parse::read(&path.display().to_string(), text).0 {
        Some(Parsed::Workflow(workflow)) => Some(*workflow),
        Some(Parsed::Register(_) | Parsed::Offices(_)) | None => None,
    };
    let mut known: Vec<Workflow> = found.workflows.iter().filter_map(named).collect();
    // what was asked about takes the place of what a spool has of its name
    let beside: Vec<Workflow> = found.beside.iter().filter_map(named).collect();
    known.extend(
        beside.into_iter().filter(|other| !known.iter().any(|asked| asked.name == other.name)).collect::<Vec<_>>(),
    );
    for (path, text) in &found.workflows {
        let mut all: BTreeMap<String, String> =
            found.shared.iter().map(|(name, (_, text))| (name.clone(), text.clone())).collect();
        all.insert("workflow.yaml".to_string(), text.clone());
        let (path, years) = (path.display().to_string(), calendar.official_years());
        match check::deploy_among(&path, &all, found.offices.as_ref(), years, Some(&known)) {
            Ok(deployed) => {
                problems.extend(deployed.warnings);
                problems.extend(check::never_used(&deployed.closure.workflow, &all));
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    found.problems.extend(problems);
}

/// The place as the operator knows it: a closure's names are not paths of the disk.
fn mapped(mut problem: Diagnostic, shared: &BTreeMap<String, (PathBuf, String)>) -> Diagnostic {
    if let Some((path, _)) = shared.get(&problem.place.path) {
        problem.place.path = path.display().to_string();
    } else if let Some((stem, words)) = problem.place.path.split_once(".docx ")
        && let Some((path, _)) = shared.get(&format!("{stem}.md"))
    {
        problem.place.path = format!("{} {words}", path.with_extension("docx").display());
    }
    problem
}

fn report(found: Found, as_json: bool) -> anyhow::Result<Answer> {
    let count = |severity: Severity| found.problems.iter().filter(|p| p.severity == severity).count();
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    if as_json {
        let problems = found.problems.iter().map(|p| {
            json!({
                "path": p.place.path, "line": p.place.line, "column": p.place.column,
                "severity": p.severity.word(), "kind": p.kind, "message": p.message, "hint": p.hint,
            })
        });
        let problems: Vec<_> = problems.collect();
        let told = json!({ "files": found.files.len(), "errors": errors, "warnings": warnings, "notes": notes, "problems": problems });
        data(serde_json::to_string_pretty(&told)?);
        return Ok(Answer::of(errors == 0));
    }
    for problem in &found.problems {
        data(problem);
    }
    talk(format_args!("{} files, {errors} errors, {warnings} warnings, {notes} notes", found.files.len()));
    // errors are looked at first, wherever they stand
    if let Some(first) = found.problems.iter().min_by_key(|problem| problem.severity) {
        talk(format_args!("`banwen explain {}` tells more about the first", first.kind));
    }
    Ok(Answer::of(errors == 0))
}
