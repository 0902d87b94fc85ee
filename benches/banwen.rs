//! What it costs: documents, working days, one decision on a case of 6,000 items. `cargo bench` prints the figures; they are this machine's, to be compared within one run only.

#![expect(clippy::print_stdout, clippy::expect_used, reason = "a benchmark prints, and one that cannot run has failed")]

use banwen::calendar::Calendar;
use banwen::case::Case;
use banwen::case::command::{Asked, Command, HandIn};
use banwen::case::decide::{self, OpenCase};
use banwen::case::event::{Fields, Row};
use banwen::case::ledger::Ledgers;
use banwen::case::program::{Program, Proof, Proofed};
use banwen::document::fill::WordTemplate;
use banwen::document::template::Template;
use banwen::document::{fonts::Fonts, pdf, word};
use banwen::workflow::{check, offices};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

const TEMPLATES: [&str; 8] = ["启动通知", "推荐汇总表", "公示", "表彰决定", "证书", "奖牌文", "备案报告", "进展报告"];

fn main() {
    if std::env::args().any(|a| a == "decide") {
        return print_decisions();
    }
    println!("working-day arithmetic   {}", per(working_days()));
    let (word, pdf) = documents();
    println!("documents                Word {word:.0}/s, PDF {pdf:.0}/s (one thread, certificate and notice by turns)");
    let (read, filled) = word_templates();
    println!(
        "Word templates           filled {filled:.0}/s, read {read:.0}/s (one thread, the notice of tests/word with thirty people)"
    );
    println!("check                    one shipped definition {}", per(mean(20, || drop(program()))));
    let (definitions, took) = check_all();
    println!(
        "check                    {definitions} shipped definitions with their templates, the program's start to its end {took:.2?}"
    );
    print_decisions();
}

fn print_decisions() {
    let decided = decisions();
    println!("decide                   nominate 6,000 items in one form {:.2?}", decided.nominated);
    println!(
        "decide                   an item's step: median {} in the quickest hundred, {} in the slowest; {} events replayed in {:.2?}",
        per(decided.quickest),
        per(decided.slowest),
        decided.events,
        decided.replayed
    );
    let (events, replayed) = eight_stages();
    println!(
        "replay                   6,000 items through {REVIEWS} reviews besides their intake: {events} events in {replayed:.2?}"
    );
}

/// `banwen check` of everything that is shipped at once, though no town has the offices of all: how many definitions, and
/// the quickest of some runs.
fn check_all() -> (usize, Duration) {
    let run = || {
        let start = Instant::now();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_banwen"));
        let done = command.current_dir(root()).args(["check", "workflows", "templates", "spool/offices.yaml"]).output();
        let took = start.elapsed();
        let told = String::from_utf8(done.expect("it runs").stderr).expect("text");
        assert!(told.contains(" files, "), "it reaches its end");
        took
    };
    let files = std::fs::read_dir(root().join("workflows")).expect("definitions").flatten();
    let below = files.flat_map(|entry| match std::fs::read_dir(entry.path()) {
        Ok(folder) => folder.flatten().map(|e| e.path()).collect(),
        Err(_) => vec![entry.path()],
    });
    let texts = below.filter_map(|path| std::fs::read_to_string(path).ok());
    let count = texts.filter(|text| text.lines().any(|line| line.starts_with("workflow:"))).count();
    (count, (0..5).map(|_| run()).min().expect("runs"))
}

fn per(each: Duration) -> String {
    format!("{:.2} µs each", each.as_secs_f64() * 1e6)
}

/// The mean of many runs.
fn mean(times: u32, mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        run();
    }
    start.elapsed() / times
}

fn working_days() -> Duration {
    let calendar = Calendar::shipped();
    let from = NaiveDate::from_ymd_opt(2025, 1, 24).expect("a date");
    mean(100_000, || {
        std::hint::black_box(calendar.add_workdays(std::hint::black_box(from), 40));
    })
}

