//! Makes the closure a case runs by: definition, registers and templates, with the digest of them all.

use super::spots::{place_in, tag_at, with_tag};
use super::{Around, Asked, BareValue, Checker, Makes, TemplatePaths, check, computed, documents, reading};
use crate::diag::{Diagnostic, Place, Severity};
use crate::workflow::offices::Offices;
use crate::workflow::parse::{self, Parsed};
use crate::workflow::rule::{Made, Mention, Reading, pieces};
use crate::workflow::{Closure, Register, Verb, Workflow, rule, word_file};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Version of the definition language; part of every digest.
pub const LANGUAGE_VERSION: &str = "banwen-language/1";

/// What deploying gives.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// what a case runs by
    pub closure: Closure,
    /// what the writer is told although it is taken
    pub warnings: Vec<Diagnostic>,
}

/// Leaves out that a text is no template where its own reader says what cannot be read in it.
pub fn told_once(problems: &mut Vec<Diagnostic>) {
    let told =
        |path: &str, by: &[Diagnostic]| by.iter().any(|it| it.kind == "template-syntax" && it.place.path == path);
    let all = problems.clone();
    problems.retain(|it| it.kind != "template-malformed" || !told(&it.place.path, &all));
}

/// Every template a definition names, each once.
pub fn templates_of(workflow: &Workflow) -> Vec<String> {
    documents::templates_of(workflow)
}

/// Checks a definition with all it names and makes its closure. `files`: `workflow.yaml`, `registers/NAME.yaml`,
/// `templates/NAME.md`; what the definition does not name, nor a template of it includes, is left out of the closure. `path` stands for `workflow.yaml` in
/// the places. `years` have an official calendar.
///
/// # Errors
/// Every problem of the definition, its registers and its templates; warnings among them.
pub fn deploy(
    path: &str,
    files: &BTreeMap<String, String>,
    offices: Option<&Offices>,
    years: &[i32],
) -> Result<Deployed, Vec<Diagnostic>> {
    deploy_among(path, files, offices, years, None)
}

/// [`deploy`] of a definition that stands among others: `beside` are they all, itself among them, as far as they can be read.
///
/// # Errors
/// As [`deploy`], and what is wrong with the cases it opens, counts, or is opened from.
pub fn deploy_among(
    path: &str,
    files: &BTreeMap<String, String>,
    offices: Option<&Offices>,
    years: &[i32],
    beside: Option<&[Workflow]>,
) -> Result<Deployed, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let text = files.get("workflow.yaml").map(String::as_str).unwrap_or_default();
    let (parsed, found) = parse::read(path, text);
    problems.extend(found);
    let registers = registers(files, &mut problems);
    let workflow = match parsed {
        Some(Parsed::Workflow(workflow)) => Some(*workflow),
        Some(Parsed::Register(_) | Parsed::Offices(_)) => {
            problems.push(not_a_workflow(path));
            None
        }
        None => None,
    };
    let Some(mut workflow) = workflow else { return Err(problems) };
    let read = templates(files, &workflow);
    problems.extend(read.problems.iter().cloned());
    let paths = |name: &str| read.paths.get(name).cloned();
    let asks = |name: &str, path: &[String]| read.asks(name, path);
    let makes = |name: &str| read.makes.get(name).cloned().unwrap_or_default();
    let bare = |name: &str| read.bare.get(name).cloned().unwrap_or_default();
    let around = Around {
        registers: &registers,
        templates: &paths,
        asks: &asks,
        makes: &makes,
        bare: &bare,
        offices,
        years,
        beside,
    };
    problems.extend(taken(path, &workflow, beside));
    problems.extend(check(&mut workflow, &around));
    problems.iter_mut().for_each(|problem| with_tag(problem, &read.tags));
    let registers = named(&workflow, registers);
    problems.extend(registers.values().flat_map(computed::of_register));
    if problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(problems);
    }
    let sources = sources(files, &workflow, &registers);
    let digest = digest(&sources);
    Ok(Deployed { closure: Closure { digest, workflow, registers, sources }, warnings: problems })
}

