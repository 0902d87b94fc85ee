//! What leads where: one arrow for every way an item, a side item or the case can go.

use super::build::{finish, node, node_of};
use super::route::{self, Leg};
use super::words::{Words, expression};
use super::{Arrow, Node, Shape, Way};
use crate::workflow::rule::Pair;
use crate::workflow::{Go, ItemType, Kind, Outcome, Stage, Workflow};

/// Draws the arrows of a definition; ends become nodes of their own.
pub(super) struct Arrows<'a> {
    words: &'a Words<'a>,
    nodes: &'a mut Vec<Node>,
    pairs: Vec<Pair>,
    found: Vec<Arrow>,
}

impl<'a> Arrows<'a> {
    pub(super) fn draw(words: &'a Words<'a>, nodes: &'a mut Vec<Node>) -> Vec<Arrow> {
        let pairs = route::pairs(words.workflow);
        let mut arrows = Arrows { words, nodes, pairs, found: Vec::new() };
        arrows.begin();
        for (index, stage) in words.workflow.stages.iter().enumerate() {
            for outcome in stage.outcomes.values() {
                arrows.outcome(index, stage, outcome);
            }
            for (name, others) in stage.lists.iter().filter_map(|(name, list)| Some((name, list.others.as_ref()?))) {
                arrows.end(node_of(index), others, format!("不在{name}之列"));
            }
            arrows.collect(index, stage);
            arrows.about(index, stage);
        }
        arrows.file();
        arrows.found
    }

