//! The rules of a stage, a list and a clock as words, side by side: which of them another version has otherwise.

use crate::case::migration::Mapping;
use crate::tally::Fraction;
use crate::tally::ballot::Denominator;
use crate::tally::lists::Places;
use crate::tally::rank::Toward;
use crate::tally::sign::{Base, Pass};
use crate::workflow::{
    BallotDefinition, ClockDefinition, Expression, Go, Limit, ListDefinition, ListTake, Outcome, Overdue,
    ScoreDefinition, Sheets, Sign, Stage, Workflow,
};

/// What a rule is called, and what it says.
pub(super) type Terms = Vec<(String, String)>;

/// The rules that are not what they were: `quorum 1/2 → 2/3`.
pub(super) fn differing(old: &Terms, new: &Terms) -> Vec<String> {
    let said = |terms: &Terms, name: &str| {
        let found = terms.iter().find(|(known, _)| known == name).map(|(_, said)| said.clone());
        found.filter(|said| !said.is_empty()).unwrap_or_else(|| "none".to_string())
    };
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in old.iter().chain(new) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let pairs = names.into_iter().map(|name| (name, said(old, name), said(new, name)));
    pairs.filter(|(_, was, is)| was != is).map(|(name, was, is)| format!("{name} {was} → {is}")).collect()
}

/// A definition under the names of the new version: the old one is read through the mapping, the new one as it is.
pub(super) struct Named<'a> {
    workflow: &'a Workflow,
    mapping: &'a Mapping,
}

