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
use crate::engine::{alone, nearest, scenario, too_long};
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
    /// registers by the name a closure gives them: path, text
    registers: BTreeMap<String, (PathBuf, String)>,
    /// templates by path: text
    templates: BTreeMap<PathBuf, String>,
    /// their paths as they were found
    order: Vec<PathBuf>,
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
    /// templates that were asked about
    papers: BTreeSet<PathBuf>,
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
    found.problems.sort_by(|a, b| (&a.place, a.kind, &a.message).cmp(&(&b.place, b.kind, &b.message)));
    found.problems.dedup();
    check::told_once(&mut found.problems);
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
    // one file may be come upon by two ways
    if !found.files.insert(path.canonicalize().unwrap_or_else(|_| path.to_path_buf())) {
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
    if name.ends_with(".md") {
        found.papers.extend(asked.then(|| path.to_path_buf()));
        found.order.push(path.to_path_buf());
        found.templates.insert(path.to_path_buf(), text);
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
            drop(found.registers.insert(format!("registers/{}.yaml", register.name), (path.to_path_buf(), text)));
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
        let (front_path, shown) = (path.with_extension("md"), path.display().to_string());
        let read = match (found.templates.get(&front_path), files::read_at_most(&path, TEMPLATE_BYTES_MAX as u64)?) {
            (Some(front), Some(bytes)) => {
                let read = WordTemplate::read(&stem, &shown, front, &bytes);
                // the names it reads are told with the rest
                let partly = read.as_ref().err().and_then(|_| WordTemplate::partly(front, &bytes));
                found.templates.extend(partly.map(|text| (front_path.clone(), text)));
                read
            }
            (Some(_), None) => Err(vec![too_long(&shown)]),
            (None, _) => Err(vec![alone(&shown, &stem)]),
        };
        match read {
            Ok(template) => drop(found.templates.insert(front_path, template.source().to_string())),
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
    let asked = (found.workflows.clone(), found.registers.clone());
    let spool = Spool::at(spool);
    for path in [spool.workflows(), spool.templates()] {
        if !folders.is_empty() && path.exists() {
            take(found, &path, DEPTH_MAX - 2, false)?;
        }
    }
    for folder in folders {
        let around = folder.join("..");
        let roots =
            [around.clone(), around.join("..")].into_iter().take(if systems(&folder).is_some() { 2 } else { 1 });
        let roots: Vec<PathBuf> = roots.collect();
        let near = [folder.clone(), folder.join("templates")].into_iter();
        let near = near.chain(roots.iter().map(|root| root.join("templates")));
        let dated = |name: &'static str| roots.iter().map(move |root| root.join(name));
        let dated = dated("offices.yaml").chain([spool.offices_file()]).chain(dated("calendar.csv"));
        let dated = dated.chain([spool.calendar_file()]);
        for path in near.chain(dated).chain(systems_beside(&folder)?) {
            let (wanted, depth) = match path.file_name().and_then(|n| n.to_str()) {
                Some("offices.yaml") => (found.offices.is_none(), DEPTH_MAX),
                Some("calendar.csv") => (found.calendar.is_none(), DEPTH_MAX),
                Some("templates") => (true, DEPTH_MAX - 2),
                Some(_) | None => (true, DEPTH_MAX - 1),
            };
            if wanted && path.exists() {
                take(found, &path, depth, false)?;
            }
        }
    }
    found.beside = std::mem::replace(&mut found.workflows, asked.0);
    found.registers.extend(asked.1);
    Ok(())
}

/// The folder of definitions in which this one is a system's own.
fn systems(folder: &Path) -> Option<&Path> {
    folder.parent().filter(|p| p.file_name().is_some_and(|name| name == "workflows"))
}

/// The folders of other systems: in `workflows/` each may have one of its own, and their definitions name each other.
fn systems_beside(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let Some(parent) = systems(folder) else { return Ok(Vec::new()) };
    let names = files::list(parent)?.into_iter().map(|name| parent.join(name));
    Ok(names.filter(|path| path.is_dir() && path != folder).collect())
}

/// Reads the templates asked about, with the pieces they include. What lacks front matter and is included somewhere is a
/// piece; that it can be read is seen where it is included.
fn templates(found: &mut Found) {
    let included: BTreeSet<String> =
        found.templates.values().flat_map(|text| pieces::included(text)).filter_map(|it| it.piece).collect();
    let mut problems = Vec::new();
    for path in &found.papers {
        let Some(text) = found.templates.get(path) else { continue };
        // beside a Word file it is that file's front matter, and was read with it
        if path.with_extension("docx").is_file() {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if pieces::is_whole(text) || !included.contains(stem.as_ref()) {
            let near = meant(found, path);
            let read = Template::parse(&path.display().to_string(), &pieces::linked(text, &texts(&near)));
            problems.extend(read.err().unwrap_or_default().into_iter().map(|problem| mapped(problem, &near)));
        }
    }
    found.problems.extend(problems);
}

/// What a definition or template means by the names a closure gives: path, text. What was asked about goes before others that
/// lie as near.
fn meant(found: &Found, definition: &Path) -> BTreeMap<String, (PathBuf, String)> {
    let (asked, others): (Vec<&PathBuf>, Vec<&PathBuf>) = found.order.iter().partition(|it| found.papers.contains(*it));
    let mut near = nearest(definition, asked.iter().copied().map(PathBuf::as_path));
    near.extend(nearest(definition, others.into_iter().chain(asked).map(PathBuf::as_path)));
    let named = |(name, path): (String, &Path)| {
        Some((format!("templates/{name}.md"), (path.to_path_buf(), found.templates.get(path)?.clone())))
    };
    near.into_iter().filter_map(named).chain(found.registers.clone()).collect()
}

fn texts(files: &BTreeMap<String, (PathBuf, String)>) -> BTreeMap<String, String> {
    files.iter().map(|(name, (_, text))| (name.clone(), text.clone())).collect()
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
        let near = meant(found, path);
        let mut all = texts(&near);
        all.insert("workflow.yaml".to_string(), text.clone());
        let (path, years) = (path.display().to_string(), calendar.official_years());
        let told = match check::deploy_among(&path, &all, found.offices.as_ref(), years, Some(&known)) {
            Ok(deployed) => {
                let unused = check::never_used(&deployed.closure.workflow, &all);
                deployed.warnings.into_iter().chain(unused).collect()
            }
            Err(wrong) => wrong,
        };
        problems.extend(told.into_iter().map(|problem| mapped(problem, &near)));
    }
    found.problems.extend(problems);
}

/// The place as the operator knows it: a closure's names are not paths of the disk.
fn mapped(mut problem: Diagnostic, near: &BTreeMap<String, (PathBuf, String)>) -> Diagnostic {
    if let Some((path, _)) = near.get(&problem.place.path) {
        problem.place.path = path.display().to_string();
    } else if let Some((stem, words)) = problem.place.path.split_once(".docx ")
        && let Some((path, _)) = near.get(&format!("{stem}.md"))
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
