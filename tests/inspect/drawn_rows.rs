//! Drawn papers whose rows a reader is tempted to misread: names that wrap, papers of a few words, names side by side.

use crate::drawn::{self, CHARACTER, Drawn, FANG, ROW, TITLE, body, on};
use crate::drawn_more::attached;

/// Attachments of which the second has a name of two rows: it hangs by no more than its numeral.
pub(crate) fn wrapped() -> Drawn {
    wrapped_at(
        ["秋季森林防火期间各村护林员值班安排和联系", "方式一览表"],
        ["秋季森林防火期间各村护林员", "值班安排和联系方式一览表"],
    )
}

/// The same where the second row begins with a word that had no room in the first.
pub(crate) fn wrapped_at_a_word() -> Drawn {
    wrapped_at(
        ["秋季森林防火期间各村护林员值班和", "COVID-19防控安排"],
        ["秋季森林防火期间各村护林员", "值班和COVID-19防控安排"],
    )
}

fn wrapped_at(names: [&str; 2], title: [&str; 2]) -> Drawn {
    let mut paper = attached();
    paper.texts.iter_mut().filter(|it| it.page == 2 && it.text.starts_with("2. ")).for_each(|it| {
        it.text = format!("2. {}", names[0]);
    });
    paper.text(2, 28.0 + 6.5 * CHARACTER, on(4), FANG, 16.0, names[1]);
    paper.texts.retain(|it| it.page != 4 || it.text != "值班安排");
    paper.centred(4, on(2), TITLE, 22.0, title[0]);
    paper.centred(4, on(3), TITLE, 22.0, title[1]);
    paper.texts.iter_mut().filter(|it| it.page == 4 && it.text.starts_with("各村按")).for_each(|it| it.baseline += ROW);
    paper
}

/// A notice of a few words: only the 版记 has long rows, and they are set in by a character.
pub(crate) fn short() -> Drawn {
    let mut paper = drawn::notice();
    let text = |page: usize, baseline: f64| page == 1 && (180.0..265.0).contains(&baseline);
    paper.texts.retain(|it| !text(it.page, it.baseline));
    body(&mut paper, 1, 14, &["　　现将有关事项通知如下。", "　　请认真贯彻执行。"]);
    paper.row("抄送").text = "抄送：县委办公室，县人大常委会办公室，县应急管理局。".to_owned();
    paper.row("日印发").left = 139.5;
    paper
}

/// A joint notice signed by two organs side by side.
pub(crate) fn side_by_side() -> Drawn {
    let mut paper = drawn::notice();
    let name = paper.texts.iter().rposition(|it| it.text == "香泉镇人民政府").unwrap();
    let baseline = paper.texts.remove(name).baseline;
    paper.text(2, 28.0 + 0.5 * CHARACTER, baseline, FANG, 16.0, "香泉县人力资源和社会保障局");
    paper.text(2, 184.0 - 10.0 * CHARACTER, baseline, FANG, 16.0, "香泉县农业农村局");
    paper.texts.iter_mut().filter(|it| it.text == "2023年9月8日").for_each(|it| it.left = 184.0 - 9.0 * CHARACTER);
    paper
}

/// A 公告, whose number may run on.
pub(crate) fn announcement() -> Drawn {
    let mut paper = drawn::notice();
    let (number, baseline) = ("第3号", paper.row("香政发").baseline);
    paper.texts.retain(|it| !it.text.starts_with("香政发"));
    paper.centred(1, baseline, FANG, 16.0, number);
    paper.row("关于做好").text = "关于做好秋季森林防火工作的公告".to_owned();
    paper
}

/// A joint notice of three organs with short names in one row.
pub(crate) fn three_side_by_side() -> Drawn {
    let mut paper = side_by_side();
    let at = paper.texts.iter().position(|it| it.text.ends_with("保障局")).unwrap();
    let baseline = paper.texts.remove(at).baseline;
    paper.row("农业农村局").text = "县人民武装部".to_owned();
    paper.row("县人民武装部").left = 184.0 - 7.7 * CHARACTER;
    paper.text(2, 28.0 + 3.2 * CHARACTER, baseline, FANG, 16.0, "县委办");
    paper.text(2, 28.0 + 11.0 * CHARACTER, baseline, FANG, 16.0, "县政府办公室");
    paper
}

/// A notice that a person signs by a stamp, at whose left stands the post.
pub(crate) fn stamped() -> Drawn {
    let mut paper = drawn::notice();
    let name = paper.texts.iter().rposition(|it| it.text == "香泉镇人民政府").unwrap();
    paper.texts[name].text = "镇长".to_owned();
    paper.texts[name].left = 184.0 - 14.0 * CHARACTER;
    paper
}

/// A notice with a note of three rows, of which the last is an address of the net.
pub(crate) fn noted() -> Drawn {
    let mut paper = drawn::notice();
    let note = paper.row("此件公开");
    note.text = "（联系人：县应急管理局安全生产综合协调股张三，办公电".to_owned();
    let baseline = note.baseline;
    paper.text(2, 28.0, baseline + ROW, FANG, 16.0, "话：0712-1234567，手机：13800138000，电子邮箱：");
    paper.text(2, 28.0, baseline + 2.0 * ROW, FANG, 16.0, "yjj@example.gov.cn）");
    paper
}

/// A notice whose full rows have 29 characters, for their marks are squeezed.
pub(crate) fn squeezed() -> Drawn {
    let mut paper = drawn::notice();
    paper.texts.retain(|it| it.page != 1 || it.points != 16.0 || it.baseline < 185.0);
    let row = |at: usize| 178.6 + ROW * at as f64;
    paper.text(1, 28.0 + 2.0 * CHARACTER, row(1), FANG, 16.0, "入秋以来全镇降水偏少林区可燃物增多森林火险等级持续偏");
    for at in 2..7 {
        paper.text(1, 28.0, row(at), FANG, 16.0, "平，根据《中华人民共和国安全");
        let rest = "生产法》《某省安全生产条例》";
        paper.text(1, 28.0 + 14.0 * CHARACTER, row(at), FANG, 15.8, rest);
    }
    paper.text(1, 28.0, row(7), FANG, 16.0, "高现将有关事项通知如下。");
    paper
}
