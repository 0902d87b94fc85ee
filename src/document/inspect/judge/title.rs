//! 标题 and 主送机关 (9704 7.3.1, 7.3.2; 条例 8, 9, 15).

use super::super::super::title;
use super::super::Kind;
use super::super::catalogue::*;
use super::super::elements::joined;
use super::super::faces::Family;
use super::super::facts::{Align, Colour, Paragraph, ROW_MM, Stroke, short};
use super::super::read;
use super::head::look;
use super::{Judge, baselines, ink};

impl Judge<'_> {
    pub(super) fn title_rules(&mut self) {
        let rows = self.all(&self.elements.title);
        let Some(first) = rows.first().copied() else {
            // the mark of 纪要 says what the paper is
            let named = match self.kind {
                Kind::Minutes | Kind::Command => true,
                // a plaque says what it is in its largest words, wherever they stand
                Kind::Certificate => self.paper.paragraphs.iter().any(|it| it.points() > 20.0),
                Kind::Document | Kind::Upward | Kind::Letter | Kind::Plain | Kind::Sheet => false,
            };
            if !named {
                self.add(TITLE_MISSING, None, "没有居中的标题");
            }
            return;
        };
        let title = joined(&self.paper.paragraphs, &self.elements.title);
        if self.kind != Kind::Certificate {
            self.title_look(&rows);
            self.title_words(first, &title);
        }
        self.types(first, &title);
        if self.kind.has_head() {
            self.title_gap(first);
            self.main_to(first, &title);
        }
    }

    fn title_look(&mut self, rows: &[&Paragraph]) {
        let wrong = |it: &&&Paragraph| it.han().any(|(_, family, _)| family != Family::Title);
        if let Some(row) = rows.iter().find(wrong) {
            self.add(TITLE_FACE, Some(row), look(row));
        }
        let size = |it: &&&Paragraph| (it.points() - 22.0).abs() > 0.6;
        if let Some(row) = rows.iter().find(size).filter(|_| self.kind != Kind::Sheet) {
            self.add(TITLE_SIZE, Some(row), look(row));
        }
        if let Some(row) = rows.iter().find(|it| it.align != Align::Centre) {
            self.add(TITLE_CENTRED, Some(row), "没有居中");
        }
        let lines: Vec<String> = rows.iter().flat_map(|it| it.lines()).map(|line| read::dense(&line)).collect();
        let lengths: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
        let elements = self.elements;
        let organs = elements.mark.iter().chain(&elements.signature).chain(&elements.main_to);
        let organs: Vec<String> = organs.map(|at| read::dense(&self.at(*at).text())).collect();
        if let Some(word) = title::parted_word(&lines, &organs) {
            self.add(TITLE_WORD, rows.first().copied(), format!("“{word}”断在两行：{}", lines.join("/")));
        }
        let waist = lengths.windows(3).any(|three| three[1] + 1 < three[0] && three[1] + 1 < three[2]);
        let block = lengths.len() >= 3 && lengths.windows(2).all(|two| two[0] == two[1]);
        if waist || block {
            let counts: Vec<String> = lengths.iter().map(usize::to_string).collect();
            let shape = if waist { "沙漏形" } else { "上下等长" };
            self.add(TITLE_SHAPE, rows.first().copied(), format!("各行{}字，呈{shape}", counts.join("、")));
        }
    }

    fn title_words(&mut self, first: &Paragraph, title: &str) {
        let last = title.chars().last().unwrap_or_default();
        if "。，、；：！,.;:!".contains(last) {
            self.add(TITLE_STOP, Some(first), format!("以“{last}”结尾"));
        }
        // 答复书, 告知书, 凭证, 回执 are papers of law with names of their own
        if self.kind.has_head()
            && self.kind != Kind::Minutes
            && read::type_of(title).is_none()
            && !"书证执单表".contains(last)
        {
            self.add(TITLE_TYPE, Some(first), short(title));
        }
    }

    fn types(&mut self, first: &Paragraph, title: &str) {
        if let Some((one, other)) = read::two_types(title) {
            self.add(TITLE_TYPES, Some(first), format!("“{one}”与“{other}”连用"));
        }
        if read::type_of(title) != Some("报告") {
            return;
        }
        let superior = self.elements.main_to.or(self.elements.sent_to).map(|at| read::dense(&self.at(at).text()));
        for paragraph in self.all(&self.elements.body) {
            let text = read::dense(&paragraph.text());
            let words = asks(&text).map(str::to_owned);
            if let Some(words) = words.or_else(|| begs(&text, superior.as_deref().unwrap_or_default())) {
                self.add(REPORT_ASKS, Some(paragraph), format!("报告中写有“{words}”"));
            }
        }
    }

    fn title_gap(&mut self, first: &Paragraph) {
        if matches!(self.kind, Kind::Command | Kind::Minutes) {
            return;
        }
        let red = self.strokes_on(1, 100.0).into_iter().rfind(|it| is_above(it, first) && self.kind != Kind::Letter);
        let rule = red.and_then(|it| it.at);
        let gap = match (rule, baselines(first)) {
            (Some(rule), Some((baseline, _))) => (baseline - ink(22.0) - rule.y) / ROW_MM,
            (None, Some(_)) if self.kind != Kind::Letter => return,
            (_, Some(_)) | (_, None) => first.gap,
        };
        if !(1.3..=3.1).contains(&gap) {
            self.add(TITLE_GAP, Some(first), format!("空{gap:.1}行"));
        }
    }

    fn main_to(&mut self, title_row: &Paragraph, title: &str) {
        let Some(paragraph) = self.elements.main_to.map(|at| self.at(at)) else {
            if let Some(row) = self.elements.sent_to.map(|at| self.at(at)) {
                self.one_superior(row, title);
            } else if matches!(self.kind, Kind::Upward | Kind::Letter) {
                self.add(MAIN_TO_MISSING, Some(title_row), "标题下没有主送机关");
            }
            return;
        };
        let text = read::dense(&paragraph.text());
        if self.kind == Kind::Minutes && text.ends_with('：') && !text.contains("会议") {
            return self.add(MINUTES_MAIN_TO, Some(paragraph), short(&text));
        }
        if !text.ends_with('：') {
            let last = text.chars().last().unwrap_or_default();
            self.add(MAIN_TO_COLON, Some(paragraph), format!("以“{last}”结尾"));
        }
        if paragraph.first > 0.6 || paragraph.align != Align::Left {
            self.add(MAIN_TO_FLUSH, Some(paragraph), format!("左空{:.1}字", paragraph.first));
        }
        if !(0.3..=1.9).contains(&paragraph.gap) && paragraph.page == title_row.page {
            self.add(MAIN_TO_GAP, Some(paragraph), format!("空{:.1}行", paragraph.gap));
        }
        self.one_superior(paragraph, title);
    }

    fn one_superior(&mut self, row: &Paragraph, title: &str) {
        let text = read::dense(&row.text());
        if read::type_of(title) == Some("请示") && text.contains(['、', '，']) {
            self.add(ONE_SUPERIOR, Some(row), short(&text));
        }
    }
}

