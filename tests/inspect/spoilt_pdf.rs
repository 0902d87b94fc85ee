//! More drawn papers with one thing wrong each: the rules that are judged on Word files, too.

use crate::drawn::{self, CHARACTER, FANG, HEI, SONG, TITLE, letter, notice, on};
use crate::drawn_more::{attached, command, joint, minutes, sent_below, upward};
use crate::spoilt::Spoil;

/// What else the head says.
const HEAD: [Spoil; 18] = [
    ("secret", notice, |it| it.text(1, 28.0, on(0), HEI, 16.0, "机密★1年")),
    ("urgency", notice, |it| it.text(1, 28.0, on(0), FANG, 16.0, "特急")),
    ("urgency", notice, |it| it.text(1, 28.0, on(0), HEI, 16.0, "十万火急")),
    ("serial", notice, |it| it.text(1, 28.0, on(0), HEI, 16.0, "7")),
    ("mark-missing", notice, |it| it.row("政府文件").red = false),
    ("number-missing", notice, |it| it.texts.retain(|it| !it.text.starts_with("香政发"))),
    ("number-position", notice, |it| it.row("香政发").left = 28.0),
    ("signer-missing", upward, |it| it.texts.retain(|it| it.text != "签发人：" && it.text != "赵一鸣")),
    ("signer-unwanted", notice, |it| {
        let baseline = it.row("香政发").baseline;
        it.text(1, 184.0 - 8.0 * CHARACTER, baseline, FANG, 16.0, "签发人：赵一鸣");
    }),
    ("signer-face", upward, |it| it.row("赵一鸣").face = FANG),
    ("main-to-missing", upward, |it| it.texts.retain(|it| it.text != "县人民政府：")),
    ("main-to-colon", notice, |it| it.row("各村民委员会").text = "各村民委员会，镇直各单位:".to_owned()),
    ("main-to-flush", notice, |it| it.row("各村民委员会").left += 2.0 * CHARACTER),
    ("main-to-gap", notice, |it| it.row("各村民委员会").baseline -= 10.0),
    ("one-superior", sent_below, |it| it.row("主送").text = "主送：县人民政府、县财政局。".to_owned()),
    ("imprint-rules", joint, |it| it.rules.retain(|rule| (rule.y - 251.5).abs() > 0.1 && (rule.y - 241.0).abs() > 0.1)),
    ("one-superior", upward, |it| it.row("县人民政府：").text = "县人民政府、县财政局：".to_owned()),
    ("command-number", command, |it| it.row("第3号").text = "第03号".to_owned()),
];

const TITLES: [Spoil; 11] = [
    ("title-missing", notice, |it| it.texts.retain(|it| it.points != 22.0)),
    ("title-face", notice, |it| it.row("关于做好").face = HEI),
    ("title-size", notice, |it| {
        it.texts.iter_mut().filter(|it| it.points == 22.0).for_each(|it| it.points = 18.0);
    }),
    ("title-centred", notice, |it| {
        it.texts.iter_mut().filter(|it| it.points == 22.0).for_each(|it| it.left -= 20.0);
    }),
    ("title-stop", notice, |it| {
        it.texts.retain(|it| !it.text.starts_with("关于做好"));
        it.centred(1, 156.0, TITLE, 22.0, "关于做好秋季森林防火工作的通知。");
    }),
    ("title-shape", notice, |it| {
        it.texts.retain(|it| it.points != 22.0);
        it.centred(1, 132.8, TITLE, 22.0, "香泉镇人民政府关于认真做好秋");
        it.centred(1, 144.4, TITLE, 22.0, "季森林");
        it.centred(1, 156.0, TITLE, 22.0, "防火各项重点工作的通知");
    }),
    ("title-word", notice, |it| {
        it.texts.retain(|it| it.points != 22.0);
        it.centred(1, 144.4, TITLE, 22.0, "香泉镇人民政府关于做好秋季森林防火工");
        it.centred(1, 156.0, TITLE, 22.0, "作的通知");
    }),
    ("title-type", notice, |it| it.row("关于做好").text = "关于做好秋季森林防火工作的安排".to_owned()),
    ("title-types", upward, |it| it.row("关于解决").text = "关于解决秋季防火资金的请示报告".to_owned()),
    ("report-asks", upward, |it| it.row("关于解决").text = "关于秋季森林防火资金情况的报告".to_owned()),
    ("report-asks", upward, |it| {
        it.row("关于解决").text = "关于秋季森林防火资金情况的报告".to_owned();
        it.row("妥否").text = "恳请县政府批准并拨付资金。".to_owned();
    }),
];

