//! The parts of a definition that a case can reach.

use crate::deadline::Offset;
use crate::workflow::{
    Action, ClockDefinition, DocumentDefinition, Each, ItemType, Kind, Late, Over, Overdue, Rule, Stage, Strength,
    TwinsThen, Verb, Workflow,
};
use std::fmt;

/// A part of a definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    kind: PartKind,
    /// the stage, rule, clock or type it is, or whose it is
    of: String,
    /// what of that: an outcome, what came of a rule, a rung, a paper, an action, what is asked or answered; empty: itself
    what: String,
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
    /// a batch of it opened
    Stage,
    /// something left its stage by it, or is held by it
    Outcome,
    /// and what came of it
    Rule,
    /// and which of its rungs
    Clock,
    /// it was issued
    Document,
    /// and what was done
    Action,
    /// one of its items came to be
    Side,
    /// and what was answered
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
    fn new(kind: PartKind, of: impl Into<String>, what: impl Into<String>) -> Part {
        Part { kind, of: of.into(), what: what.into() }
    }

    /// Its kind.
    pub fn kind(&self) -> PartKind {
        self.kind
    }
}

impl fmt::Display for Part {
    /// Its name without its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.of, &self.what) {
            (PartKind::Stage | PartKind::Side, of, _) => f.write_str(of),
            (PartKind::Outcome, stage, outcome) => write!(f, "{stage} → {outcome}"),
            (_, of, what) => write!(f, "{of}: {what}"),
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
pub(super) const LATE: &str = "asked whether to take it late";

/// What a clock of a stage is called.
pub(super) fn of_stage(stage: &Stage, which: &str) -> String {
    format!("{} {which}", stage.name)
}

/// What the limit is called by which something sent back must be there again.
pub(super) fn of_return(stage: &str, outcome: &str) -> String {
    format!("{stage} → {outcome} {WITHIN}")
}

/// A clock's time was over.
pub(super) const OVER: &str = "over";
/// Its budget began anew.
pub(super) const RESTARTED: &str = "restarted";
/// It got longer.
pub(super) const EXTENDED: &str = "extended";
/// The question for more time.
pub(super) const MORE_TIME: &str = "asked for more time";
/// The question about a clock, or a stage's limit, that ran out.
pub(super) const RAN_OUT: &str = "asked when it ran out";
/// The question about items above a quota of a stage.
pub(super) const ABOVE: &str = "asked about what is above a quota";
/// The question about an intake that took in too few.
pub(super) const SHORT: &str = "asked about too few";
/// The question about an item that may be another again.
pub(super) const TWIN: &str = "asked whether it is another again";

/// A stage a batch of which opened.
pub(super) fn stage(name: &str) -> Part {
    Part::new(PartKind::Stage, name, "")
}

/// A side type.
pub(super) fn side(name: &str) -> Part {
    Part::new(PartKind::Side, name, "")
}

/// An outcome of a stage.
pub(super) fn outcome(stage: &str, outcome: &str) -> Part {
    Part::new(PartKind::Outcome, stage, outcome)
}

/// What a clock came to.
pub(super) fn clock(whose: &str, what: impl Into<String>) -> Part {
    Part::new(PartKind::Clock, whose, what)
}

/// A question, or an answer to it.
pub(super) fn question(of: &str, what: impl Into<String>) -> Part {
    Part::new(PartKind::Question, of, what)
}

/// A clock reminded.
pub(super) fn reminder(whose: &str, offset: &Offset) -> Part {
    clock(whose, format!("reminder {offset}"))
}

/// A clock stood still for this.
pub(super) fn stopped(whose: &str, by: &str) -> Part {
    clock(whose, format!("stopped by {by}"))
}

/// How a rule is called: its name and what it says, as most have no name of their own.
pub(super) fn rule(rule: &Rule, verdict: Verdict) -> Part {
    let says = rule.say.as_ref().map(|say| format!(" ({})", say.source)).unwrap_or_default();
    Part::new(PartKind::Rule, format!("{}{says}", rule.name), verdict.word())
}

/// A paper of a stage.
pub(super) fn document(stage: &str, paper: &DocumentDefinition) -> Part {
    let of = if paper.of.is_empty() { String::new() } else { format!(" of {}", paper.of.join(", ")) };
    Part::new(PartKind::Document, stage, format!("{}{of}", paper.template))
}

/// The notice of a stage.
pub(super) fn notice(stage: &str, template: &str) -> Part {
    Part::new(PartKind::Document, stage, format!("{template} (notice)"))
}

/// The paper of a schedule.
pub(super) fn report(name: &str, template: &str) -> Part {
    Part::new(PartKind::Document, name, template)
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
    Part::new(PartKind::Action, place, format!("{what}{whom}"))
}

/// An answer to a rule's question.
pub(super) fn answer(rule: &str, answer: &str) -> Part {
    question(rule, format!("answered {answer}"))
}

/// Every part of a definition, kind by kind, in its order.
pub(super) fn of(workflow: &Workflow) -> Vec<Part> {
    let mut parts: Vec<Part> = workflow.stages.iter().map(|s| self::stage(&s.name)).collect();
    for stage in &workflow.stages {
        parts.extend(stage.outcomes.keys().map(|outcome| self::outcome(&stage.name, outcome)));
    }
    parts.extend(workflow.rules.iter().flat_map(|r| verdicts(r).iter().map(|verdict| rule(r, *verdict))));
    parts.extend(workflow.stages.iter().flat_map(|stage| clocks(workflow, stage)));
    parts.extend(workflow.clocks.values().flat_map(named));
    parts.extend(workflow.stages.iter().flat_map(documents));
    let papers = |c: &ClockDefinition| c.extend.as_ref()?.document.as_ref().map(|paper| document(&c.name, paper));
    parts.extend(workflow.clocks.values().filter_map(papers));
    parts.extend(workflow.reports.values().map(|r| report(&r.name, &r.template)));
    parts.extend(workflow.stages.iter().flat_map(actions));
    parts.extend(workflow.items.values().filter(|i| i.about.is_some()).map(|i| side(&i.name)));
    for r in &workflow.rules {
        parts.extend(r.answers.iter().map(|each| answer(&r.name, each)));
    }
    let raised = workflow.stages.iter().flat_map(|s| &s.collects).filter(|kind| workflow.side_intake(kind).is_none());
    parts.extend(raised.map(|kind| question(kind, LATE)));
    for stage in &workflow.stages {
        parts.extend(stage.quota.iter().filter(|q| q.over == Over::Ask).map(|_| question(&stage.name, ABOVE)));
        // elsewhere whoever answers gives the reason with his answer
        let taken_in = stage.kind == Kind::Recommend;
        parts.extend(stage.quota.iter().filter(|q| taken_in && q.min.is_some()).map(|_| question(&stage.name, SHORT)));
    }
    let asks = |of: &&ItemType| of.twins.then == TwinsThen::Ask && !of.identity.is_empty();
    parts.extend(workflow.items.values().filter(asks).map(|of| question(&of.name, TWIN)));
    let asking = |overdue: &Option<Overdue>| matches!(overdue, Some(Overdue::Ask(_)));
    parts.extend(workflow.stages.iter().filter(|s| asking(&s.overdue)).map(|s| question(&s.name, RAN_OUT)));
    for clock in workflow.clocks.values() {
        parts.extend(clock.extend.iter().map(|_| question(&clock.name, MORE_TIME)));
        parts.extend(asking(&clock.overdue).then(|| question(&clock.name, RAN_OUT)));
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
        parts.push(self::clock(&whose, OVER));
        // of a type that a case has one item of nobody is waited for
        let several = workflow.pairs(&stage.of).iter().any(|p| workflow.items.get(&p.kind).is_some_and(|of| !of.one));
        let gate = stage.each != Each::Item && !stage.of_case && stage.kind != Kind::Recommend;
        let waits = stage.late != Late::Wait && gate && several;
        parts.extend(waits.then(|| self::clock(&of_stage(stage, WAIT), OVER)));
    }
    let notice = [(stage.period, FOR), (stage.grace, GRACE), (stage.keep, KEEP)];
    parts.extend(
        notice.iter().filter(|(span, _)| span.is_some()).map(|(_, which)| self::clock(&of_stage(stage, which), OVER)),
    );
    let returns = stage.outcomes.values().filter(|o| o.within.is_some());
    parts.extend(returns.map(|o| self::clock(&of_return(&stage.name, &o.name), OVER)));
    parts
}

/// A clock over several stages.
fn named(clock: &ClockDefinition) -> Vec<Part> {
    let mut parts: Vec<Part> = clock.remind.iter().map(|offset| reminder(&clock.name, offset)).collect();
    parts.push(self::clock(&clock.name, OVER));
    let stops = clock.stops.iter().map(|stop| &stop.of).chain(&clock.reasons);
    parts.extend(stops.map(|by| stopped(&clock.name, by)));
    parts.extend(clock.restarts.iter().map(|_| self::clock(&clock.name, RESTARTED)));
    parts.extend(clock.extend.iter().map(|_| self::clock(&clock.name, EXTENDED)));
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