fn is_above(stroke: &Stroke, title: &Paragraph) -> bool {
    stroke.colour == Colour::Red && stroke.after < title.number
}

/// The words with which a text asks for a decision at its end: 妥否，请批示。 What 申请审批 or 报请审定 tells of is no request.
fn asks(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 6] = ["请批示", "请批复", "请审批", "请予批准", "请审定", "请予批复"];
    WORDS.into_iter().find(|words| {
        text.match_indices(words).any(|(at, _)| {
            let before = text.get(..at).unwrap_or_default();
            let after = text.get(at + words.len()..).unwrap_or_default();
            let ends = after.is_empty() || after.starts_with(['。', '！', '!']);
            let begins = before.is_empty() || before.ends_with(['，', '。', '；', '：', ',', '现', '特']);
            ends && (begins || before.ends_with("妥否") || before.ends_with("当否"))
        })
    })
}

/// A part of a sentence that asks the superior to decide or to pay: 恳请县政府批准并拨付资金. What is told of others, who are not the
/// superior, and what stands in 《》 or “” is no request; nor is what an assembly is to pass (请予审议批准).
fn begs(text: &str, superior: &str) -> Option<String> {
    const BEGGING: [&str; 13] =
        ["恳请", "敬请", "谨请", "特请", "现请", "拟请", "烦请", "请求", "恳望", "希望", "请", "望", "盼"];
    const DECIDING: [&str; 13] =
        ["批准", "批复", "批示", "审批", "审定", "核准", "核拨", "拨付", "拨款", "解决", "同意", "增拨", "划拨"];
    const MANNERS: [&str; 12] =
        ["予以", "给予", "尽快", "尽早", "及时", "研究", "审核", "帮助", "协调", "一并", "酌情", "早日"];
    let plain = unquoted(text);
    let mut parts = plain.split(['，', '。', '；', '：', '！', ',', ';', '!']);
    parts
        .find(|part| {
            let Some(rest) = BEGGING.iter().find_map(|it| part.strip_prefix(it)) else { return false };
            let Some(at) = DECIDING.iter().filter_map(|it| rest.find(it)).min() else { return false };
            let whom = rest.get(..at).unwrap_or_default();
            let own = ["上级", "贵", "领导"].iter().any(|it| whom.starts_with(it)) || addresses(whom, superior);
            let bare = MANNERS.iter().fold(whom.to_owned(), |left, it| left.replace(it, ""));
            let told = ["审议", "审查", "已", "了"].iter().any(|it| part.contains(it));
            (own || bare.is_empty() || bare == "予") && !told
        })
        .map(short)
}

