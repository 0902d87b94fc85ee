//! The Chinese words for what a definition says in keywords: roles, limits, quotas, papers, actions.

use crate::deadline::date_literal;
use crate::workflow::offices::Offices;
use crate::workflow::rule::Pair;
use crate::workflow::{
    Action, Bound, DocumentDefinition, DocumentEach, Each, From, Late, Limit, Over, Overdue, Quota, Role, Selector,
    Stage, Subject, Turn, Verb, Who, Workflow,
};

/// Longest expression that is shown, in characters.
const EXPRESSION_CHARACTERS_MAX: usize = 60;

/// What names are looked up in.
pub(super) struct Words<'a> {
    pub(super) workflow: &'a Workflow,
    pub(super) offices: Option<&'a Offices>,
}

/// A list as a sentence has it.
pub(super) fn listed<S: AsRef<str>>(parts: &[S]) -> String {
    parts.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("、")
}

/// An expression on one line; what is too long to be read on a wall is cut.
pub(super) fn expression(source: &str) -> String {
    let line = source.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXPRESSION_CHARACTERS_MAX {
        return line;
    }
    line.chars().take(EXPRESSION_CHARACTERS_MAX).chain(['…']).collect()
}

fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Person => "个人",
        Subject::Organisation => "组织",
        Subject::Office => "单位",
        Subject::Matter => "事项",
        Subject::Document => "文件",
    }
}