impl<'a> Named<'a> {
    pub(super) fn new(workflow: &'a Workflow, mapping: &'a Mapping) -> Named<'a> {
        Named { workflow, mapping }
    }

    /// How the answers at a stage are made one: signatures, marks, ballots.
    pub(super) fn answering(&self, stage: &Stage) -> Terms {
        let mut terms = self.signing(stage);
        terms.extend(stage.score.iter().flat_map(|score| self.scoring(score)));
        terms.extend(stage.ballot.iter().flat_map(|ballot| self.ballot(ballot)));
        terms
    }

    /// How those at a stage are ranked and put on lists.
    pub(super) fn listing(&self, stage: &Stage) -> Terms {
        let toward = |toward: Toward| if toward == Toward::Down { "down" } else { "up" };
        let mut terms = Terms::new();
        if let Some(rank) = &stage.rank {
            let keys = rank.by.iter().map(|(fact, way)| format!("{} {}", self.field(stage, fact), toward(*way)));
            let within = if rank.within_category { " within category" } else { "" };
            terms.push(("rank".to_string(), format!("{}{within}", comma(keys))));
        }
        terms.extend(stage.lists.iter().map(|(name, list)| (format!("list {name}"), self.list(list))));
        terms.push(("conflicts".to_string(), comma(stage.conflicts.iter().map(|c| c.lists.join(" and ")))));
        terms
    }

    /// Whom a list takes.
    pub(super) fn list(&self, list: &ListDefinition) -> String {
        let places = |places: &Places| match places {
            Places::Each(n) => n.to_string(),
            Places::Category(each) => comma(each.iter().map(|(c, n)| format!("{} {n}", self.mapping.category(c)))),
        };
        let mut said = match &list.take {
            ListTake::First(first) => format!("first {}", places(first)),
            ListTake::Last(last) => format!("last {}", places(last)),
            ListTake::Where(condition) => format!("where {}", self.expression(condition)),
        };
        said.extend(list.unless.iter().map(|unless| format!(" unless {}", self.expression(unless))));
        said.extend(Some(&list.not_in).filter(|n| !n.is_empty()).map(|n| format!(" not in {}", n.join(", "))));
        said.extend(list.refill.then_some(" with refill"));
        said.extend(list.others.iter().map(|label| format!(", others end {label}")));
        said
    }

    fn signing(&self, stage: &Stage) -> Terms {
        let mut terms = vec![term("sign", sign_words(&stage.sign))];
        if let Sign::Vote(vote) = &stage.sign {
            let counts = if vote.abstain_counts { "counts" } else { "left out" };
            terms.push(term("quorum", vote.quorum.as_ref().map(Fraction::to_string).unwrap_or_default()));
            terms.push(term("pass", vote.pass.as_ref().map(majority).unwrap_or_default()));
            terms.push(term("veto", vote.veto.join(", ")));
            terms.push(term("abstain", counts));
        }
        if stage.several_sign() {
            let first = if stage.first_return_closes { "closes" } else { "collects-all" };
            terms.push(term("first_return", first));
        }
        if stage.takes_several() || stage.minutes().is_some() {
            terms.push(term("outcomes", comma(stage.outcomes.values().map(|o| self.outcome(stage, o)))));
        }
        terms
    }

    fn outcome(&self, stage: &Stage, outcome: &Outcome) -> String {
        let way = match &outcome.go {
            Go::Next => "next".to_string(),
            Go::To(to) => format!("to {}", self.mapping.stage(to)),
            Go::Back(to, _) => format!("back {}", to.as_ref().map_or("", |to| self.mapping.stage(to))),
            Go::End(label) => format!("end {label}"),
            Go::Stay => "stay".to_string(),
        };
        let when = outcome.when.as_ref().map(|when| format!(" when {}", self.expression(when))).unwrap_or_default();
        format!("{} ({}{when})", self.mapping.outcome(&stage.name, &outcome.name), way.trim_end())
    }

    fn scoring(&self, score: &ScoreDefinition) -> Terms {
        let of = |of: &[String]| match of {
            [] => String::new(),
            some => format!(" of {}", comma(some.iter().map(|word| self.mapping.category(word).to_string()))),
        };
        let criterion = |(name, c): (&String, &crate::workflow::CriterionDefinition)| {
            (format!("weight of {name}"), format!("{}{}", c.weight, of(&c.of)))
        };
        let mut terms: Terms = score.criteria.iter().map(criterion).collect();
        terms.push(term("scale", score.scale.to_string()));
        terms.push(term("assessors", score.assessors_min.to_string()));
        terms.push(term("drop", if score.drop_extremes { "extremes" } else { "" }));
        terms.push(term("recuse", score.recuse.as_ref().map(|r| self.expression(r)).unwrap_or_default()));
        terms
    }

    fn ballot(&self, ballot: &BallotDefinition) -> Terms {
        let points = |(name, points): (&String, &Fraction)| (format!("points of {name}"), points.to_string());
        let share = |(name, share): (&String, &Fraction)| (format!("share of {name}"), format!("{share}%"));
        let denominator = match ballot.denominator {
            Denominator::Valid => "valid",
            Denominator::Ticked => "ticked",
        };
        let sheets = match ballot.sheets {
            Sheets::Ballots => "ballots",
            Sheets::Tally => "tally",
        };
        let mut terms: Terms = ballot.options.iter().map(points).chain(ballot.voters.iter().map(share)).collect();
        terms.push(term("abstain", ballot.abstain.to_string()));
        terms.push(term("denominator", denominator));
        terms.push(term("sheets", sheets));
        terms.push(term("batch", ballot.batch.clone().unwrap_or_default()));
        terms.push(term("secret", ballot.secret.to_string()));
        terms.push(term("witness", ballot.witness.clone().unwrap_or_default()));
        terms
    }

    /// What a clock keeps from the day it was started.
    pub(super) fn kept(&self, clock: &ClockDefinition) -> Terms {
        vec![
            term("run", self.limit(&clock.run)),
            term("from", self.place(&clock.from)),
            term("when", clock.when.as_ref().map(|when| self.expression(when)).unwrap_or_default()),
            term("remind", comma(clock.remind.iter().map(ToString::to_string))),
        ]
    }

    /// What of a clock is looked up when it comes to it.
    pub(super) fn looked_up(&self, clock: &ClockDefinition) -> Terms {
        let stop = |stop: &crate::workflow::ClockStop| {
            let dated = |word: &str, field: &Option<String>| {
                field.as_ref().map(|f| format!(" {word} {}", self.place(f))).unwrap_or_default()
            };
            format!("{}{}{}", self.place(&stop.of), dated("from", &stop.from), dated("to", &stop.to))
        };
        let extend =
            clock.extend.as_ref().map(|e| format!("by {}, {} times, approved by {}", e.by, e.times, e.approve));
        vec![
            term("until", clock.until.as_ref().map(|until| self.place(until)).unwrap_or_default()),
            term("stops", comma(clock.stops.iter().map(stop))),
            term("reasons", clock.reasons.join(", ")),
            term("restarts", clock.restarts.as_ref().map(|at| self.place(at)).unwrap_or_default()),
            term("extend", extend.unwrap_or_default()),
            term("overdue", clock.overdue.as_ref().map(overdue).unwrap_or_default()),
        ]
    }

    /// What a limit of a stage keeps from the day it was started.
    pub(super) fn within(&self, stage: &Stage) -> Terms {
        vec![
            term("within", stage.within.as_ref().map(|limit| self.limit(limit)).unwrap_or_default()),
            term("remind", comma(stage.remind.iter().map(ToString::to_string))),
        ]
    }

    /// What happens when a limit of a stage runs out.
    pub(super) fn runs_out(&self, stage: &Stage) -> Terms {
        let said = match &stage.overdue {
            Some(Overdue::Outcome(name, basis)) => format!("{} ({basis})", self.mapping.outcome(&stage.name, name)),
            other => other.as_ref().map(overdue).unwrap_or_default(),
        };
        vec![term("overdue", said)]
    }

    fn limit(&self, limit: &Limit) -> String {
        match limit {
            Limit::Span(span) => span.to_string(),
            Limit::From(span, from) => format!("{span} from {}", self.place(from)),
            Limit::By(day) => format!("by {}", self.expression(day)),
        }
    }

    /// A field, a stage or a type by the name it has now.
    fn place(&self, name: &str) -> String {
        match self.workflow.stage(name) {
            Some(_) => self.mapping.stage(name).to_string(),
            None => self.mapping.field(name).to_string(),
        }
    }

    /// A field of a form or a fact, as a ranking names it.
    fn field(&self, stage: &Stage, name: &str) -> String {
        match stage.gives(name) {
            true => self.mapping.form_field(&stage.name, name).to_string(),
            false => self.mapping.field(name).to_string(),
        }
    }

    /// An expression with each of its names as it is called now.
    fn expression(&self, expression: &Expression) -> String {
        let mut said = String::new();
        let mut word = String::new();
        let mut quoted: Option<char> = None;
        for c in expression.source.trim().chars().chain([' ']) {
            let continues = quoted.is_some_and(|quote| quote != c) || c.is_alphanumeric() || c == '_' || c == '.';
            if continues {
                word.push(c);
                continue;
            }
            said.push_str(&if quoted.is_some() { self.mapping.category(&word).to_string() } else { self.word(&word) });
            word.clear();
            if matches!(c, '\'' | '"') {
                quoted = if quoted.is_some() { None } else { Some(c) };
            }
            said.push(c);
        }
        said.trim_end().to_string()
    }

    fn word(&self, word: &str) -> String {
        let Some((first, rest)) = word.split_once('.') else { return self.bare(word) };
        match self.workflow.stage(first) {
            Some(stage) => format!("{}.{}", self.mapping.stage(first), self.mapping.form_field(&stage.name, rest)),
            None => format!("{}.{}", self.bare(first), self.mapping.field(rest)),
        }
    }

    /// A name that may be that of a field, or of what one stage asks.
    fn bare(&self, word: &str) -> String {
        let asking = self.workflow.stages.iter().find(|s| s.gives(word));
        match asking {
            Some(stage) => self.mapping.form_field(&stage.name, word).to_string(),
            None => self.place(word),
        }
    }
}

fn term(name: &str, said: impl Into<String>) -> (String, String) {
    (name.to_string(), said.into())
}

fn comma(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn sign_words(sign: &Sign) -> String {
    match sign {
        Sign::One => "one".to_string(),
        Sign::All => "all".to_string(),
        Sign::Any => "any".to_string(),
        Sign::InOrder => "in order".to_string(),
        Sign::Vote(vote) if vote.recorded => "a recorded vote".to_string(),
        Sign::Vote(vote) => format!("a vote of {}", vote.members.clone().unwrap_or_default()),
    }
}

fn majority(pass: &Pass) -> String {
    let base = match pass.of {
        Base::Members => "members",
        Base::Present => "present",
        Base::Votes => "votes cast",
    };
    format!("{} {} of {base}", if pass.more_than { "more than" } else { "at least" }, pass.share)
}

fn overdue(overdue: &Overdue) -> String {
    match overdue {
        Overdue::Tell(roles) => format!("tell {}", roles.join(", ")),
        Overdue::Ask(role) => format!("ask {role}"),
        Overdue::Outcome(name, basis) => format!("{name} ({basis})"),
    }
}
