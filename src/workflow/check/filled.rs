//! What a template reads of what its paper is given, and what of it nothing fills, or may not be there.

use super::given::{Given, Holds, Made, Missing, Paper};
use super::{BareValue, Checker, TemplatePaths, reading};
use crate::diag::{Place, Severity};
use crate::submission::Type;
use crate::workflow::rule::How;
use crate::workflow::{Field, Workflow};
use std::collections::BTreeSet;

/// What a template reads; reports that it is missing, what it reads that nothing fills, and what may be missing unasked.
pub(super) fn template(checker: &mut Checker<'_>, name: &str, place: &Place, made: Made<'_>) -> Option<TemplatePaths> {
    let Some(paths) = (checker.around.templates)(name) else {
        let message = format!("there is no template `{name}`");
        checker.error("template-missing", place, message, &format!("add templates/{name}.md"));
        return None;
    };
    let paper = Paper::new(checker.workflow, checker.around.offices, made);
    let data = paper.data();
    // of what is read in many ways it is told once
    let mut told_of: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut is_new = |path: &[String]| told_of.insert(path.to_vec());
    for (path, at) in &paths {
        let asked = (checker.around.asks)(name, path);
        match walked(&data, path) {
            // which of several is meant hangs on the case
            Walked::Unknown(..) if asked.perhaps => {}
            // a text that several kinds of papers share asks for what only some of them have
            Walked::Unknown(0, _) if asked.depth > 0 && is_elsewhere(&paper, path) => {}
            Walked::Unknown(read, _) if !is_new(&path[..=read]) => {}
            Walked::Unknown(read, there) => {
                let hint = hint(&paper, path, read, &there);
                let read = told(path, read);
                let message = format!("the template `{name}` reads `{read}`, which nothing fills");
                checker.error("template-variable-unknown", at, message, &hint);
            }
            Walked::Known(missing, _) => {
                let unasked = missing.into_iter().find(|(depth, _)| asked.depth <= *depth);
                if let Some((depth, why)) = unasked.filter(|(depth, _)| is_new(&path[..=*depth])) {
                    absent(checker, at, &told(path, depth), &why, asked.conditional);
                }
            }
        }
    }
    for bare in (checker.around.bare)(name) {
        match walked(&data, &bare.path) {
            Walked::Known(..) if bare.how == How::Plain && is_key(&data, &bare.path) => {}
            Walked::Known(_, given) if bare.how == How::Plain => whole(checker, &bare, given),
            Walked::Known(missing, given) if missing.is_empty() => taken(checker, &bare, given),
            Walked::Known(..) | Walked::Unknown(..) => {}
        }
    }
    // of a table it is shown or not, whatever of its rows is read
    let shown = |path: Vec<String>| match table(checker.workflow, &path) {
        Some(depth) => path.into_iter().take(depth + 1).collect(),
        None => path,
    };
    Some(paths.into_iter().map(|(path, at)| (shown(path), at)).collect())
}

/// A value may be missing. Where a condition may be what excludes that it is read, the writer is told and not stopped.
fn absent(checker: &mut Checker<'_>, at: &Place, read: &str, missing: &Missing, conditional: bool) {
    let severity = if missing.unless || conditional { Severity::Warning } else { Severity::Error };
    let message = format!("`{read}` may be missing: {}", missing.why);
    let hint = format!("ask for it: `{{% if {read} is defined %}}`, or write `|default(\"…\")` behind it");
    checker.add(severity, "value-may-be-missing", at, message, &hint);
}

/// Whether what is read of members under keys may be a key, which is a text: a loop goes through those.
fn is_key(data: &Given, path: &[String]) -> bool {
    let Some((member, of)) = path.split_last() else { return false };
    member == "*" && matches!(walked(data, of), Walked::Known(_, Given { holds: Holds::Keyed(_), .. }))
}