const TEXT: [Spoil; 16] = [
    ("grid", notice, fewer_characters),
    ("body-indent", notice, |it| it.row("入秋").left = 28.0),
    ("heading-face", notice, |it| it.row("一、压实").face = FANG),
    ("heading-form", notice, |it| it.row("各村对本").text.insert_str(0, "1、")),
    ("heading-order", notice, |it| it.row("二、强化").text = "三、强化保障".to_owned()),
    ("heading-level", notice, |it| it.row("一、压实").text = "（一）压实责任".to_owned()),
    ("heading-level", notice, |it| {
        it.row("二、强化").text = "（一）强化保障".to_owned();
        it.row("镇财政").text = "（1）镇财政安排专项经费补充器材各村于节前完成防火通道".to_owned();
    }),
    ("heading-stop", notice, |it| it.row("一、压实").text.push('。')),
    ("minutes-main-to", minutes, |it| it.text(1, 28.0, 178.6, FANG, 16.0, "镇直各单位：")),
    ("placeholder", notice, |it| it.row("本通知自").text = "联系人：____，电话：1234。".to_owned()),
    ("placeholder", notice, |it| it.row("本通知自").text = "联系人：XXX，电话：XXXXXXX。".to_owned()),
    ("number-quoted", notice, |it| it.row("本通知自").text = "原通知（香政〔2019〕07号）废止。".to_owned()),
    ("unfilled", notice, |it| it.row("本通知自").text = "本通知自{{ 日期 }}起施行。".to_owned()),
    ("missing-glyph", notice, |it| it.row("本通知自").text.push('\u{E001}')),
    ("number-quoted", notice, |it| it.row("本通知自").text = "原通知（香政【2019】7号）废止。".to_owned()),
    ("punctuation", notice, |it| it.row("本通知自").text = "本通知自印发,之日起施行。".to_owned()),
];

const END: [Spoil; 18] = [
    ("attachment-form", attached, |it| it.row("附件：1").text = "附件:1. 各村责任区划分表".to_owned()),
    ("attachment-names", attached, |it| it.row("2. 值班").text = "2. 值班表".to_owned()),
    ("attachment-missing", attached, |it| it.texts.retain(|it| it.text != "附件2")),
    ("attachment-stop", attached, |it| it.row("附件：1").text.push('；')),
    ("attachment-label", attached, |it| it.row("附件1").face = FANG),
    ("attachment-page", attached, |it| {
        for words in ["附件2", "值班安排"] {
            let of_fourth = |it: &&mut drawn::Text| it.page == 4 && it.text == words;
            it.texts.iter_mut().filter(of_fourth).for_each(|it| (it.page, it.baseline) = (3, it.baseline + on(10)));
        }
    }),
    ("signature-missing", notice, |it| it.texts.retain(|it| it.page == 1 || it.text != "香泉镇人民政府")),
    ("blank-page", notice, |it| it.row("本通知自").text = "（此页无正文）".to_owned()),
    ("blank-page", notice, |it| it.texts.retain(|it| it.text != "本通知自印发之日起施行。")),
    ("date-missing", notice, |it| it.texts.retain(|it| it.text != "2023年9月8日")),
    ("note-brackets", notice, |it| it.row("此件公开").text = "此件公开发布".to_owned()),
    ("imprint-missing", notice, |it| it.texts.retain(|it| !it.text.ends_with("印发"))),
    ("imprint-face", notice, |it| it.row("抄送：").face = SONG),
    ("copy-to-stop", notice, |it| it.row("抄送：").text = "抄送：县应急管理局，县林业局".to_owned()),
    ("printed-form", notice, |it| it.row("8日印发").text = "2023年09月08日印发".to_owned()),
    ("printed-date", notice, |it| it.row("8日印发").text = "2023年9月1日印发".to_owned()),
    ("page-number-face", notice, |it| it.row("— 1 —").face = HEI),
    ("letter-mark", letter, |it| it.row("香泉镇人民政府").text.push_str("文件")),
];

const IMPRINT: [Spoil; 1] = [("letter-imprint", letter, |it| {
    it.text(1, 33.0, 240.0, FANG, 14.0, "香泉镇党政综合办公室");
    it.text(1, 128.0, 240.0, FANG, 14.0, "2023年9月8日印发");
})];

/// A text in which every full row holds 27 characters, a little larger than those of the grid.
fn fewer_characters(paper: &mut drawn::Drawn) {
    paper.texts.retain(|it| it.page != 1 || it.points != 16.0 || it.baseline < 180.0);
    let text = "入秋以来全镇降水偏少林区可燃物增多森林火险等级持续偏高为";
    let of = |count: usize| text.chars().take(count).collect::<String>();
    let row = |at: usize| 178.6 + drawn::ROW * at as f64;
    paper.text(1, 28.0 + 2.0 * CHARACTER, row(1), FANG, 16.4, &of(25));
    (2..7).for_each(|at| paper.text(1, 28.0, row(at), FANG, 16.4, &of(27)));
    paper.text(1, 28.0, row(7), FANG, 16.4, "高现将有关事项通知如下。");
}

pub(crate) fn all() -> impl Iterator<Item = &'static Spoil> {
    HEAD.iter().chain(&TITLES).chain(&TEXT).chain(&END).chain(&IMPRINT)
}