/// Without what stands in 《》 and “”.
fn unquoted(text: &str) -> String {
    let mut depth = 0_usize;
    let keep = |c: &char| {
        match c {
            '《' | '“' => depth += 1,
            '》' | '”' => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        true
    };
    text.chars().filter(keep).collect()
}

/// Whether a text begins with the superior, in full or shortened: 县政府 is 县人民政府.
fn addresses(text: &str, superior: &str) -> bool {
    const CHARACTERS_MIN: usize = 2;
    let mut name = superior.chars();
    text.chars().take_while(|c| name.any(|it| it == *c)).count() >= CHARACTERS_MIN
}

#[cfg(test)]
mod tests {
    use super::{asks, begs};

    #[test]
    fn what_the_superior_is_begged_for_is_a_request() {
        for text in [
            "恳请县政府批准并拨付资金100万元。",
            "请县政府研究解决。",
            "望批准为盼。",
            "拟新建办公楼一座，恳请县政府批准并拨付资金100万元。",
            "资金缺口较大，请予解决。",
            "建议：希望县人民政府尽快拨付。",
        ] {
            assert!(begs(text, "县人民政府：").is_some(), "{text}");
        }
        for text in [
            "请审阅。",
            "以上报告，请审议。",
            "特此报告。",
            "请予指正。",
            "请予审议批准。",
            "已报请县政府批准。",
            "请县政府批准了建设方案。",
            "呈报《关于恳请县政府批准建设办公楼的请示》，已获批复。",
            "群众反映：请村委会解决用水问题。",
            "请各村研究解决。",
            "请示经县政府批准后实施。",
            "希望各单位及时拨付。",
            "望城区同意共建。",
            "现将拨付情况报告如下，请查收。",
        ] {
            assert_eq!(begs(text, "县人民政府："), None, "{text}");
        }
    }

    #[test]
    fn a_request_is_one_only_where_a_sentence_ends_with_it() {
        assert_eq!(asks("拟申请经费十万元，妥否，请批示。"), Some("请批示"));
        assert_eq!(asks("以上意见当否请批复"), Some("请批复"));
        for told in
            ["受理行政许可申请审批事项12件。", "方案已报请审定。", "向县政府申请批复后实施。", "依申请批示事项。"]
        {
            assert_eq!(asks(told), None, "{told}");
        }
    }
}