    fn workflow(&self) -> &'a Workflow {
        self.words.workflow
    }

    /// Draws an arrow; what leads the same way twice is one arrow with both labels.
    fn arrow(&mut self, from: usize, to: usize, way: Way, label: impl IntoIterator<Item = String>) {
        let mut label: Vec<String> = label.into_iter().filter(|line| !line.is_empty()).collect();
        match self.found.iter_mut().find(|a| (a.from, a.to, a.way) == (from, to, way)) {
            Some(known) => {
                label.retain(|line| !known.label.contains(line));
                known.label.append(&mut label);
            }
            None => self.found.push(Arrow { from, to, label, way }),
        }
    }

    /// From the opening of the case to where something begins; a stage about the case stands before whatever comes later.
    fn begin(&mut self) {
        let workflow = self.workflow();
        let main: Vec<&Pair> = self.pairs.iter().filter(|p| !route::is_side(workflow, p)).collect();
        let mut entries: Vec<usize> = main.iter().flat_map(|pair| route::entries(workflow, pair)).collect();
        if entries.is_empty() && !workflow.stages.is_empty() {
            entries.push(0);
        }
        let mut before = 0;
        let mut begun = Vec::new();
        for (index, stage) in workflow.stages.iter().enumerate() {
            if entries.contains(&index) || (stage.of_case && !entries.iter().any(|e| *e < index)) {
                begun.push((before, node_of(index)));
            }
            if stage.of_case {
                before = node_of(index);
            }
        }
        for (from, to) in begun {
            self.arrow(from, to, Way::Onward, None);
        }
        self.begin_of_case();
    }

    /// What is about the case and handed in at a stage of its own begins there by itself.
    fn begin_of_case(&mut self) {
        let stages = &self.workflow().stages;
        let types: Vec<&ItemType> = self.workflow().items.values().filter(|of| of.is_about_case()).collect();
        for of in types {
            let collected = stages.iter().any(|s| s.collects.contains(&of.name));
            let intake = |s: &Stage| s.kind == Kind::Recommend && s.of.contains(&of.name);
            let Some(entry) = stages.iter().position(intake).filter(|_| !collected) else { continue };
            let before = stages.iter().take(entry).rposition(|s| s.of_case).map_or(0, node_of);
            self.arrow(before, node_of(entry), Way::Side, ["关于案卷本身".to_string()]);
        }
    }

    /// The pairs that go on from a stage: those it takes, or, where it is about the case, those that stand before it.
    fn taken(&self, index: usize, stage: &Stage) -> Vec<Pair> {
        let workflow = self.workflow();
        let waits = |pair: &Pair| route::entries(workflow, pair).iter().any(|e| *e < index);
        let taken = self.pairs.iter().filter(|pair| route::takes(workflow, stage, pair));
        taken.filter(|pair| !stage.of_case || waits(pair)).cloned().collect()
    }

    fn outcome(&mut self, index: usize, stage: &Stage, outcome: &Outcome) {
        let from = node_of(index);
        let told = told(stage, outcome);
        let label = told.join("，");
        match &outcome.go {
            Go::Next => self.next(index, stage, &label),
            Go::To(name) => {
                if let Some(to) = self.workflow().stage_index(name) {
                    self.arrow(from, node_of(to), Way::Again, [label]);
                }
            }
            Go::Back(name, straight) => self.back(index, stage, outcome, name.as_deref(), *straight),
            // the end itself says what it is called
            Go::End(ended) if outcome.name == *ended => self.end(from, ended, told[1..].join("，")),
            Go::End(ended) => self.end(from, ended, label),
            Go::Stay => self.arrow(from, from, Way::Stay, [label]),
        }
    }

    /// An end is a node beside its stage, so that no line crosses the picture to reach it.
    fn end(&mut self, from: usize, ended: &str, label: String) {
        let mut beside = node(Shape::Ended, ended.to_string(), Vec::new());
        beside.side = self.nodes.get(from).is_some_and(|n| n.side);
        self.nodes.push(beside);
        let to = self.nodes.len() - 1;
        self.arrow(from, to, Way::End, [label]);
    }

    fn next(&mut self, index: usize, stage: &Stage, label: &str) {
        let workflow = self.workflow();
        let taken = self.taken(index, stage);
        let mut targets: Vec<(Option<usize>, Vec<Pair>, Vec<usize>)> = Vec::new();
        for pair in &taken {
            for Leg { to, passing } in route::onward(workflow, index, pair) {
                match targets.iter_mut().find(|t| t.0 == to && t.2 == passing) {
                    Some(known) => known.1.push(pair.clone()),
                    None => targets.push((to, vec![pair.clone()], passing)),
                }
            }
        }
        targets.sort_by_key(|t| (t.0.unwrap_or(usize::MAX), t.2.len()));
        for (to, pairs, passing) in targets {
            let mut parts = vec![label.to_string()];
            if pairs.len() < taken.len() {
                parts.push(self.words.pairs(&pairs));
            }
            if !passing.is_empty() {
                let titles = passing.iter().filter_map(|i| workflow.stages.get(*i)).map(|s| s.title.as_str());
                parts.push(format!("不经{}", titles.collect::<Vec<_>>().join("、")));
            }
            let label = parts.join("，");
            let aside = pairs.iter().all(|pair| route::is_side(workflow, pair));
            match to {
                Some(to) => self.arrow(node_of(index), node_of(to), Way::Onward, [label]),
                None if aside => self.end(node_of(index), "办结", label),
                None => self.arrow(node_of(index), finish(workflow), Way::Onward, [label]),
            }
        }
    }

    fn back(&mut self, index: usize, stage: &Stage, outcome: &Outcome, to: Option<&str>, straight: bool) {
        let workflow = self.workflow();
        let mut label = told(stage, outcome).join("，");
        label.push_str(if straight { "；改后直接回来" } else { "；改后逐环节重走" });
        if let Some(limit) = &outcome.within {
            label.push_str(&format!("；{}补正", self.words.limit(limit)));
        }
        if let Some((end, basis)) = &outcome.overdue {
            label.push_str(&format!("，逾期以“{end}”结束（{basis}）"));
        }
        let targets: Vec<usize> = match to {
            Some(name) => workflow.stage_index(name).into_iter().collect(),
            None => {
                let first = |pair: &Pair| route::entries(workflow, pair).into_iter().find(|e| *e < index);
                let mut firsts: Vec<usize> = self.taken(index, stage).iter().filter_map(first).collect();
                firsts.dedup();
                firsts
            }
        };
        for to in targets {
            self.arrow(node_of(index), node_of(to), Way::Back, [label.clone()]);
        }
    }

    /// Filing runs although no item comes to it: when there is nothing else left to do.
    fn file(&mut self) {
        let stages = self.workflow().stages.iter().enumerate();
        let files: Vec<usize> = stages.filter(|(_, s)| s.kind == Kind::File).map(|(index, _)| index).collect();
        for index in files {
            let reached = self.found.iter().any(|a| a.to == node_of(index));
            let before = (1..node_of(index)).rev().find(|n| self.nodes.get(*n).is_some_and(|n| !n.side));
            if let Some(before) = before.filter(|_| !reached) {
                self.arrow(before, node_of(index), Way::Onward, ["全部对象办结后".to_string()]);
            }
        }
    }

    /// Side items come to be at a stage that collects them.
    fn collect(&mut self, index: usize, stage: &Stage) {
        for kind in &stage.collects {
            if let Some(entry) = route::side_entry(self.workflow(), kind) {
                let label = format!("收到{}", self.words.of(std::slice::from_ref(kind)));
                self.arrow(node_of(index), node_of(entry), Way::Side, [label]);
            }
        }
    }

    /// What a side item's outcome means for what it is about, drawn to where that goes, or waits.
    fn about(&mut self, index: usize, stage: &Stage) {
        let workflow = self.workflow();
        for side in workflow.items.values().filter(|i| i.about.is_some() && !i.is_about_case()) {
            let of_side = Pair { kind: side.name.clone(), category: None };
            let handles = self.taken(index, stage).iter().any(|pair| pair.kind == side.name);
            if !handles {
                continue;
            }
            let mut parts: Vec<String> = Vec::new();
            let title = about_title(workflow, side);
            for (outcome, go) in stage.outcomes.values().filter_map(|o| Some((o, o.about.as_ref()?))) {
                let told = format!("{}：{title}{}", outcome.name, moved(go));
                match go {
                    Go::To(to) | Go::Back(Some(to), _) => {
                        let to = workflow.stage_index(to).map_or(node_of(index), node_of);
                        self.arrow(node_of(index), to, Way::About, [told]);
                    }
                    Go::Next | Go::Back(None, _) | Go::End(_) | Go::Stay => parts.push(told),
                }
            }
            let last = route::onward(workflow, index, &of_side).iter().any(|leg| leg.to.is_none());
            if parts.is_empty() && !last {
                continue;
            }
            if stage.outcomes.values().any(|o| o.about.is_none()) {
                let others = stage.outcomes.values().any(|o| o.about.is_some());
                parts.push(format!("{}：{title}继续", if others { "其余" } else { "办结" }));
            }
            if parts.is_empty() {
                continue;
            }
            let collects = |s: &Stage| s.collects.contains(&side.name);
            let waits = workflow.stages.iter().position(collects).map_or(0, node_of);
            self.arrow(node_of(index), waits, Way::About, parts);
        }
    }
}

