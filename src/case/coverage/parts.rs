//! The parts of a definition that a case can reach.

use crate::deadline::Offset;
use crate::workflow::{
    Action, ClockDefinition, DocumentDefinition, Each, ItemType, Kind, Late, Over, Overdue, Rule, Stage, Strength,
    TwinsThen, Verb, Workflow,
};
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
/// How long a gate waits for those who are late.
pub(super) const WAIT: &str = "wait for the late";
/// A side item that came after its time.
const LATE: &str = "asked whether to take it late";

/// What a clock of a stage is called.
pub(super) fn of_stage(stage: &Stage, which: &str) -> String {
    format!("{} {which}", stage.name)
}

/// What the limit is called by which something sent back must be there again.
pub(super) fn of_return(stage: &str, outcome: &str) -> String {
    format!("{stage} → {outcome} {WITHIN}")
}

/// A clock's time was over.
pub(super) fn over(whose: &str) -> Part {
    Part::Clock(whose.to_string(), "over".to_string())
}

/// A clock reminded.
pub(super) fn reminder(whose: &str, offset: &Offset) -> Part {
    Part::Clock(whose.to_string(), format!("reminder {offset}"))
}

/// A clock stood still for this.
pub(super) fn stopped(whose: &str, by: &str) -> Part {
    Part::Clock(whose.to_string(), format!("stopped by {by}"))
}

/// A clock's budget began anew.
pub(super) fn restarted(whose: &str) -> Part {
    Part::Clock(whose.to_string(), "restarted".to_string())
}