/// The data of a certificate and of a notice of twelve.
fn papers() -> Vec<(Template, Value)> {
    let text = |name: &str| std::fs::read_to_string(root().join(format!("templates/{name}.md"))).expect("a template");
    let person = |n: usize| {
        json!({ "id": n, "category": "优秀共产党员", "subject": "person", "owner": { "id": "一", "title": "香山镇第一支部" },
            "姓名": format!("陈志{}", ["强", "伟", "明", "华"][n % 4]), "性别": "男", "出生年月": "1978-03",
            "单位及职务": "香山镇第一村村委会委员", "事迹摘要": "汛期值守二十六个昼夜，转移群众四十余人。" })
    };
    let items: Vec<Value> = (0..12).map(person).collect();
    let mut data = json!({
        "年度": 2022, "案卷": { "标题": "2022年“七一”表彰", "编号": "七一表彰-2022" }, "basis": ["镇2022年“七一”表彰工作方案"],
        "today": "2022-06-02", "成文日期": "2022-06-02", "印发日期": "2022-06-02", "文号": null,
        "opener": { "id": "镇组织办", "title": "镇组织办" }, "发文机关": { "id": "镇党委", "title": "中共香山镇委员会" },
        "主送": "", "抄送": "", "本次": { "轮次": 1, "重新": false }, "文书": {}, "items": items,
        "by_category": [{ "category": "优秀共产党员", "subject": "person", "items": items }],
        "公示": { "开始日期": "2022-06-02", "截止日期": "2022-06-10", "期限": "5个工作日", "计算说明": "", "暂定": false },
        "受理": { "单位": "镇组织办", "电话": "0760-88200002", "邮箱": "a@example.org", "地址": "人民路1号" },
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut data, person(0)) {
        for (name, value) in own {
            all.entry(name).or_insert(value);
        }
    }
    ["证书", "公示"].iter().map(|name| (Template::parse(name, &text(name)).expect("it parses"), data.clone())).collect()
}

fn documents() -> (f64, f64) {
    let fonts = Fonts::bundled();
    let papers: Vec<_> = papers().iter().map(|(t, data)| t.render(data).expect("it renders")).collect();
    pdf::pdf(&papers[0], &fonts).expect("the first document warms the faces");
    let mut turn = papers.iter().cycle();
    let mut next = || turn.next().expect("papers");
    let word = mean(400, || drop(word::word(next()).expect("Word")));
    let pdf = mean(100, || drop(pdf::pdf(next(), &fonts).expect("PDF")));
    (1.0 / word.as_secs_f64(), 1.0 / pdf.as_secs_f64())
}

/// Word templates read and filled in a second, the file packed.
fn word_templates() -> (f64, f64) {
    let file = std::fs::read(root().join("tests/word/公示.docx")).expect("a Word file");
    let front = "---\n文种: 公示\n标题: 公示\n---\n";
    let read = || WordTemplate::read("公示", "公示.docx", front, &file).expect("it reads");
    let template = read();
    let person = |n: usize| json!({ "姓名": format!("陈志{n}"), "owner": { "title": format!("第{}支部", n / 5) } });
    let group = |name: &str| json!({ "category": name, "items": (0..15).map(person).collect::<Vec<_>>() });
    let data = json!({
        "年度": 2022, "案卷": { "标题": "2022年表彰" }, "basis": ["方案"], "成文日期": "2022-06-02",
        "by_category": [group("优秀共产党员"), group("优秀党务工作者")], "发文机关": { "title": "中共香山镇委员会" },
        "公示": { "开始日期": "2022-06-02", "截止日期": "2022-06-10", "期限": "5个工作日", "暂定": false },
        "受理": { "单位": "镇组织办", "电话": "0760-88200002" },
    });
    let fill = || template.fill(&data, &|_| None).expect("it fills").word().expect("it packs");
    let each = [mean(200, || drop(read())), mean(400, || drop(fill()))];
    (1.0 / each[0].as_secs_f64(), 1.0 / each[1].as_secs_f64())
}

struct Nothing;

impl Proof for Nothing {
    fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Ok(Proofed { title: template.to_string() })
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn program() -> (Program, Ledgers) {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect("a shipped file");
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    files.insert("workflow.yaml".into(), read("workflows/七一表彰.yaml"));
    for register in ["一票否决", "荣誉"] {
        files.insert(format!("registers/{register}.yaml"), read(&format!("workflows/{register}.yaml")));
    }
    for template in TEMPLATES {
        files.insert(format!("templates/{template}.md"), read(&format!("templates/{template}.md")));
    }
    let offices = offices::parse::parse("offices.yaml", offices::EXAMPLE).expect("the example town");
    let calendar = Calendar::shipped().clone();
    let deployed =
        check::deploy("七一表彰.yaml", &files, Some(&offices), calendar.official_years()).expect("it deploys");
    let program = Program::new(Arc::new(deployed.closure), Arc::new(Nothing));
    (program, Ledgers::new(Arc::new(offices), Arc::new(calendar)))
}

fn quotas(each: u32) -> Fields {
    let row = json!({ "先进基层党组织": each, "优秀共产党员": each, "优秀党务工作者": each });
    let total = json!({ "名额数": each });
    let value = json!({
        "年度": 2022,
        "名额": { "第一党支部": row, "第二党支部": row, "第三党支部": row },
        "总名额": { "先进基层党组织": total, "优秀共产党员": total, "优秀党务工作者": total },
    });
    value.as_object().cloned().unwrap_or_default()
}

fn organisation(n: usize) -> (Row, String) {
    let fields = json!({ "姓名": format!("第{n}支部委员会"), "单位及职务": "香山镇", "无违纪违法声明": true,
        "支委会日期": "2022-05-06", "表决情况": "同意", "主要事迹": "事迹", "事迹摘要": "摘要" });
    let category = Some("先进基层党组织".to_string());
    (Row { category, fields: fields.as_object().cloned().unwrap_or_default(), ..Row::default() }, format!("第{n}行"))
}

fn attachment() -> banwen::submission::Attachment {
    banwen::submission::Attachment { name: "廉政意见.pdf".into(), digest: "0".repeat(64), bytes: 1 }
}

fn asked(by: &str, command: Command) -> Asked {
    Asked { by: by.into(), on_behalf: None, cause: "bench".into(), command }
}

/// What deciding costs.
struct Decided {
    nominated: Duration,
    quickest: Duration,
    slowest: Duration,
    events: usize,
    replayed: Duration,
}

/// A case of 6,000 items: nominated in one form, then assessed and reviewed one by one, then replayed from its log.
fn decisions() -> Decided {
    let (program, ledgers) = program();
    let now = NaiveDate::from_ymd_opt(2022, 5, 5).and_then(|d| d.and_hms_opt(9, 0, 0)).expect("a moment");
    let mut at = decide::open(&program, &opening(quotas(10_000)), &ledgers, now).expect("it opens");
    let mut log = at.events.clone();
    let mut go = |at: &mut decide::Decision, by: &str, command: Command| {
        let start = Instant::now();
        let next = decide::decide(&program, &at.case, &asked(by, command), &at.ledgers, now).expect("it goes on");
        let took = start.elapsed();
        log.extend(next.events.iter().cloned());
        *at = next;
        took
    };
    for command in first_paper() {
        go(&mut at, "系统自动", command);
    }
    let rows = (0..6_000).map(organisation).collect();
    let attachments = vec![attachment()];
    let hand_in =
        HandIn { task: 1, revision: 1, rows, attachments, complete: true, submission: "s".into(), ..HandIn::default() };
    let nominated = go(&mut at, "第一党支部", Command::HandIn(hand_in));
    let assessed = json!({ "考察日期": "2022-05-18", "考察人": ["甲", "乙"], "结论": "合格", "考察材料": "属实", "集体研究日期": "2022-05-18" });
    let mut took = Vec::new();
    for stage in ["考察", "审核"] {
        let by = if stage == "考察" { "第一党支部" } else { "镇组织办" };
        let fields = if stage == "考察" { assessed.clone() } else { json!({ "审核意见": "符合" }) };
        for item in 1..=6_000 {
            let task = at.case.tasks_of(item).next().expect("a task asks of it");
            let row = Row {
                item: Some(item),
                fields: fields.as_object().cloned().unwrap_or_default(),
                outcome: (stage == "审核").then(|| "同意".to_string()),
                ..Row::default()
            };
            let submission = format!("{stage}{item}");
            let hand_in = HandIn {
                task: task.id,
                revision: task.revision,
                rows: vec![(row, String::new())],
                submission,
                ..HandIn::default()
            };
            took.push(go(&mut at, by, Command::HandIn(hand_in)));
        }
    }
    // the middle one: on a machine with other work a mean says how often somebody else was served
    let middle = |of: &[Duration]| {
        let mut sorted = of.to_vec();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    };
    let start = Instant::now();
    let replayed = Case::replay(&log).expect("a case");
    let took_replay = start.elapsed();
    assert_eq!(replayed.seq, at.case.seq);
    let mut medians: Vec<Duration> = took.chunks_exact(100).map(middle).collect();
    medians.sort_unstable();
    let (quickest, slowest) = (medians[0], medians[medians.len() - 1]);
    Decided { nominated, quickest, slowest, events: log.len(), replayed: took_replay }
}

/// The stages of the long case, one below the other.
const REVIEWS: usize = 7;

/// A case of 6,000 items that passed eight stages one by one: its events, and the time to replay them.
fn eight_stages() -> (usize, Duration) {
    let mut text = String::from(
        "workflow: 层层审核\nbasis: [办法]\nroles: { 甲: 镇组织办 }\ncase: { title: 层层审核, opened: { by: 甲 } }\nitems:\n  事项: { identity: [名称], fields: { 名称: name } }\nstages:\n  - { recommend: 提出, by: 甲 }\n",
    );
    for n in 1..=REVIEWS {
        text += &format!("  - {{ review: 审核{n}, by: 甲 }}\n");
    }
    text += "  - { file: 归档, by: 甲 }\n";
    let offices = offices::parse::parse("offices.yaml", offices::EXAMPLE).expect("the example town");
    let calendar = Calendar::shipped().clone();
    let files = BTreeMap::from([("workflow.yaml".to_owned(), text)]);
    let deployed =
        check::deploy("层层审核.yaml", &files, Some(&offices), calendar.official_years()).expect("it deploys");
    let program = Program::new(Arc::new(deployed.closure), Arc::new(Nothing));
    let ledgers = Ledgers::new(Arc::new(offices), Arc::new(calendar));
    let now = NaiveDate::from_ymd_opt(2022, 5, 5).and_then(|d| d.and_hms_opt(9, 0, 0)).expect("a moment");
    let mut at = decide::open(&program, &opening(Fields::new()), &ledgers, now).expect("it opens");
    let mut log = at.events.clone();
    let mut go = |at: &mut decide::Decision, hand_in: HandIn| {
        let asked = asked("镇组织办", Command::HandIn(hand_in));
        let next = decide::decide(&program, &at.case, &asked, &at.ledgers, now).expect("it goes on");
        log.extend(next.events.iter().cloned());
        *at = next;
    };
    let named = |n: usize| json!({ "名称": format!("事项{n}") }).as_object().cloned().unwrap_or_default();
    let rows = (1..=6_000).map(|n| (Row { fields: named(n), ..Row::default() }, format!("第{n}行"))).collect();
    let first = HandIn { task: 1, revision: 1, rows, complete: true, submission: "s".into(), ..HandIn::default() };
    go(&mut at, first);
    for stage in 1..=REVIEWS {
        for item in 1..=6_000 {
            let task = at.case.tasks_of(item).next().expect("a task asks of it");
            let row = Row { item: Some(item), outcome: Some("同意".to_owned()), ..Row::default() };
            let hand_in = HandIn {
                task: task.id,
                revision: task.revision,
                rows: vec![(row, String::new())],
                submission: format!("{stage}-{item}"),
                ..HandIn::default()
            };
            go(&mut at, hand_in);
        }
    }
    let start = Instant::now();
    let replayed = Case::replay(&log).expect("a case");
    let took = start.elapsed();
    assert_eq!(replayed.seq, at.case.seq);
    (log.len(), took)
}

fn opening(params: Fields) -> OpenCase {
    OpenCase {
        office: "镇组织办".into(),
        by: "镇组织办".into(),
        params,
        one: None,
        period: None,
        parent: None,
        shared: false,
        cause: "bench".into(),
    }
}

/// What the first paper of a case brings about.
fn first_paper() -> Vec<Command> {
    let text = || "x".to_string();
    let rendered = Command::Rendered {
        document: 1,
        draft: 1,
        word: text(),
        pdf: Some(text()),
        no_pdf: None,
        renderer: text(),
        fonts: text(),
    };
    let reached = |office: &str| Command::Delivered {
        document: 1,
        recipient: office.into(),
        mode: banwen::case::event::Mode::Folder,
        message: None,
    };
    vec![rendered, reached("第一党支部"), reached("第二党支部"), reached("第三党支部")]
}