/// What a definition has people enter that no template, rule, action or table of it reads: a note each, of `STAGE.FIELD` or
/// `TYPE.FIELD`. It may be meant for the archive alone, so deploying says nothing of it. `files` as for [`deploy`].
pub fn never_used(workflow: &Workflow, files: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let registers = registers(files, &mut Vec::new());
    let read = templates(files, workflow);
    let paths = |name: &str| read.paths.get(name).cloned();
    let asks = |name: &str, path: &[String]| read.asks(name, path);
    let around = Around::read_alone(&registers, &paths, &asks);
    let found =
        reading::never_used(&Checker { workflow, around: &around, sealed: &workflow.sealed(), problems: Vec::new() });
    let note = |(place, name): (Place, String)| Diagnostic {
        kind: "field-never-read",
        severity: Severity::Note,
        place,
        message: format!("no template, rule, action or table reads what is entered as `{name}`"),
        hint: Some("it is kept with the case; if nobody needs it, take it out of the form".to_owned()),
    };
    found.into_iter().map(note).collect()
}

/// The closure of sources that were deployed before, as [`Closure::sources`] kept them. What a later version would refuse
/// or warn of is no reason to leave a running case without its definition, so only what cannot be read is an error.
///
/// # Errors
/// Every problem of reading.
pub fn reload(sources: &BTreeMap<String, String>) -> Result<Closure, Vec<Diagnostic>> {
    let text = sources.get("workflow.yaml").map(String::as_str).unwrap_or_default();
    let (parsed, mut problems) = parse::read("workflow.yaml", text);
    let registers = registers(sources, &mut problems);
    let Some(Parsed::Workflow(mut workflow)) = parsed else {
        problems.push(not_a_workflow("workflow.yaml"));
        return Err(problems);
    };
    if problems.iter().any(|p| p.severity == Severity::Error) {
        return Err(problems);
    }
    // what the check says was heeded when this was deployed; it is run for the stages of the rules it fills in
    let (paths, asks) = (|_: &str| Some(Vec::new()), |_: &str, _: &[String]| Asked::default());
    let around = Around::read_alone(&registers, &paths, &asks);
    let _ = check(&mut workflow, &around);
    Ok(Closure { digest: digest(sources), workflow: *workflow, registers, sources: sources.clone() })
}

/// Another file beside this one has a workflow of its name, and one of the two would silently be the one in force.
fn taken(path: &str, workflow: &Workflow, beside: Option<&[Workflow]>) -> Option<Diagnostic> {
    let of_name = |other: &&Workflow| other.name == workflow.name && other.place.path != path;
    let other = beside?.iter().find(of_name)?;
    Some(Diagnostic {
        kind: "workflow-name-taken",
        severity: Severity::Error,
        place: workflow.place.clone(),
        message: format!(
            "`{}` is the workflow of {} too, and one of the two would not be in force",
            workflow.name, other.place.path
        ),
        hint: Some("rename one of them, or take the file away: a copy that is kept stands elsewhere".to_owned()),
    })
}

fn not_a_workflow(path: &str) -> Diagnostic {
    Diagnostic {
        kind: "unknown-key",
        severity: Severity::Error,
        place: Place { path: path.to_owned(), line: 1, column: 1 },
        message: "this file is no workflow".to_owned(),
        hint: Some("only a file that begins with `workflow: NAME` is deployed".to_owned()),
    }
}

fn registers(files: &BTreeMap<String, String>, problems: &mut Vec<Diagnostic>) -> IndexMap<String, Register> {
    let mut found = IndexMap::new();
    for (path, text) in files.iter().filter(|(p, _)| p.starts_with("registers/")) {
        let (parsed, wrong) = parse::read(path, text);
        problems.extend(wrong);
        if let Some(Parsed::Register(register)) = parsed {
            found.insert(register.name.clone(), register);
        }
    }
    found
}

/// What templates read, by their names.
#[derive(Default)]
struct Read {
    paths: BTreeMap<String, TemplatePaths>,
    /// what they ask of each
    asked: BTreeMap<String, BTreeMap<Vec<String>, Asked>>,
    makes: BTreeMap<String, Makes>,
    /// what they take for granted
    bare: BTreeMap<String, Vec<BareValue>>,
    /// the tags of Word files
    tags: BTreeMap<Place, String>,
    problems: Vec<Diagnostic>,
}