impl Words<'_> {
    /// A role; the language's own words are told by what they mean.
    pub(super) fn role(&self, role: &str) -> String {
        let own = match role {
            "opener" => "开案单位",
            "owner" => "报送单位",
            "subject" => "对象单位",
            "about.owner" => "所涉对象的报送单位",
            "about.subject" => "所涉对象的单位",
            "public" => "社会",
            "inside" => "内部单位",
            name => name,
        };
        own.to_string()
    }

    pub(super) fn roles(&self, roles: &[String]) -> String {
        listed(&roles.iter().map(|r| self.role(r)).collect::<Vec<_>>())
    }

    /// Which offices a role means.
    pub(super) fn who(&self, role: &Role) -> String {
        let who = match &role.who {
            Who::Offices(selectors) => listed(&selectors.iter().map(|s| self.selector(s)).collect::<Vec<_>>()),
            Who::SuperiorOf(of) => format!("{}的上级", self.role(of)),
            Who::Field(field) => format!("“{field}”栏所填的单位"),
            Who::Outside(_) => "外部人员".to_string(),
        };
        let through = role.through.as_ref().map(|window| format!("（由{}代收代交）", self.role(window)));
        format!("{who}{}", through.unwrap_or_default())
    }

    fn selector(&self, selector: &Selector) -> String {
        match selector {
            Selector::Id(id) => self.offices.map_or(id.as_str(), |o| o.title(id)).to_string(),
            Selector::Tag(tag) => match self.offices.map(|o| o.tagged(tag).count()) {
                Some(count) => format!("各{tag}（{count}个）"),
                None => format!("各{tag}"),
            },
        }
    }

    /// The words of an `of:` list: titles of types, categories, subjects.
    pub(super) fn of(&self, of: &[String]) -> String {
        let all = [Subject::Person, Subject::Organisation, Subject::Office, Subject::Matter, Subject::Document];
        let word = |name: &String| {
            let of_subject = all.iter().find(|s| s.word() == name.as_str()).map(|s| subject(*s).to_string());
            let title = self.workflow.items.get(name).map(|t| t.title.clone());
            title.or(of_subject).unwrap_or_else(|| name.clone())
        };
        listed(&of.iter().map(word).collect::<Vec<_>>())
    }

    /// Pairs, by type where all of a type are meant.
    pub(super) fn pairs(&self, pairs: &[Pair]) -> String {
        let mut parts: Vec<String> = Vec::new();
        for item in self.workflow.items.values() {
            let of: Vec<&Pair> = pairs.iter().filter(|p| p.kind == item.name).collect();
            if of.is_empty() {
                continue;
            }
            if of.len() >= item.categories.len() {
                parts.push(item.title.clone());
            } else {
                parts.extend(of.iter().filter_map(|p| p.category.clone()));
            }
        }
        listed(&parts)
    }

    pub(super) fn limit(&self, limit: &Limit) -> String {
        match limit {
            Limit::Span(span) => format!("{}内", span.title()),
            Limit::From(span, field) => format!("自{field}起{}内", span.title()),
            // any day will do to see whether the text is a day of some year
            Limit::By(by) => match date_literal(&by.source, chrono::NaiveDate::default()) {
                Ok(_) => format!("{}前", day(&by.source)),
                Err(_) => format!("{}前", expression(&by.source)),
            },
        }
    }

    /// A limit with what reminds of it and what happens when it passes.
    pub(super) fn within(
        &self,
        limit: &Limit,
        remind: &[crate::deadline::Offset],
        overdue: Option<&Overdue>,
    ) -> String {
        let mut parts = vec![self.limit(limit)];
        if !remind.is_empty() {
            parts.push(format!("{}提醒", listed(&remind.iter().map(|o| o.title()).collect::<Vec<_>>())));
        }
        parts.extend(overdue.map(|o| self.overdue(o)));
        parts.join("；")
    }

    pub(super) fn overdue(&self, overdue: &Overdue) -> String {
        match overdue {
            Overdue::Tell(roles) => format!("逾期告知{}", self.roles(roles)),
            Overdue::Ask(role) => format!("逾期请{}决定", self.role(role)),
            Overdue::Outcome(outcome, basis) => format!("逾期视为“{outcome}”（{basis}）"),
        }
    }

    /// How a gate works; None where items pass one by one.
    pub(super) fn gate(&self, stage: &Stage) -> Option<String> {
        if stage.of_case {
            return None;
        }
        let together = match &stage.each {
            Each::Item => return None,
            Each::Case => "到齐后一并办理".to_string(),
            Each::Fields(fields) => {
                let by: Vec<String> = fields.iter().map(|f| group(f)).collect();
                format!("按{}分批，各批到齐后一并办理", listed(&by))
            }
            Each::About => "按所涉对象分批，各批到齐后一并办理".to_string(),
        };
        let whom = stage.late_by.as_ref().or(stage.by.first()).map(|r| self.role(r)).unwrap_or_default();
        let late = match stage.late {
            Late::Leave if stage.within.is_some() => format!("有事未决的留待下一轮，到期未到的请{whom}决定"),
            Late::Leave => "有事未决的留待下一轮".to_string(),
            Late::Wait => "有事未决的也等".to_string(),
            Late::Exclude => "到期未到的退出".to_string(),
            Late::Ask => format!("到期未到的请{whom}决定"),
        };
        Some(format!("{together}，{late}"))
    }

    pub(super) fn from(&self, from: &From) -> Option<String> {
        Some(match from {
            From::Submissions => return None,
            From::Offices(role) => format!("{}每个单位一项", self.role(role)),
            From::Table(table) => format!("“{table}”每行一项"),
            From::Register(register, filter) => {
                let filter = filter.as_ref().map(|f| format!("（{}）", expression(&f.source))).unwrap_or_default();
                format!("台账“{register}”每条一项{filter}")
            }
            From::Case(workflow, list) => format!("“{workflow}”的“{list}”"),
            From::Every(schedule, until) => {
                let until = until.as_ref().map(|param| format!("，至“{param}”")).unwrap_or_default();
                format!("{}，每个单位一项{until}", schedule.title())
            }
        })
    }

    pub(super) fn quota(&self, quota: &Quota) -> String {
        let of = if quota.of.is_empty() { String::new() } else { format!("{}：", self.of(&quota.of)) };
        let per: String = quota.per.iter().map(|p| format!("每{}", group(p))).collect();
        let bound = |bound: &Bound| match bound {
            Bound::Number(number) => number.to_string(),
            Bound::Param(name) => format!("“{name}”"),
            Bound::Table(table) => listed(&table.iter().map(|(k, n)| format!("{k}{n}")).collect::<Vec<_>>()),
            Bound::Expression(e) => expression(&e.source),
        };
        let max = quota.max.as_ref().map(|b| format!("至多{}", bound(b)));
        let min = quota.min.as_ref().map(|b| format!("至少{}", bound(b)));
        let bounds: Vec<String> = min.into_iter().chain(max).collect();
        let over = match quota.over {
            Over::Refuse => "",
            Over::Reason => "，超出须写明理由",
            Over::Ask => "，超出须请示",
        };
        format!("{of}{per}{}{over}", bounds.join("，"))
    }

    /// A paper: what, with which number, under seal or not, for whom.
    pub(super) fn document(&self, paper: &DocumentDefinition) -> String {
        let mut more: Vec<String> = Vec::new();
        more.extend(paper.number.as_ref().map(|series| format!("文号{series}")));
        let of = if paper.of.is_empty() { "对象".to_string() } else { self.of(&paper.of) };
        match paper.each {
            DocumentEach::Batch => {}
            DocumentEach::Item => more.push(format!("按{of}各一份")),
            DocumentEach::Owner => more.push("按报送单位各一份".to_string()),
            DocumentEach::About => more.push("按所涉对象各一份".to_string()),
        }
        more.extend(paper.when.as_ref().map(|w| format!("仅当 {}", expression(&w.source))));
        more.extend(paper.seal.then(|| "须用印".to_string()));
        let more = if more.is_empty() { String::new() } else { format!("（{}）", more.join("，")) };
        let to = if paper.to.is_empty() { String::new() } else { format!(" → {}", self.roles(&paper.to)) };
        let copy = if paper.copy.is_empty() { String::new() } else { format!("，抄送{}", self.roles(&paper.copy)) };
        format!("{}{more}{to}{copy}", paper.template)
    }

    pub(super) fn action(&self, action: &Action) -> String {
        let what = match &action.verb {
            Verb::Enter(register, _) => format!("登记台账“{register}”"),
            Verb::Leave(register, _) => format!("注销台账“{register}”"),
            Verb::Ask(ask) => format!("请{}答复（{}）", self.role(&ask.by), ask.answers.join("、")),
            Verb::Open(open) if open.item.is_some() => format!("转入“{}”", open.workflow),
            Verb::Open(open) => {
                let wait = if open.wait { "，等候其办结" } else { "" };
                format!("开办“{}”{wait}", open.workflow)
            }
            Verb::Clock(turned) => {
                let word = match turned.turn {
                    Turn::Stop => "暂停",
                    Turn::Resume => "恢复",
                    Turn::Restart => "重新起算",
                };
                format!("“{}”期限{word}", turned.clock)
            }
            Verb::Tell(tell) => format!("知会{}", self.roles(&tell.to)),
            Verb::Set(facts) => format!("记“{}”", listed(&facts.keys().collect::<Vec<_>>())),
        };
        let of = if action.of.is_empty() { String::new() } else { format!("{}：", self.of(&action.of)) };
        let when = action.when.as_ref().map(|w| format!("（仅当 {}）", expression(&w.source))).unwrap_or_default();
        format!("{of}{what}{when}")
    }
}

/// What groups are formed by.
fn group(by: &str) -> String {
    let own = match by {
        "owner" => "报送单位",
        "category" => "类别",
        "month" => "月",
        field => field,
    };
    own.to_string()
}

/// `01-31` as 1月31日; other days stand as they are written.
fn day(text: &str) -> String {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let number = |part: &&str| part.parse::<u32>().ok();
    match parts.as_slice() {
        [month, day] => number(month).zip(number(day)).map_or_else(|| text.to_string(), |(m, d)| format!("{m}月{d}日")),
        _ => text.trim().to_string(),
    }
}
