//! What a stage scores, counts, ranks and lists, and who of several signs, as rows of its box.

use super::words::{Words, expression, listed};
use crate::tally::lists::Places;
use crate::tally::rank::Toward;
use crate::tally::sign::Base;
use crate::workflow::{
    BallotDefinition, ConflictDefinition, ListDefinition, ListTake, RankDefinition, ScoreDefinition, Sign, Stage,
    VoteDefinition,
};

type Row = (&'static str, String);

/// Who of several signs.
pub(super) fn signing(words: &Words<'_>, stage: &Stage) -> Option<Row> {
    let how = match &stage.sign {
        Sign::One => return None,
        Sign::All => "会签，各家都要签署".to_string(),
        Sign::Any => "或签，一家签署即可".to_string(),
        Sign::InOrder => "依次签署".to_string(),
        Sign::Vote(vote) => voting(words, vote),
    };
    Some(("签署", how))
}

fn voting(words: &Words<'_>, vote: &VoteDefinition) -> String {
    let mut parts = vec![if vote.recorded { "按会议记录表决".to_string() } else { "表决".to_string() }];
    parts.extend(vote.members.as_ref().map(|role| words.role(role)));
    parts.extend(vote.quorum.as_ref().map(|share| format!("到会{share}以上")));
    parts.extend(vote.pass.as_ref().map(|pass| {
        let of = match pass.of {
            Base::Members => "应到",
            Base::Present => "实到",
            Base::Votes => "投票",
        };
        format!("{}{of}人数的{}通过", if pass.more_than { "超过" } else { "达到" }, pass.share)
    }));
    if !vote.veto.is_empty() {
        parts.push(format!("{}可以否决", words.roles(&vote.veto)));
    }
    parts.join("，")
}

/// What is counted, and which lists come of it.
pub(super) fn rows(words: &Words<'_>, stage: &Stage) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(stage.score.as_ref().map(|score| ("打分", scoring(words, score))));
    rows.extend(stage.ballot.as_ref().map(|ballot| ("测评", balloting(words, ballot))));
    rows.extend(stage.rank.as_ref().map(|rank| ("排名", ranking(rank))));
    rows.extend(stage.lists.iter().map(|(name, list)| ("名单", listing(name, list))));
    rows.extend(stage.conflicts.iter().map(|conflict| ("互斥", excluding(conflict))));
    for (name, confirmed) in &stage.confirms {
        rows.push(("确认", format!("名单“{name}”")));
        rows.extend(confirmed.documents.iter().map(|paper| ("文书", words.document(paper))));
        rows.extend(confirmed.actions.iter().map(|action| ("另办", format!("{name}：{}", words.action(action)))));
    }
    rows
}

fn scoring(words: &Words<'_>, score: &ScoreDefinition) -> String {
    let criteria = score.criteria.iter().map(|(name, criterion)| {
        let of = if criterion.of.is_empty() { String::new() } else { format!("（{}）", words.of(&criterion.of)) };
        format!("{name}{}%{of}", criterion.weight)
    });
    let mut parts = vec![listed(&criteria.collect::<Vec<_>>()), format!("满分{}", score.scale)];
    if score.assessors_min > 1 {
        parts.push(format!("至少{}人打分", score.assessors_min));
    }
    if score.drop_extremes {
        parts.push("去掉最高最低".to_string());
    }
    parts.extend(score.recuse.as_ref().map(|when| format!("回避：{}", expression(&when.source))));
    parts.join("；")
}

fn balloting(words: &Words<'_>, ballot: &BallotDefinition) -> String {
    let options: Vec<String> = ballot.options.iter().map(|(name, points)| format!("{name}{points}分")).collect();
    let mut parts = vec![listed(&options)];
    let voters: Vec<String> = ballot.voters.iter().map(|(group, share)| format!("{group}{share}%")).collect();
    if !voters.is_empty() {
        parts.push(listed(&voters));
    }
    if ballot.secret {
        parts.push("无记名".to_string());
    }
    parts.extend(ballot.witness.as_ref().map(|role| format!("由{}监票", words.role(role))));
    parts.join("；")
}

fn ranking(rank: &RankDefinition) -> String {
    let by = rank.by.iter().map(|(fact, toward)| match toward {
        Toward::Down => format!("{fact}由高到低"),
        Toward::Up => format!("{fact}由低到高"),
    });
    let within = if rank.within_category { "各类别分别" } else { "" };
    format!("{within}按{}", by.collect::<Vec<_>>().join("，再按"))
}

fn listing(name: &str, list: &ListDefinition) -> String {
    let places = |places: &Places| match places {
        Places::Each(count) => format!("{count}名"),
        Places::Category(counts) => {
            listed(&counts.iter().map(|(category, count)| format!("{category}{count}名")).collect::<Vec<_>>())
        }
    };
    let take = match &list.take {
        ListTake::First(count) => format!("前{}", places(count)),
        ListTake::Last(count) => format!("后{}", places(count)),
        ListTake::Where(condition) => format!("凡 {}", expression(&condition.source)),
    };
    let mut parts = vec![format!("{name}：{take}")];
    parts.extend(list.unless.as_ref().map(|unless| format!("除非 {}", expression(&unless.source))));
    if !list.not_in.is_empty() {
        parts.push(format!("不在{}", listed(&list.not_in)));
    }
    if list.refill {
        parts.push("空缺递补".to_string());
    }
    parts.join("；")
}

fn excluding(conflict: &ConflictDefinition) -> String {
    format!("不得同时在{}", listed(&conflict.lists))
}
