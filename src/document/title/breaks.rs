//! What a break before each character of a title costs.

use super::words::{Kind, Names, Part, counted, joints, leans, parts, place};
use super::{BLANK, COMPOUND, HALF_KNOWN, KNOWN, NAME, NEVER, QUOTED, UNKNOWN, WORD};

/// How the names of organs end.
const ORGANS: [&str; 32] = [
    "委员会",
    "人民政府",
    "办公室",
    "领导小组",
    "工作组",
    "指挥部",
    "党支部",
    "支部",
    "党组",
    "党委",
    "纪委",
    "组织部",
    "宣传部",
    "统战部",
    "武装部",
    "人民法院",
    "人民检察院",
    "主席团",
    "代表大会",
    "局",
    "厅",
    "服务中心",
    "办事处",
    "有限公司",
    "联合会",
    "合作社",
    "总工会",
    "工作站",
    "派出所",
    "执法大队",
    "卫生院",
    "司法所",
];
/// Words after which the name of an organ may begin.
const BEFORE_ORGANS: [&str; 30] = [
    "　", "关于", "转发", "印发", "批转", "表彰", "同意", "撤销", "设立", "成立", "调整", "商请", "邀请", "征求",
    "授予", "给予", "对", "向", "、", "，", "《", "》", "“", "”", "的", "为", "由", "在", "同志", "原",
];
/// Words that lean on what stands before them.
const LEANING: [&str; 32] = [
    "工作", "活动", "情况", "建设", "事项", "问题", "方案", "名单", "结果", "办法", "意见", "行动", "规划", "计划",
    "制度", "机制", "预案", "细则", "规定", "标准", "任务", "时期", "期间", "要点", "资金", "经费", "工程", "项目",
    "领域", "设施", "基地", "隐患",
];
/// Words that lean on what stands after them.
const LEADING: [&str; 13] =
    ["进一步", "切实", "认真", "坚决", "全面", "加快", "深入", "持续", "大力", "积极", "扎实", "全国", "其他"];
/// Words with which another thing that is to be done begins.
const CLAUSES: [&str; 5] = ["推动", "推进", "促进", "加快", "坚决"];
/// What is called by a name that stands before it.
const SITES: [&str; 14] = [
    "水库",
    "公路",
    "大桥",
    "小学",
    "中学",
    "中心小学",
    "中心学校",
    "中心卫生院",
    "工业园",
    "水电站",
    "敬老院",
    "教学点",
    "流域",
    "社区",
];
/// Longest name of an organ that is looked for, in characters.
const ORGAN_CHARACTERS_MAX: usize = 19;
/// Longest text in brackets that is kept whole, brackets and all.
const QUOTED_CHARACTERS_MAX: usize = 19;
/// Marks a line does not begin with, and marks it does not end with.
const NOT_FIRST: &str = "、，。；：）》”〉】〕";
const NOT_LAST: &str = "（《“〈【〔";
/// Words of one character a line does not begin with, and those it does not end with.
const NEVER_FIRST: &str = "的和与及或等了之";
const NEVER_LAST: &str = "第等将对向为以在把被从由按于至并暨";
/// What a title ends with after 的, in characters: 的 stands in one line with it.
const KIND_CHARACTERS_MAX: usize = 4;

/// What a break before each character costs.
pub(super) fn costs(text: &[char], names: &Names) -> Vec<u64> {
    let parts = parts(text, names);
    let mut costs = vec![WORD; text.len() + 1];
    for part in parts.iter().filter(|part| part.kind == Kind::Name) {
        costs[part.start..part.end].fill(UNKNOWN);
    }
    for pair in parts.windows(2) {
        costs[pair[1].start] = between(text, pair[0], pair[1]);
    }
    for part in parts.iter().filter(|part| part.kind == Kind::Number) {
        costs[part.start + 1..part.end].fill(NEVER);
    }
    let (within, over) = joints(text, &parts);
    within.into_iter().for_each(|place| costs[place] = COMPOUND);
    over.into_iter().for_each(|place| costs[place] += COMPOUND);
    quoted(text, &mut costs);
    organs(text, names, &parts, &mut costs);
    costs
}

/// What it costs to part two parts.
fn between(text: &[char], before: Part, after: Part) -> u64 {
    let (last, first) = (text[before.end - 1], text[after.start]);
    if inseparable(text, before, after) {
        return NEVER;
    }
    let rest = text.len() - after.start;
    // after 的 stands what kind of paper it is; 关于 leads the whole
    if last == '的' && before.kind == Kind::Particle && rest <= KIND_CHARACTERS_MAX || ends(&text[..before.end], "关于")
    {
        return WORD;
    }
    // the issuing organ on its own line is the best break there is; in a list and before a quotation is a good one
    if starts(&text[after.start..], "关于") || last == BLANK || matches!(first, '《' | '“') {
        return 0;
    }
    if matches!(last, '、' | '，') {
        return KNOWN / 2;
    }
    let leaning = LEANING.iter().any(|word| starts(&text[after.start..], word))
        || LEADING.iter().any(|word| ends(&text[..before.end], word));
    let known = match (unsure(text, before, true), unsure(text, after, false)) {
        (Some(price), other) | (other, Some(price)) => price.max(other.unwrap_or(0)),
        (None, None) => match (before.kind, after.kind) {
            // the people of 15名, the papers of 8件
            (Kind::Counted | Kind::Number, Kind::Word) if !matches!(last, '年' | '月' | '日') => NAME / 5,
            // 县 of 石门坎县委, 水库 of 东坪水库
            (Kind::Name, Kind::Word) if place(first) => UNKNOWN,
            (Kind::Name, Kind::Word) if SITES.iter().any(|word| starts(&text[after.start..], word)) => UNKNOWN,
            (Kind::Name, Kind::Name) => 2 * HALF_KNOWN,
            (Kind::Name, _) | (_, Kind::Name) => HALF_KNOWN,
            _ if CLAUSES.iter().any(|word| starts(&text[after.start..], word)) => KNOWN / 2,
            _ => KNOWN,
        },
    };
    known + if leaning || first == '（' { HALF_KNOWN } else { 0 }
}

