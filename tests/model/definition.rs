//! Small definitions that both sides run by: the plain model reads them as they are, the kernel as YAML.

use banwen::calendar::Calendar;
use banwen::case::event::Fields;
use banwen::case::ledger::Ledgers;
use banwen::case::program::{Program, Proof, Proofed};
use banwen::workflow::{check, offices};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// Who opens the case.
pub(crate) const OPENER: &str = "组织办";
/// Who hands in.
pub(crate) const OWNERS: [&str; 2] = ["甲办", "乙办"];
/// Everybody who could ask anything.
pub(crate) const OFFICES: [&str; 5] = [OPENER, "甲办", "乙办", "审办", "复办"];
/// Categories of the main type.
pub(crate) const CATEGORIES: [&str; 2] = ["红", "蓝"];
/// Values of 组.
pub(crate) const GROUPS: [&str; 2] = ["东", "西"];
/// No 数 is above it: whoever comes to a stage with this condition was sent there.
pub(crate) const NEVER: i64 = i64::MAX;
/// In place of a number: what the stage about the case before it was answered last.
pub(crate) const ASKED: i64 = i64::MIN;
/// The side type.
pub(crate) const SIDE: &str = "议";

/// The list.
pub(crate) const LIST: &str = "选";
/// How those end who are not on it.
pub(crate) const NOT_LISTED: &str = "落选";

const OFFICES_YAML: &str = "offices:
  组织办: { title: 组织办, mail: z@a.example, phone: '1' }
  甲办: { title: 甲办, mail: j@a.example, phone: '1' }
  乙办: { title: 乙办, mail: y@a.example, phone: '1' }
  审办: { title: 审办, mail: s@a.example, phone: '1' }
  复办: { title: 复办, mail: f@a.example, phone: '1' }
channels:
  网页: web
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Recommend,
    Assess,
    Review,
    Publicise,
    Decide,
    File,
}

/// Which items pass a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// every main item
    All,
    /// those of this category
    Category(usize),
    /// side items
    Side,
    /// members of the list
    Listed,
    /// none: it is about the case itself
    Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// 甲办 and 乙办
    Owners,
    /// 审办
    One,
    /// 审办 and 复办
    Two,
    /// whose item it is
    Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Each {
    Item,
    Case,
    Group,
    /// those about the same
    About,
}

/// What a gate does about who is upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    /// leaves who is held
    Leave,
    Wait,
    /// ends them at the limit
    Exclude,
    /// asks at the limit
    Ask,
}

/// Who of several answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    One,
    /// the first who answers, as One
    Any,
    All,
    InOrder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Go {
    Next,
    To(usize),
    /// the stage, straight afterwards, days for mending
    Back(usize, bool, Option<u32>),
    End(&'static str),
    Stay,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) go: Go,
    /// chosen when 数 is above this
    pub(crate) when: Option<i64>,
    pub(crate) once: bool,
    /// where the item goes that this one is about
    pub(crate) about: Option<Go>,
}

/// The list that a stage makes, whose items then go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct List {
    /// those whose 数 is above this are on it
    pub(crate) least: i64,
    /// the others end
    pub(crate) others_end: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) kind: Kind,
    pub(crate) of: Of,
    /// only items whose 数 is above this
    pub(crate) when: Option<i64>,
    pub(crate) by: By,
    pub(crate) each: Each,
    pub(crate) late: Late,
    pub(crate) sign: Sign,
    /// whether a return waits for the other signers
    pub(crate) collects_all: bool,
    pub(crate) collects: bool,
    pub(crate) outcomes: Vec<Outcome>,
    /// days
    pub(crate) within: Option<u32>,
    /// the outcome that falls by itself after that
    pub(crate) silent: Option<usize>,
    /// working days of a notice
    pub(crate) period: Option<u32>,
    /// days after it
    pub(crate) grace: Option<u32>,
    /// at most so many, of an owner where items come in, of a category elsewhere
    pub(crate) quota: Option<usize>,
    pub(crate) expect_all: bool,
    pub(crate) late_items: bool,
    pub(crate) list: Option<List>,
}

impl Stage {
    /// Whether the answers of several make one.
    pub(crate) fn several_sign(&self) -> bool {
        matches!(self.sign, Sign::All | Sign::InOrder)
    }

