//! More papers drawn stroke by stroke: to a superior, with attachments, 令 and 纪要, each from the notice.

use crate::drawn::{self, CHARACTER, Drawn, FANG, HEI, KAI, ROW, TITLE, body, foot, on};

fn drop_rows(paper: &mut Drawn, words: &[&str]) {
    paper.texts.retain(|it| it.page != 1 || !words.iter().any(|words| it.text.contains(words)));
}

/// A 请示: the number at the left, who signed it at the right, one superior.
pub(crate) fn upward() -> Drawn {
    let mut paper = drawn::notice();
    let baseline = paper.row("香政发").baseline;
    paper.row("香政发").left = 28.0 + CHARACTER;
    let right = 184.0 - CHARACTER;
    paper.text(1, right - 7.0 * CHARACTER, baseline, FANG, 16.0, "签发人：");
    paper.text(1, right - 3.0 * CHARACTER, baseline, KAI, 16.0, "赵一鸣");
    paper.row("关于做好").text = "关于解决秋季森林防火资金的请示".to_owned();
    paper.row("各村民委员会").text = "县人民政府：".to_owned();
    paper.row("本通知自").text = "妥否，请批示。".to_owned();
    paper
}

/// A 请示 of two organs: the name of the second to sign beside the number, and how many were printed below 印发, as wide as the text.
pub(crate) fn joint() -> Drawn {
    let mut paper = upward();
    let lower = |page: usize, baseline: f64| page == 1 && (113.0..265.0).contains(&baseline);
    paper.texts.retain(|it| it.text != "理工作。");
    paper.texts.iter_mut().filter(|it| lower(it.page, it.baseline)).for_each(|it| it.baseline += ROW);
    paper.rules.iter_mut().filter(|it| lower(it.page, it.y)).for_each(|it| it.y += ROW);
    paper.row("香政发").baseline += ROW;
    let beside = paper.row("香政发").baseline;
    paper.text(1, 184.0 - 4.0 * CHARACTER, beside, KAI, 16.0, "钱三思");
    paper.texts.iter_mut().filter(|it| it.page == 2 && it.baseline > 240.0).for_each(|it| it.baseline -= 10.5);
    paper.rules.iter_mut().filter(|it| it.page == 2 && it.y < 260.0).for_each(|it| it.y -= 10.5);
    paper.texts.retain(|it| !it.text.starts_with("— 2"));
    foot(&mut paper, 2);
    paper.row("日印发").left = 139.5;
    paper.rule(2, 251.5, (28.0, 184.0), 0.25, false);
    paper.text(2, 159.2, 258.5, FANG, 14.0, "共印30份");
    paper
}

/// A 请示 whose 主送 found no room on its first page.
pub(crate) fn sent_below() -> Drawn {
    let mut paper = upward();
    drop_rows(&mut paper, &["县人民政府："]);
    paper.rules.iter_mut().filter(|it| it.page == 2 && it.y < 242.0).for_each(|it| it.y -= 7.0);
    paper.text(2, 33.0, 241.0, FANG, 14.0, "主送：县人民政府。");
    paper
}

/// A notice with two attachments, each on a page of its own; the 版记 closes the fourth page.
pub(crate) fn attached() -> Drawn {
    let mut paper = drawn::notice();
    paper.pages = 4;
    paper.texts.iter_mut().filter(|it| it.page == 2 && it.baseline > 240.0).for_each(|it| it.page = 4);
    paper.rules.iter_mut().filter(|it| it.page == 2).for_each(|it| it.page = 4);
    paper.texts.retain(|it| !it.text.starts_with('—'));
    // the signature makes room for the list
    paper.texts.iter_mut().filter(|it| it.page == 2 && it.baseline > on(1)).for_each(|it| it.baseline += 4.0 * ROW);
    paper.text(2, 28.0 + 2.0 * CHARACTER, on(2), FANG, 16.0, "附件：1. 各村责任区划分表");
    paper.text(2, 28.0 + 5.0 * CHARACTER, on(3), FANG, 16.0, "2. 值班安排");
    for (page, label, title) in [(3, "附件1", "各村责任区划分表"), (4, "附件2", "值班安排")] {
        paper.text(page, 28.0, on(0), HEI, 16.0, label);
        paper.centred(page, on(2), TITLE, 22.0, title);
        body(&mut paper, page, 4, &["　　各村按责任区落实人员并报镇政府备案。"]);
    }
    (1..=4).for_each(|page| foot(&mut paper, page));
    paper
}

/// A 令: the mark nearer to the head of the page, a running number, no rule, no title.
pub(crate) fn command() -> Drawn {
    let mut paper = drawn::notice();
    drop_rows(&mut paper, &["政府文件", "香政发", "香泉镇人民政府", "关于做好", "各村民委员会"]);
    paper.rules.remove(0);
    paper.centred(1, 70.8, TITLE, 46.0, "香泉镇人民政府令");
    paper.row("政府令").red = true;
    paper.centred(1, 97.4, FANG, 16.0, "第3号");
    paper
}

/// 纪要: its own mark and number, nobody it is addressed to.
pub(crate) fn minutes() -> Drawn {
    let mut paper = drawn::notice();
    drop_rows(&mut paper, &["政府文件", "香政发", "香泉镇人民政府", "关于做好", "各村民委员会"]);
    paper.centred(1, 85.8, TITLE, 40.0, "香泉镇人民政府会议纪要");
    paper.row("会议纪要").red = true;
    paper.centred(1, 112.6, FANG, 16.0, "第15号");
    paper.centred(1, 144.4, TITLE, 22.0, "关于森林防火工作的会议纪要");
    paper
}
