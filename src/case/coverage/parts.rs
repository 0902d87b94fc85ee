//! The parts of a definition that a case can reach.

use crate::deadline::Offset;
use crate::workflow::{Action, ClockDefinition, DocumentDefinition, Outcome, Rule, Stage, Strength, Verb, Workflow};
use std::fmt;

/// A part of a definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// a batch of it opened
    Stage(String),
    /// stage and outcome: something left the stage by it, or is held by it
    Outcome(String, String),
    /// a rule by its name, and what came of it
    Rule(String, Verdict),
    /// whose clock, and which of its rungs
    Clock(String, String),
    /// where it belongs, and the paper: it was issued
    Document(String, String),
    /// where it belongs, and what was done
    Action(String, String),
    /// one of its items came to be
    Side(String),
    /// what is asked, and what was answered
    Question(String, String),
}

/// What came of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// what was accepted kept it
    Held,
    /// a form was refused for it (`ask`: it was asked; `note`: it was remarked)
    Broken,
    /// it was broken with a reason
    Waived,
}

/// A kind of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// stages
    Stage,
    /// outcomes
    Outcome,
    /// rules
    Rule,
    /// clocks
    Clock,
    /// papers
    Document,
    /// actions
    Action,
    /// side types
    Side,
    /// questions
    Question,
}

impl PartKind {
    /// Every kind, in the order they are told.
    pub const ALL: [PartKind; 8] = [
        PartKind::Stage,
        PartKind::Outcome,
        PartKind::Rule,
        PartKind::Clock,
        PartKind::Document,
        PartKind::Action,
        PartKind::Side,
        PartKind::Question,
    ];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            PartKind::Stage => "stage",
            PartKind::Outcome => "outcome",
            PartKind::Rule => "rule",
            PartKind::Clock => "clock",
            PartKind::Document => "document",
            PartKind::Action => "action",
            PartKind::Side => "side type",
            PartKind::Question => "question",
        }
    }
}

impl Part {
    /// Its kind.
    pub fn kind(&self) -> PartKind {
        match self {
            Part::Stage(_) => PartKind::Stage,
            Part::Outcome(..) => PartKind::Outcome,
            Part::Rule(..) => PartKind::Rule,
            Part::Clock(..) => PartKind::Clock,
            Part::Document(..) => PartKind::Document,
            Part::Action(..) => PartKind::Action,
            Part::Side(_) => PartKind::Side,
            Part::Question(..) => PartKind::Question,
        }
    }
}

impl fmt::Display for Part {
    /// Its name without its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Stage(name) | Part::Side(name) => f.write_str(name),
            Part::Outcome(stage, outcome) => write!(f, "{stage} → {outcome}"),
            Part::Rule(rule, verdict) => write!(f, "{rule}: {}", verdict.word()),
            Part::Clock(whose, what)
            | Part::Document(whose, what)
            | Part::Action(whose, what)
            | Part::Question(whose, what) => write!(f, "{whose}: {what}"),
        }
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Held => "held",
            Verdict::Broken => "broken",
            Verdict::Waived => "waived",
        }
    }
}

/// The limit of a stage.
pub(super) const WITHIN: &str = "within";
/// The period of a notice.
pub(super) const FOR: &str = "for";
/// The wait after it.
pub(super) const GRACE: &str = "grace";
/// How long it stays after its end.
pub(super) const KEEP: &str = "keep";
/// The rung of a clock whose time is over.
const OVER: &str = "over";
/// A side item that came after its time.
const LATE: &str = "asked whether to take it late";

/// A rung: a reminder, or the end.
pub(super) fn clock(stage: &Stage, which: &str, reminder: Option<&Offset>) -> Part {
    let rung = reminder.map_or_else(|| OVER.to_string(), |offset| format!("reminder {offset}"));
    Part::Clock(format!("{} {which}", stage.name), rung)
}

/// A rung of a named clock.
pub(super) fn named_clock(clock: &ClockDefinition, reminder: Option<&Offset>) -> Part {
    let rung = reminder.map_or_else(|| OVER.to_string(), |offset| format!("reminder {offset}"));
    Part::Clock(clock.name.clone(), rung)
}

/// The limit by which what an outcome sends back must be there again.
pub(super) fn return_clock(stage: &str, outcome: &str) -> Part {
    Part::Clock(format!("{stage} → {outcome} {WITHIN}"), OVER.to_string())
}

/// How a rule is called: its name and what it says, as most have no name of their own.
pub(super) fn rule(rule: &Rule, verdict: Verdict) -> Part {
    let says = rule.say.as_ref().map(|say| format!(" ({})", say.source)).unwrap_or_default();
    Part::Rule(format!("{}{says}", rule.name), verdict)
}