/// A value is printed as it stands that has no text of its own.
fn whole(checker: &mut Checker<'_>, bare: &BareValue, given: &Given) {
    let (mut of, mut members) = (given, false);
    while let Holds::Each(member) = &of.holds {
        (of, members) = (member, true);
    }
    let Holds::Parts(parts) = &of.holds else { return };
    let read = told(&bare.path, bare.path.len());
    let part = parts.keys().find(|name| *name != "id").map(String::as_str).unwrap_or_default();
    let (message, hint) = if members {
        let hint = format!("go through them: `{{% for x in {read} %}}{{{{ x.{part} }}}}{{% endfor %}}`");
        (format!("the members of `{read}` have parts, and no text to print"), hint)
    } else {
        (format!("`{read}` has parts, and no text to print"), format!("name one of them: `{{{{ {read}.{part} }}}}`"))
    };
    checker.error("template-prints-whole", &bare.place, message, &hint);
}

/// What a template takes for granted of a value that is there: that it is not empty, that it is a list.
fn taken(checker: &mut Checker<'_>, bare: &BareValue, given: &Given) {
    let read = told(&bare.path, bare.path.len());
    let (message, hint) = match (&bare.how, &given.blank) {
        (How::Numbered(place), _) => {
            let there = match &given.holds {
                Holds::Parts(parts) => parts.keys().cloned().collect(),
                Holds::One => Vec::new(),
                Holds::Anything | Holds::Each(_) | Holds::Keyed(_) => return,
            };
            let message = format!("`{read}` is no list and has no member `[{place}]`");
            let hint = reading::fitting(place, &there);
            return checker.error("template-variable-unknown", &bare.place, message, &hint);
        }
        (How::PutTo(filter), Some(blank)) => (
            format!("`{read}` may be empty, which `{filter}` does not take: {}", blank.why),
            format!("ask for it: `{{% if {read} %}}{{{{ {read}|{filter} }}}}{{% endif %}}`"),
        ),
        (How::Printed, Some(blank)) if blank.null => (
            format!("`{read}` may have no value: {}", blank.why),
            format!("ask for it: `{{% if {read} %}}`, or write `|default(\"…\")` behind it"),
        ),
        (How::PutTo(_) | How::Printed | How::Plain, _) => return,
    };
    let Some(blank) = &given.blank else { return };
    // where both may be the reason why it is never empty, nothing can be said
    if blank.unless && bare.conditional {
        return;
    }
    let severity = if blank.unless || bare.conditional { Severity::Warning } else { Severity::Error };
    checker.add(severity, "value-may-be-missing", &bare.place, message, &hint);
}

/// A path as far as a depth, as a writer would call it.
fn told(path: &[String], depth: usize) -> String {
    path.get(..=depth).unwrap_or(path).join(".").replace(".*", "")
}

/// Where a path leads.
enum Walked<'a> {
    /// to a name that nothing fills, at this depth, with the names there are
    Unknown(usize, Vec<String>),
    /// to something, with what may be missing on the way
    Known(Vec<(usize, Missing)>, &'a Given),
}

/// What nothing is known of.
static UNKNOWN: Given = Given { holds: Holds::Anything, missing: None, blank: None };

fn walked<'a>(data: &'a Given, path: &[String]) -> Walked<'a> {
    let (mut at, mut missing) = (data, Vec::new());
    for (depth, part) in path.iter().enumerate() {
        let member = part == "*";
        let next = match &at.holds {
            Holds::Anything => return Walked::Known(missing, &UNKNOWN),
            Holds::One if member => return Walked::Known(missing, &UNKNOWN),
            // any of its parts, by a name that is reckoned
            Holds::Parts(_) if member => return Walked::Known(missing, &UNKNOWN),
            Holds::One => return Walked::Unknown(depth, Vec::new()),
            Holds::Parts(parts) => match parts.get(part) {
                Some(next) => next,
                None => return Walked::Unknown(depth, parts.keys().cloned().collect()),
            },
            Holds::Each(of) if member => of,
            Holds::Each(_) => return Walked::Unknown(depth, Vec::new()),
            Holds::Keyed(of) => of,
        };
        missing.extend(next.missing.clone().map(|why| (depth, why)));
        at = next;
    }
    Walked::Known(missing, at)
}