/// A clock got longer.
pub(super) fn extended(whose: &str) -> Part {
    Part::Clock(whose.to_string(), "extended".to_string())
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

/// What a stage, one of its outcomes or a list it confirms brings about.
pub(super) fn action(stage: &str, of: Option<&str>, action: &Action) -> Part {
    let what = match &action.verb {
        Verb::Enter(register, _) => format!("enter {register}"),
        Verb::Leave(register, _) => format!("leave {register}"),
        Verb::Ask(ask) => format!("ask {}", ask.by),
        Verb::Open(open) => format!("open {}", open.workflow),
        Verb::Clock(turned) => format!("clock {} {}", turned.clock, turned.turn.word()),
        Verb::Tell(tell) => format!("tell {}", tell.to.join(", ")),
        Verb::Set(facts) => format!("set {}", facts.keys().cloned().collect::<Vec<_>>().join(", ")),
    };
    let place = of.map_or_else(|| stage.to_string(), |of| format!("{stage} → {of}"));
    let whom = if action.of.is_empty() { String::new() } else { format!(" of {}", action.of.join(", ")) };
    Part::Action(place, format!("{what}{whom}"))
}

/// The question about a side item that came late.
pub(super) fn late(kind: &str) -> Part {
    Part::Question(kind.to_string(), LATE.to_string())
}

/// The question for more time.
pub(super) fn more_time(clock: &str) -> Part {
    Part::Question(clock.to_string(), "asked for more time".to_string())
}

/// The question about a clock, or a stage's limit, that ran out.
pub(super) fn ran_out(clock: &str) -> Part {
    Part::Question(clock.to_string(), "asked when it ran out".to_string())
}

/// The question about items above a quota of a stage.
pub(super) fn above(stage: &str) -> Part {
    Part::Question(stage.to_string(), "asked about what is above a quota".to_string())
}

/// The question about an intake that took in too few.
pub(super) fn short(stage: &str) -> Part {
    Part::Question(stage.to_string(), "asked about too few".to_string())
}

/// The question about an item that may be another again.
pub(super) fn twin(kind: &str) -> Part {
    Part::Question(kind.to_string(), "asked whether it is another again".to_string())
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
    parts.extend(workflow.stages.iter().flat_map(|stage| clocks(workflow, stage)));
    parts.extend(workflow.clocks.values().flat_map(named));
    parts.extend(workflow.stages.iter().flat_map(documents));
    let papers = |c: &ClockDefinition| c.extend.as_ref()?.document.as_ref().map(|paper| document(&c.name, paper));
    parts.extend(workflow.clocks.values().filter_map(papers));
    parts.extend(workflow.reports.values().map(|r| report(&r.name, &r.template)));
    parts.extend(workflow.stages.iter().flat_map(actions));
    parts.extend(workflow.items.values().filter(|i| i.about.is_some()).map(|i| Part::Side(i.name.clone())));
    for r in &workflow.rules {
        parts.extend(r.answers.iter().map(|each| answer(&r.name, each)));
    }
    let raised = workflow.stages.iter().flat_map(|s| &s.collects).filter(|kind| workflow.side_intake(kind).is_none());
    parts.extend(raised.map(|kind| late(kind)));
    for stage in &workflow.stages {
        parts.extend(stage.quota.iter().filter(|q| q.over == Over::Ask).map(|_| above(&stage.name)));
        // elsewhere whoever answers gives the reason with his answer
        let taken_in = stage.kind == Kind::Recommend;
        parts.extend(stage.quota.iter().filter(|q| taken_in && q.min.is_some()).map(|_| short(&stage.name)));
    }
    let asks = |of: &&ItemType| of.twins.then == TwinsThen::Ask && !of.identity.is_empty();
    parts.extend(workflow.items.values().filter(asks).map(|of| twin(&of.name)));
    let asking = |overdue: &Option<Overdue>| matches!(overdue, Some(Overdue::Ask(_)));
    parts.extend(workflow.stages.iter().filter(|s| asking(&s.overdue)).map(|s| ran_out(&s.name)));
    for clock in workflow.clocks.values() {
        parts.extend(clock.extend.iter().map(|_| more_time(&clock.name)));
        parts.extend(asking(&clock.overdue).then(|| ran_out(&clock.name)));
    }
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

fn clocks(workflow: &Workflow, stage: &Stage) -> Vec<Part> {
    let mut parts = Vec::new();
    if stage.within.is_some() {
        let whose = of_stage(stage, WITHIN);
        parts.extend(stage.remind.iter().map(|offset| reminder(&whose, offset)));
        parts.push(over(&whose));
        // of a type that a case has one item of nobody is waited for
        let several = workflow.pairs(&stage.of).iter().any(|p| workflow.items.get(&p.kind).is_some_and(|of| !of.one));
        let gate = stage.each != Each::Item && !stage.of_case && stage.kind != Kind::Recommend;
        let waits = stage.late != Late::Wait && gate && several;
        parts.extend(waits.then(|| over(&of_stage(stage, WAIT))));
    }
    let notice = [(stage.period, FOR), (stage.grace, GRACE), (stage.keep, KEEP)];
    parts.extend(notice.iter().filter(|(span, _)| span.is_some()).map(|(_, which)| over(&of_stage(stage, which))));
    let returns = stage.outcomes.values().filter(|o| o.within.is_some());
    parts.extend(returns.map(|o| over(&of_return(&stage.name, &o.name))));
    parts
}

/// A clock over several stages.
fn named(clock: &ClockDefinition) -> Vec<Part> {
    let mut parts: Vec<Part> = clock.remind.iter().map(|offset| reminder(&clock.name, offset)).collect();
    parts.push(over(&clock.name));
    let stops = clock.stops.iter().map(|stop| &stop.of).chain(&clock.reasons);
    parts.extend(stops.map(|by| stopped(&clock.name, by)));
    parts.extend(clock.restarts.iter().map(|_| restarted(&clock.name)));
    parts.extend(clock.extend.iter().map(|_| extended(&clock.name)));
    parts
}

fn documents(stage: &Stage) -> Vec<Part> {
    let mut parts: Vec<Part> = stage.notice.iter().map(|template| notice(&stage.name, template)).collect();
    parts.extend(stage.all_documents().map(|paper| document(&stage.name, paper)));
    parts
}

fn actions(stage: &Stage) -> Vec<Part> {
    let own = stage.actions.iter().map(|each| action(&stage.name, None, each));
    let chosen = stage
        .outcomes
        .values()
        .flat_map(|o| o.actions.iter().map(move |each| action(&stage.name, Some(&o.name), each)));
    let listed = stage.confirms.iter().flat_map(|(list, c)| c.actions.iter().map(move |each| (list, each)));
    own.chain(chosen).chain(listed.map(|(list, each)| action(&stage.name, Some(list), each))).collect()
}