/// What is written of an outcome: its name first, then when and how it is chosen.
fn told(stage: &Stage, outcome: &Outcome) -> Vec<String> {
    let mut parts = vec![outcome.name.clone()];
    let chosen = stage.outcomes.values().any(|o| o.when.is_some());
    match &outcome.when {
        Some(when) => parts.push(expression(&when.source)),
        None if chosen => parts.push("其余情形".to_string()),
        None => {}
    }
    if stage.falls(&outcome.name) {
        parts.push("逾期自动".to_string());
    }
    let marks = [(outcome.reason, "须写理由"), (outcome.once, "限一次"), (outcome.merge, "并入另一对象")];
    parts.extend(marks.iter().filter(|(marked, _)| *marked).map(|(_, word)| word.to_string()));
    parts
}

fn about_title(workflow: &Workflow, side: &ItemType) -> String {
    let about = side.about.as_ref().and_then(|name| workflow.items.get(name));
    about.map_or_else(|| "案卷".to_string(), |of| of.title.clone())
}

/// What becomes of what a side item is about.
fn moved(go: &Go) -> String {
    match go {
        Go::Next => "继续".to_string(),
        Go::To(_) => "重新办理".to_string(),
        Go::Back(..) => "退回".to_string(),
        Go::End(label) => format!("以“{label}”结束"),
        Go::Stay => "再办一次".to_string(),
    }
}