/// What only some papers have, and which.
const ELSEWHERE: [(&str, &str); 7] = [
    ("公示", "only the notice of a stage with a time (`for:`) has it"),
    ("受理", "only a notice has it, of the office in the stage's `by`"),
    ("期间", "only a report of `reports:` has it"),
    ("延期", "only the paper of a clock's `extend` has it"),
    ("更正", "the paper of an extension is never made anew for an error"),
    ("period", "only a case that opens by a schedule has it, and an item of a duty that comes round"),
    ("签发人", "only a report has it: that of a `file` stage, or one of `reports:` with `by`"),
];

/// Whether other papers have what stands at the top under this name: those of another kind, or of one item.
fn is_elsewhere(paper: &Paper<'_>, path: &[String]) -> bool {
    let Some(name) = path.first() else { return false };
    let of_item = || if let Holds::Parts(own) = paper.item().holds { own.contains_key(name) } else { false };
    ELSEWHERE.iter().any(|(other, _)| other == name) || of_item()
}

/// What to write instead: why this paper has not what others have, or what is near.
fn hint(paper: &Paper<'_>, path: &[String], depth: usize, there: &[String]) -> String {
    let workflow = paper.workflow;
    let Some(name) = path.get(depth) else { return String::new() };
    let of_item = |name: &String| workflow.items.values().any(|of| of.fields.contains_key(name));
    let stage = workflow.stage(name);
    let of_several = depth == 0
        && !ELSEWHERE.iter().any(|(other, _)| other == name)
        && !paper.is_of_one()
        && !matches!(paper.made, Made::Report(_));
    if of_several && (of_item(name) || stage.is_some() || ["outcome", "reason", "owner"].contains(&name.as_str())) {
        return format!(
            "the paper is of all items together: read it of each, `{{% for x in items %}}{{{{ x.{name} }}}}{{% endfor %}}`, or make one for each: `each: item`"
        );
    }
    let others = ELSEWHERE.iter().find(|(other, _)| other == name).map(|(_, why)| *why);
    if let Some(others) = others.filter(|_| depth == 0) {
        return others.to_owned();
    }
    if let Some(close) = reading::near(name, there) {
        return format!("did you mean `{close}`?");
    }
    let within = depth.checked_sub(1).and_then(|at| path.get(at)).and_then(|name| workflow.stage(name));
    if let Some(stage) = within.filter(|stage| there.is_empty() && paper.public && !stage.gives(name)) {
        return format!(
            "the public may read nothing of `{0}`: add `{0}.FIELD` to `public:` of the item type",
            stage.name
        );
    }
    if let Some(holder) = workflow.stages.iter().find(|s| s.gives(name)) {
        if within.is_some_and(|under| under.name == holder.name) {
            let listed = format!("{}.{name}", holder.name);
            return match (paper.public, holder.form.case.contains_key(name)) {
                (_, true) => format!("it is said of all items together: write `{listed}` at the top"),
                (true, false) => format!("the public may not read it: add `{listed}` to `public:` of the item type"),
                (false, false) => "it is said of each item: read it in a loop over `items`".to_owned(),
            };
        }
        return format!("what a stage asks stands under its name: write `{}.{name}`", holder.name);
    }
    reading::fitting(name, there)
}

/// The depth at which a path reads a field that is a table.
fn table(workflow: &Workflow, path: &[String]) -> Option<usize> {
    let fields = workflow.items.values().flat_map(|of| of.fields.values());
    let forms = workflow.stages.iter().flat_map(|stage| stage.form.item.values().chain(stage.form.case.values()));
    let tables: Vec<&Field> = fields.chain(forms).filter(|field| matches!(field.kind, Type::Table(..))).collect();
    path.iter().position(|part| tables.iter().any(|field| field.name == *part))
}