impl Read {
    fn asks(&self, name: &str, path: &[String]) -> Asked {
        self.asked.get(name).and_then(|asked| asked.get(path)).copied().unwrap_or_default()
    }
}

fn templates(files: &BTreeMap<String, String>, workflow: &Workflow) -> Read {
    let mut all = Read::default();
    for name in templates_of(workflow) {
        let path = format!("templates/{name}.md");
        let Some(text) = files.get(&path) else { continue };
        all.problems.extend(pieces::reached(text, files).1.into_iter().map(|fault| of_include(&path, fault)));
        let tags = &mut all.tags;
        let mut place = |piece: &str, line: usize, column: usize| {
            if !piece.is_empty() {
                return Place { path: of_piece(&path, piece), line, column };
            }
            let place = place_in(&name, text, line, column);
            let tag = (place.line != line).then(|| tag_at(text.lines().nth(line - 1).unwrap_or_default(), column));
            tags.extend(tag.flatten().map(|tag| (place.clone(), tag)));
            place
        };
        let read = rule::read(&pieces::linked(text, files)).unwrap_or_else(|error| {
            all.problems.push(Diagnostic {
                kind: "template-malformed",
                severity: Severity::Error,
                place: place(&error.piece, error.line, 1),
                message: format!("this is not a template: {}", error.message),
                hint: Some("look at the `{{ … }}` and `{% … %}` of this line".to_owned()),
            });
            Reading::default()
        });
        let unread = unread(&name, read.unread, files);
        all.problems
            .extend(unread.into_iter().map(|made| of_unread(&made, place(&made.piece, made.line, made.column))));
        // of a Word file it is told, tag by tag, when it is read
        let mistakes = read.mistakes.into_iter().filter(|_| word_file(text).is_none());
        all.problems.extend(mistakes.map(|it| Diagnostic {
            kind: it.kind,
            severity: Severity::Error,
            place: place(&it.piece, it.line, it.column),
            message: it.message,
            hint: Some(it.hint),
        }));
        all.makes.insert(name.clone(), made_by(text));
        let of = |m: &Mention| Asked {
            optional: m.optional,
            depth: m.asked,
            conditional: m.conditional,
            perhaps: m.perhaps,
        };
        all.asked.insert(name.clone(), read.mentions.iter().map(|m| (m.path.clone(), of(m))).collect());
        let bare = read.bare.into_iter().map(|it| {
            let place = place(&it.piece, it.line, it.column);
            BareValue { path: it.path, how: it.how, conditional: it.conditional, place }
        });
        all.bare.insert(name.clone(), bare.collect());
        let paths = read.mentions.into_iter().map(|m| (m.path, place(&m.piece, m.line, m.column))).collect();
        all.paths.insert(name, paths);
    }
    all
}

/// What the front matter of a template says it makes.
fn made_by(text: &str) -> Makes {
    let front = text.lines().skip(1).take_while(|line| line.trim_end() != "---");
    let keys: Vec<(&str, &str)> = front.filter_map(|line| line.split_once(':')).collect();
    let value = |name: &str| keys.iter().find(|(key, _)| key.trim() == name).map_or("", |(_, value)| value.trim());
    Makes { kind: value("文种").to_owned(), layout: value("版式").to_owned() }
}

/// What a template makes and nothing reads. What a piece makes may be for another template that reaches it.
fn unread(name: &str, mut found: Vec<Made>, files: &BTreeMap<String, String>) -> Vec<Made> {
    let own = format!("templates/{name}.md");
    for other in
        files.iter().filter(|(path, text)| path.starts_with("templates/") && **path != own && pieces::is_whole(text))
    {
        if found.iter().all(|made| made.piece.is_empty()) {
            break;
        }
        let reached = pieces::reached(other.1, files).0;
        let unread = rule::text_unread(&pieces::linked(other.1, files));
        found.retain(|made| made.piece.is_empty() || !reached.contains_key(&made.piece) || unread.contains(made));
    }
    found
}

fn of_unread(made: &Made, place: Place) -> Diagnostic {
    Diagnostic {
        kind: "template-variable-unused",
        severity: Severity::Warning,
        place,
        message: format!("nothing reads the {} `{}`", made.what, made.name),
        hint: Some(match made.what {
            "loop variable" => format!("read it: `{{{{ {0} }}}}`, or call it `_{0}`", made.name),
            _ => format!("take it out, or read it: `{{{{ {} }}}}`", made.name),
        }),
    }
}