    /// A stage with nothing special about it.
    pub(crate) fn plain(kind: Kind, of: Of, by: By, outcomes: Vec<Outcome>) -> Stage {
        let together = matches!(kind, Kind::Publicise | Kind::Decide | Kind::File) || of == Of::Case;
        Stage {
            kind,
            of,
            when: None,
            by,
            each: if together { Each::Case } else { Each::Item },
            late: Late::Leave,
            sign: Sign::One,
            collects_all: false,
            collects: false,
            outcomes,
            within: None,
            silent: None,
            period: None,
            grace: None,
            quota: None,
            expect_all: false,
            late_items: false,
            list: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) stages: Vec<Stage>,
    /// what is required of everything, wherever it is known
    pub(crate) rule: Option<&'static str>,
    /// the group it is judged for, where it is for groups
    pub(crate) per: Option<&'static str>,
}

/// What a stage is called.
pub(crate) fn name(stage: usize) -> String {
    format!("环{}", stage + 1)
}

impl Definition {
    /// As its writer would write it.
    pub(crate) fn yaml(&self) -> String {
        let mut text = String::from("workflow: 试\nroles:\n  组织: 组织办\n");
        let used = |by: By| self.stages.iter().any(|s| s.by == by);
        for (by, role) in [(By::Owners, "  单位: { offices: [甲办, 乙办] }\n"), (By::One, "  审: 审办\n")] {
            text.push_str(if used(by) { role } else { "" });
        }
        text.push_str(if used(By::Two) { "  同审: { offices: [审办, 复办] }\n" } else { "" });
        text.push_str("case: { title: 试, opened: { by: 组织 } }\nitems:\n");
        text.push_str("  事: { categories: { 红: matter, 蓝: matter }, identity: [名], public: [名, 数], ");
        text.push_str("fields: { 名: name, 数: integer, 组: [东, 西] } }\n");
        if self.stages.iter().any(|s| s.collects) {
            text.push_str("  议: { about: 事, identity: [内容], fields: { 内容: text } }\n");
        }
        text.push_str("stages:\n");
        for (n, stage) in self.stages.iter().enumerate() {
            let _ = writeln!(text, "  - {{ {} }}", self.stage(n, stage));
        }
        if let Some(rule) = self.rule {
            let per = self.per.map(|per| format!("per: {per}, ")).unwrap_or_default();
            let _ = writeln!(text, "rules:\n  - {{ of: 事, {per}require: \"{rule}\", say: 不符 }}");
        }
        text
    }

    /// The stage about the case that is listed last before another.
    pub(crate) fn asks(&self, stage: usize) -> Option<usize> {
        (0..stage).rfind(|s| self.stages[*s].of == Of::Case)
    }

    fn stage(&self, n: usize, stage: &Stage) -> String {
        let kind = format!("{:?}", stage.kind).to_lowercase();
        let mut keys = vec![format!("{kind}: {}", name(n))];
        keys.extend(match stage.of {
            Of::All => None,
            Of::Category(c) => Some(format!("of: {}", CATEGORIES[c])),
            Of::Side => Some(format!("of: {SIDE}")),
            Of::Listed => Some(format!("of: {LIST}")),
            Of::Case => Some("of: case".to_string()),
        });
        let by = match stage.by {
            By::Owners => "单位",
            By::One => "审",
            By::Two => "同审",
            By::Owner => "owner",
        };
        keys.push(format!("by: {by}"));
        keys.extend(stage.when.map(|least| match least {
            NEVER => "when: false".to_string(),
            ASKED => format!("when: {0}.须{0}", name(self.asks(n).unwrap_or_default())),
            least => format!("when: \"数 > {least}\""),
        }));
        if stage.kind != Kind::Recommend && stage.of != Of::Case {
            let each = match stage.each {
                Each::Item => "item",
                Each::Case => "case",
                Each::Group => "组",
                Each::About => "about",
            };
            keys.push(format!("each: {each}"));
        }
        let late = format!("late: {:?}", stage.late).to_lowercase();
        keys.extend((stage.late != Late::Leave).then_some(late));
        keys.extend(match stage.sign {
            Sign::One => None,
            Sign::Any => Some("sign: any".to_string()),
            Sign::All => Some("sign: all".to_string()),
            Sign::InOrder => Some("sign: in order".to_string()),
        });
        keys.extend(stage.collects_all.then(|| "first_return: collects-all".to_string()));
        keys.extend(stage.collects.then(|| format!("collects: {SIDE}")));
        keys.extend(stage.within.map(|days| format!("within: {days} days")));
        let silent = stage.silent.and_then(|n| stage.outcomes.get(n));
        keys.extend(silent.map(|o| format!("overdue: {{ outcome: {}, basis: 条例1 }}", o.name)));
        keys.extend(self.kind_keys(n, stage));
        keys.extend(stage.list.map(|List { least, others_end }| {
            let others = if others_end { format!(", others: {{ end: {NOT_LISTED} }}") } else { String::new() };
            format!("lists: {{ {LIST}: {{ where: \"数 > {least}\"{others} }} }}")
        }));
        if !stage.outcomes.is_empty() {
            let outcomes: Vec<String> = stage.outcomes.iter().map(outcome).collect();
            keys.push(format!("outcomes: {{ {} }}", outcomes.join(", ")));
        }
        keys.join(", ")
    }

