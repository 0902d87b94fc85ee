//! What is said of a stage: heading and text, in the order somebody asks.

use super::words::{Words, expression, listed};
use super::{counting, route};
use crate::workflow::{CaseHead, ItemType, Kind, Stage, Workflow};

/// Heading of how a gate works.
pub(super) const GATE: &str = "关口";

type Row = (&'static str, String);

/// The rows of a stage.
pub(super) fn of_stage(words: &Words<'_>, stage: &Stage) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    rows.push(("对象", if stage.of_case { "案卷本身".to_string() } else { words.of(&stage.of) }));
    let condition = |source: &str| match stage.is_sent_to_alone() {
        true => "仅由办理结果转入".to_string(),
        false => format!("仅当 {}", expression(source)),
    };
    rows.extend(stage.when.as_ref().map(|when| ("条件", condition(&when.source))));
    if !stage.by.is_empty() {
        rows.push(("办理", words.roles(&stage.by)));
    }
    rows.extend(counting::signing(words, stage));
    if !single(words, stage) {
        rows.extend(words.gate(stage).map(|gate| (GATE, gate)));
    }
    intake(words, stage, &mut rows);
    notice(words, stage, &mut rows);
    if let Some(limit) = &stage.within {
        rows.push(("时限", words.within(limit, &stage.remind, stage.overdue.as_ref())));
    }
    let about_case = |side: &&String| words.workflow.items.get(*side).is_some_and(ItemType::is_about_case);
    let (of_case, of_items): (Vec<String>, Vec<String>) =
        stage.collects.iter().cloned().partition(|side| about_case(&side));
    for (sides, waits) in [(of_items, "所涉对象留在本环节"), (of_case, "其后的关口不开")] {
        if !sides.is_empty() {
            rows.push(("接收", format!("{}；办结前{waits}", words.of(&sides))));
        }
    }
    rows.extend(counting::rows(words, stage));
    papers(words, stage, &mut rows);
    rows
}

/// Whether no more than one item can ever come to a stage, so that there is nothing to wait for.
fn single(words: &Words<'_>, stage: &Stage) -> bool {
    let pairs = route::pairs(words.workflow);
    let mut taken = pairs.iter().filter(|pair| route::takes(words.workflow, stage, pair));
    taken.all(|pair| words.workflow.items.get(&pair.kind).is_some_and(|of| of.one))
}

fn intake(words: &Words<'_>, stage: &Stage, rows: &mut Vec<Row>) {
    rows.extend(words.from(&stage.from).map(|from| ("来源", from)));
    if stage.kind == Kind::Recommend && stage.expect_all {
        rows.push(("收齐", "各单位都要报送，或声明没有".to_string()));
    }
    rows.extend(stage.quota.iter().map(|quota| ("名额", words.quota(quota))));
    if !stage.attach.is_empty() {
        let attach = stage.attach.iter().map(|a| match a.of.as_slice() {
            [] => a.name.clone(),
            of => format!("{}（{}）", a.name, words.of(of)),
        });
        rows.push(("附件", listed(&attach.collect::<Vec<_>>())));
    }
    if stage.paper > 0 {
        rows.push(("纸质", format!("盖章件{}份", stage.paper)));
    }
}

fn notice(words: &Words<'_>, stage: &Stage, rows: &mut Vec<Row>) {
    if stage.kind != Kind::Publicise {
        return;
    }
    if !stage.to.is_empty() {
        let channels =
            if stage.channels.is_empty() { String::new() } else { format!("，见于{}", listed(&stage.channels)) };
        rows.push(("面向", format!("{}{channels}", words.roles(&stage.to))));
    }
    if let Some(period) = stage.period {
        let start = if stage.count_start { "张贴当日起算" } else { "张贴次日起算" };
        let grace = stage.grace.map(|g| format!("；期满再等邮寄{}", g.title())).unwrap_or_default();
        let keep = stage.keep.map(|k| format!("；期满后保留{}", k.title())).unwrap_or_default();
        rows.push(("期限", format!("{}，{start}{grace}{keep}", period.title())));
    }
    rows.extend(stage.notice.as_ref().map(|notice| ("公告", notice.clone())));
}

fn papers(words: &Words<'_>, stage: &Stage, rows: &mut Vec<Row>) {
    rows.extend(stage.documents.iter().map(|paper| ("文书", words.document(paper))));
    rows.extend(stage.report.iter().map(|paper| ("上报", words.document(paper))));
    rows.extend(stage.actions.iter().map(|action| ("另办", words.action(action))));
    for outcome in stage.outcomes.values() {
        let papers = outcome.documents.iter().map(|paper| words.document(paper));
        let actions = outcome.actions.iter().map(|action| words.action(action));
        rows.extend(papers.chain(actions).map(|what| ("另办", format!("{}：{what}", outcome.name))));
    }
}

/// How a case opens.
pub(super) fn of_head(words: &Words<'_>, head: &CaseHead) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(head.opened_by.as_ref().map(|role| ("开案", format!("由{}", words.role(role)))));
    let owner = head.owner.as_ref().map(|role| format!("，由{}承办", words.role(role))).unwrap_or_default();
    rows.extend(head.opened_every.map(|every| ("自动", format!("{}{owner}", every.title()))));
    if !head.opened_from.is_empty() {
        rows.push(("来自", listed(&head.opened_from)));
    }
    if !head.key.is_empty() {
        rows.push(("唯一", format!("每个{}同时只有一案", listed(&head.key))));
    }
    rows
}

/// How a case is kept.
pub(super) fn of_finish(workflow: &Workflow) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![("保管", workflow.retention.title().to_string())];
    let file = workflow.stages.iter().find(|s| s.kind == Kind::File);
    if file.is_some_and(|s| s.with_parent) {
        rows.push(("归档", "随开办它的案卷归档".to_string()));
    }
    if let Some((fonds, class)) = file.and_then(|s| s.fonds.as_ref().zip(s.class.as_ref())) {
        rows.push(("全宗", format!("{fonds}，{class}")));
    }
    rows
}