/// A paper of a stage.
pub(super) fn document(stage: &str, paper: &DocumentDefinition) -> Part {
    let of = if paper.of.is_empty() { String::new() } else { format!(" of {}", paper.of.join(", ")) };
    Part::Document(stage.to_string(), format!("{}{of}", paper.template))
}

/// The notice of a stage.
pub(super) fn notice(stage: &str, template: &str) -> Part {
    Part::Document(stage.to_string(), format!("{template} (notice)"))
}

/// The paper of a schedule.
pub(super) fn report(name: &str, template: &str) -> Part {
    Part::Document(name.to_string(), template.to_string())
}

/// What a stage or one of its outcomes brings about.
pub(super) fn action(stage: &str, outcome: Option<&Outcome>, action: &Action) -> Part {
    let what = match &action.verb {
        Verb::Enter(register, _) => format!("enter {register}"),
        Verb::Leave(register, _) => format!("leave {register}"),
        Verb::Set(facts) => format!("set {}", facts.keys().cloned().collect::<Vec<_>>().join(", ")),
    };
    let of = if action.of.is_empty() { String::new() } else { format!(" of {}", action.of.join(", ")) };
    let place = outcome.map_or_else(|| stage.to_string(), |o| format!("{stage} → {}", o.name));
    Part::Action(place, format!("{what}{of}"))
}

/// The question about a side item that came late.
pub(super) fn late(kind: &str) -> Part {
    Part::Question(kind.to_string(), LATE.to_string())
}

/// An answer to a rule's question.
pub(super) fn answer(rule: &str, answer: &str) -> Part {
    Part::Question(rule.to_string(), format!("answered {answer}"))
}

/// Every part of a definition, kind by kind, in its order.
pub(super) fn of(workflow: &Workflow) -> Vec<Part> {
    let mut parts: Vec<Part> = workflow.stages.iter().map(|s| Part::Stage(s.name.clone())).collect();
    for stage in &workflow.stages {
        parts.extend(stage.outcomes.keys().map(|outcome| Part::Outcome(stage.name.clone(), outcome.clone())));
    }
    parts.extend(workflow.rules.iter().flat_map(|r| verdicts(r).iter().map(|verdict| rule(r, *verdict))));
    parts.extend(workflow.stages.iter().flat_map(clocks));
    for named in workflow.clocks.values() {
        parts.extend(named.remind.iter().map(|offset| named_clock(named, Some(offset))));
        parts.push(named_clock(named, None));
    }
    parts.extend(workflow.stages.iter().flat_map(documents));
    parts.extend(workflow.reports.values().map(|r| report(&r.name, &r.template)));
    parts.extend(workflow.stages.iter().flat_map(actions));
    parts.extend(workflow.items.values().filter(|i| i.about.is_some()).map(|i| Part::Side(i.name.clone())));
    for r in &workflow.rules {
        parts.extend(r.answers.iter().map(|each| answer(&r.name, each)));
    }
    parts.extend(workflow.stages.iter().flat_map(|s| &s.collects).map(|kind| late(kind)));
    let mut seen = std::collections::BTreeSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    parts
}

fn verdicts(rule: &Rule) -> &'static [Verdict] {
    match rule.strength {
        Strength::Require | Strength::Ask | Strength::Note => &[Verdict::Held, Verdict::Broken],
        Strength::Expect => &[Verdict::Held, Verdict::Broken, Verdict::Waived],
    }
}

fn clocks(stage: &Stage) -> Vec<Part> {
    let mut parts = Vec::new();
    if stage.within.is_some() {
        parts.extend(stage.remind.iter().map(|offset| clock(stage, WITHIN, Some(offset))));
        parts.push(clock(stage, WITHIN, None));
    }
    let notice = [(stage.period, FOR), (stage.grace, GRACE), (stage.keep, KEEP)];
    parts.extend(notice.iter().filter(|(span, _)| span.is_some()).map(|(_, which)| clock(stage, which, None)));
    let returns = stage.outcomes.values().filter(|o| o.within.is_some());
    parts.extend(returns.map(|o| return_clock(&stage.name, &o.name)));
    parts
}

fn documents(stage: &Stage) -> Vec<Part> {
    let mut parts: Vec<Part> = stage.notice.iter().map(|template| notice(&stage.name, template)).collect();
    let papers = stage.documents.iter().chain(&stage.report);
    let papers = papers.chain(stage.outcomes.values().flat_map(|o| &o.documents));
    parts.extend(papers.map(|paper| document(&stage.name, paper)));
    parts
}

fn actions(stage: &Stage) -> Vec<Part> {
    let own = stage.actions.iter().map(|each| action(&stage.name, None, each));
    let chosen =
        stage.outcomes.values().flat_map(|o| o.actions.iter().map(move |each| action(&stage.name, Some(o), each)));
    own.chain(chosen).collect()
}