    fn kind_keys(&self, n: usize, stage: &Stage) -> Vec<String> {
        let mut keys = Vec::new();
        match (stage.kind, stage.of) {
            (Kind::Recommend, _) => {
                keys.extend(stage.expect_all.then(|| "expect: all".to_string()));
                keys.extend(stage.late_items.then(|| "late_items: next-round".to_string()));
                keys.extend(stage.quota.map(|max| format!("quota: [{{ per: owner, max: {max} }}]")));
            }
            (Kind::Publicise, _) => {
                keys.push("to: public, notice: 告示, channels: [网页]".to_string());
                keys.extend(stage.period.map(|days| format!("for: {days} workdays")));
                keys.extend(stage.grace.map(|days| format!("grace: {days} days")));
            }
            (_, Of::Case) => keys.push(format!("form: {{ case: {{ 意见{n}: text, 须{}: yes-no }} }}", name(n))),
            (Kind::Decide, _) => {
                keys.push(format!("form: {{ case: {{ 日期{n}: date }}, item: {{ 意见{n}: text }} }}"));
                keys.extend(stage.quota.map(|max| format!("quota: [{{ per: category, max: {max} }}]")));
            }
            (Kind::Assess | Kind::Review | Kind::File, _) => keys.push(format!("form: {{ 意见{n}: text }}")),
        }
        keys
    }

    /// Ready to run; None when the checker refuses it.
    pub(crate) fn program(&self) -> Option<(Program, Ledgers)> {
        let town = offices::parse::parse("offices.yaml", OFFICES_YAML).unwrap();
        let calendar = Calendar::shipped().clone();
        let notice = "# 告示\n\n{% for item in items %}{{ item.名 }}{{ item.数 }}{% endfor %}\n".to_string();
        let files =
            BTreeMap::from([("workflow.yaml".to_string(), self.yaml()), ("templates/告示.md".to_string(), notice)]);
        let deployed = check::deploy("试.yaml", &files, Some(&town), calendar.official_years()).ok()?;
        let program = Program::new(Arc::new(deployed.closure), Arc::new(Anything));
        Some((program, Ledgers::new(Arc::new(town), Arc::new(calendar))))
    }
}

fn outcome(outcome: &Outcome) -> String {
    let mut keys = vec![go(&outcome.go)];
    keys.extend(outcome.when.map(|least| format!("when: \"数 > {least}\"")));
    keys.extend(outcome.once.then(|| "once: true".to_string()));
    keys.extend(outcome.about.map(|about| format!("about: {{ {} }}", go(&about))));
    format!("{}: {{ {} }}", outcome.name, keys.join(", "))
}

fn go(go: &Go) -> String {
    match go {
        Go::Next => "next: true".to_string(),
        Go::To(stage) => format!("to: {}", name(*stage)),
        Go::Back(stage, straight, within) => {
            let resume = if *straight { "straight" } else { "replay" };
            let within = within.map(|days| format!(", within: {days} days")).unwrap_or_default();
            format!("back: {}, resume: {resume}{within}", name(*stage))
        }
        Go::End(label) => format!("end: {label}"),
        Go::Stay => "stay: true".to_string(),
    }
}

/// Any paper can be made.
struct Anything;

impl Proof for Anything {
    fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Ok(Proofed { title: template.to_string() })
    }
}