/// What it costs to part a character that stands alone from what it may lean on: what follows it, or what stands before it.
fn unsure(text: &[char], part: Part, follows: bool) -> Option<u64> {
    let single = text[part.start..part.end].first().filter(|_| part.kind == Kind::Single)?;
    let (ahead, back) = leans(*single);
    Some(match (ahead, back) {
        (true, true) => UNKNOWN / 2,
        (true, false) => {
            if follows {
                UNKNOWN
            } else {
                HALF_KNOWN
            }
        }
        (false, true) => {
            if follows {
                HALF_KNOWN
            } else {
                UNKNOWN
            }
        }
        (false, false) => UNKNOWN / 2,
    })
}

/// Whether two parts that follow one another stand in one line.
fn inseparable(text: &[char], before: Part, after: Part) -> bool {
    let (last, first) = (text[before.end - 1], text[after.start]);
    last.is_whitespace() && last != BLANK
        || first.is_whitespace()
        || NOT_FIRST.contains(first)
        || NOT_LAST.contains(last)
        || after.kind == Kind::Particle && NEVER_FIRST.contains(first)
        || before.kind == Kind::Particle && NEVER_LAST.contains(last)
        || last == '第'
        // 2022年度
        || before.kind == Kind::Number && (after.kind == Kind::Number || counted(first))
        || before.kind == Kind::Counted && matches!(last, '年' | '月') && after.kind == Kind::Number
}

/// What stands in brackets stays together; what is longer is broken by its words.
fn quoted(text: &[char], costs: &mut [u64]) {
    for (open, close) in [('“', '”'), ('《', '》'), ('（', '）'), ('〔', '〕'), ('〈', '〉')] {
        for start in (0..text.len()).filter(|start| text[*start] == open) {
            let length = text[start..].iter().position(|it| *it == close);
            if let Some(length) = length.filter(|it| *it < QUOTED_CHARACTERS_MAX) {
                costs[start + 1..=start + length].iter_mut().for_each(|cost| *cost += QUOTED);
            }
        }
    }
}

pub(super) fn starts(text: &[char], word: &str) -> bool {
    let mut rest = text.iter();
    word.chars().all(|character| rest.next() == Some(&character))
}

fn ends(text: &[char], word: &str) -> bool {
    text.len() >= word.chars().count() && starts(&text[text.len() - word.chars().count()..], word)
}

/// The names of organs stay whole: those the paper has elsewhere, the issuing one before 关于, and whatever ends like one.
fn organs(text: &[char], names: &Names, parts: &[Part], costs: &mut [u64]) {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for part in parts {
        let end = part.end;
        let suffix = ORGANS.iter().filter(|suffix| ends(&text[..end], suffix)).map(|it| it.chars().count()).max();
        let Some(suffix) = suffix else { continue };
        // 格局 is none
        if suffix == 1 && part.kind == Kind::Word && end - part.start == 2 {
            continue;
        }
        // it begins after another organ, too, unless nothing of its own would be left: 人民政府办公室
        let begins = |start: &usize| {
            let before = &text[..*start];
            *start == 0 || BEFORE_ORGANS.iter().chain(&ORGANS).any(|word| ends(before, word))
        };
        let earliest = end.saturating_sub(ORGAN_CHARACTERS_MAX);
        let start = (earliest..end - suffix).rev().find(begins);
        spans.extend(start.map(|start| (start, end)));
    }
    // who issues it stands before 关于; several are parted by blanks
    let about = (1..text.len()).find(|place| starts(&text[*place..], "关于"));
    if let Some(about) = about.filter(|end| !text[..*end].contains(&'《')) {
        let mut start = 0;
        for organ in text[..about].split(|it| *it == BLANK) {
            let end = start + organ.len();
            spans.extend((1..=ORGAN_CHARACTERS_MAX).contains(&organ.len()).then_some((start, end)));
            start = end + 1;
        }
    }
    for organ in names.organs.iter().filter(|it| it.len() <= ORGAN_CHARACTERS_MAX) {
        let found = (0..text.len()).filter(|start| text[*start..].starts_with(organ));
        spans.extend(found.map(|start| (start, start + organ.len())));
    }
    // a place and the place it lies in
    let places = |it: &Part| it.kind == Kind::Name && place(text[it.end - 1]);
    spans.extend(parts.windows(2).filter(|pair| pair.iter().all(places)).map(|pair| (pair[0].start, pair[1].end)));
    spans.sort_unstable();
    spans.dedup();
    // where a name must be parted, its words stay whole, and the names within it: 开发区管理委员会/综合执法局
    for (start, end) in spans {
        costs[start + 1..end].iter_mut().for_each(|cost| *cost += NAME);
    }
}
