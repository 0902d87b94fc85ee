//! What a notice shows of an item, and which notices hold what is decided to it (LANGUAGE §8).

use super::rule::{self, Pair};
use super::{Kind, Stage, TableFrom, Workflow};

/// What a template has that looks like a field and is none: parts of its own.
pub const WITH_PARTS: [&str; 9] = ["公示", "受理", "文书", "替代", "更正", "延期", "期间", "发文机关", "案卷"];

/// A field that a template shows: of an item, or of what a stage said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// the stage whose form asks it
    pub stage: Option<String>,
    /// the field; also a list it is on, or a param of the case
    pub field: String,
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.stage {
            Some(stage) => write!(f, "{stage}.{}", self.field),
            None => f.write_str(&self.field),
        }
    }
}

impl Workflow {
    /// Whether what the notice of a stage shows must stay as it is: its time is to run over it, or a decision follows it.
    pub fn binds(&self, stage: &Stage) -> bool {
        let noticed = stage.kind == Kind::Publicise && !stage.of_case && stage.notice.is_some();
        noticed && (stage.period.is_some() || self.decided_later(stage))
    }

    fn decided_later(&self, stage: &Stage) -> bool {
        let Some(at) = self.stage_index(&stage.name) else { return false };
        let pairs: Vec<Pair> = self.pairs(&stage.of);
        let decides = |s: &&Stage| s.kind == Kind::Decide && pairs.iter().any(|pair| self.takes(s, pair));
        self.stages.iter().skip(at + 1).any(|s| decides(&s))
    }

    /// The fields of items that a variable of a template shows: by itself, or by a table it prints of them. What decides whom a
    /// table has, and under which head, is shown by it.
    pub fn shown(&self, path: &[String]) -> Vec<Shown> {
        let table = path.first().and_then(|name| self.tables.get(name));
        let Some(table) = table else { return self.field_shown(path).into_iter().collect() };
        match &table.from {
            TableFrom::Items(_) => {
                let read = table.sources().into_iter().flat_map(rule::mentioned);
                read.filter_map(|path| self.field_shown(&path)).collect()
            }
            TableFrom::Cases(_) | TableFrom::Register(_) | TableFrom::Clocks | TableFrom::Documents => Vec::new(),
        }
    }

    /// The field of an item that a variable shows; none where it shows something else.
    fn field_shown(&self, path: &[String]) -> Option<Shown> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let own = match parts.as_slice() {
            ["items", "*", own @ ..] | ["by_category", "*", "items", "*", own @ ..] => own,
            [first, ..] if WITH_PARTS.contains(first) => return None,
            own => own,
        };
        let (first, second) = (own.first()?, own.get(1));
        if self.list_stage(first).is_some() || self.items.values().any(|of| of.fields.contains_key(*first)) {
            return Some(Shown { stage: None, field: (*first).to_string() });
        }
        let has_fact = |stage: &&Stage, name: &str| stage.facts().iter().any(|fact| fact.name == name);
        if let (Some(stage), Some(field)) = (self.stage(first), second) {
            let said = stage.form.item.contains_key(*field) || has_fact(&stage, field);
            return said.then(|| Shown { stage: Some(stage.name.clone()), field: (*field).to_string() });
        }
        let stage = self.stages.iter().find(|stage| has_fact(stage, first))?;
        Some(Shown { stage: Some(stage.name.clone()), field: (*first).to_string() })
    }
}