/// The file a piece stands in, or the template itself.
fn of_piece(template: &str, piece: &str) -> String {
    if piece.is_empty() { template.to_owned() } else { format!("templates/{piece}.md") }
}

/// An include that cannot be followed.
fn of_include(template: &str, fault: pieces::Fault) -> Diagnostic {
    Diagnostic {
        kind: "template-include",
        severity: Severity::Error,
        place: Place { path: of_piece(template, &fault.piece), line: fault.line, column: fault.column },
        message: fault.message,
        hint: Some(fault.hint),
    }
}

/// The registers a definition names.
fn named(workflow: &Workflow, registers: IndexMap<String, Register>) -> IndexMap<String, Register> {
    let sources = workflow.rules.iter().flat_map(|r| std::iter::once(&r.test).chain(&r.when));
    let outcomes = workflow.stages.iter().flat_map(|s| s.outcomes.values());
    let sources = sources.chain(outcomes.filter_map(|o| o.when.as_ref()));
    let sources = sources.chain(workflow.stages.iter().flat_map(|s| s.when.iter().chain(s.counting_expressions())));
    let mut names: Vec<String> = sources.flat_map(|e| rule::names(&e.source)).collect();
    for action in workflow.stages.iter().flat_map(|s| s.all_actions()) {
        names.extend(action.when.iter().flat_map(|e| rule::names(&e.source)));
        match &action.verb {
            Verb::Enter(register, with) => {
                names.push(register.clone());
                names.extend(with.values().flat_map(|e| rule::names(&e.source)));
            }
            Verb::Leave(register, _) => names.push(register.clone()),
            Verb::Ask(_) | Verb::Clock(_) | Verb::Tell(_) => {}
            Verb::Open(open) => names.extend(open.expressions().flat_map(|e| rule::names(&e.source))),
            Verb::Set(with) => names.extend(with.values().flat_map(|e| rule::names(&e.source))),
        }
    }
    for stage in &workflow.stages {
        if let crate::workflow::From::Register(register, filter) = &stage.from {
            names.push(register.clone());
            names.extend(filter.iter().flat_map(|e| rule::names(&e.source)));
        }
    }
    for table in workflow.tables.values() {
        if let crate::workflow::TableFrom::Register(register) = &table.from {
            names.push(register.clone());
        }
        names.extend(table.sources().into_iter().flat_map(rule::names));
    }
    let computed = workflow.items.values().flat_map(|i| i.fields.values()).filter_map(|f| f.is.as_ref());
    names.extend(computed.flat_map(|e| rule::names(&e.source)));
    registers.into_iter().filter(|(name, _)| names.contains(name)).collect()
}

fn sources(
    files: &BTreeMap<String, String>,
    workflow: &Workflow,
    registers: &IndexMap<String, Register>,
) -> BTreeMap<String, String> {
    let whole: Vec<String> = templates_of(workflow).into_iter().map(|t| format!("templates/{t}.md")).collect();
    let included = whole.iter().filter_map(|path| files.get(path)).flat_map(|text| pieces::reached(text, files).0);
    let included: Vec<String> = included.map(|(name, _)| format!("templates/{name}.md")).collect();
    // a register's file may be called otherwise than the register; in the closure it has its name
    let mut found: BTreeMap<String, String> = std::iter::once("workflow.yaml".to_owned())
        .chain(whole)
        .chain(included)
        .filter_map(|name| files.get(&name).map(|text| (name, text.clone())))
        .collect();
    for (name, register) in registers {
        if let Some(text) = files.get(&register.place.path) {
            found.insert(format!("registers/{name}.yaml"), text.clone());
        }
    }
    found
}

/// sha-256 over the language version and, sorted by name, every source with its length.
fn digest(sources: &BTreeMap<String, String>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(LANGUAGE_VERSION);
    for (name, text) in sources {
        hasher.update(format!("\n{name} {}\n", text.len()));
        hasher.update(text);
    }
    hasher.finalize().iter().fold(String::new(), |mut hex, byte| {
        // writing to a text cannot fail
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
