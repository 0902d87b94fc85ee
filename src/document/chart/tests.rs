//! Tests of charts: the template's numbers stand on the picture, in Word and PDF alike, and a chart that misleads is refused.

use super::*;
use crate::document::markdown::{Fault, parse};
use crate::document::model::Block;

fn chart(text: &str) -> Chart {
    let Block::Chart(chart) = parse(text).unwrap().body.remove(0) else { panic!("{text}") };
    chart
}

fn fault(text: &str) -> (usize, Fault) {
    let error = parse(text).unwrap_err();
    (error.line, error.fault)
}

const BARS: &str =
    "|~ 柱状图 各村走访户数\n| 村 | 计划 | 完成 |\n|---|---|---|\n| 香岭村 | 120 | 96.25 |\n| 石桥村 | 80 | |\n";

#[test]
fn the_numbers_on_a_chart_are_the_templates_own() {
    let chart = chart(BARS);
    assert_eq!(chart.series, ["计划", "完成"]);
    assert_eq!(chart.points[1].values, [Some("80".to_owned()), None]);
    let drawing = svg(&chart, &Fonts::bundled()).unwrap();
    for text in ["香岭村", "石桥村", "计划", "完成", "120", "96.25", "80"] {
        assert_eq!(drawing.matches(&format!("\n{text}\n")).count(), 1, "{text}: {drawing}");
    }
    assert_eq!(drawing, svg(&chart, &Fonts::bundled()).unwrap());
    assert_eq!(description(&chart), "柱状图，各村走访户数。香岭村：计划120，完成96.25；石桥村：计划80，完成无。");
}

/// Pictures to look at: `BANWEN_CHARTS=DIR cargo test --lib charts_to_look_at`.
#[test]
fn charts_to_look_at() {
    let Some(folder) = std::env::var_os("BANWEN_CHARTS") else { return };
    let of = |kind: &str, series: &str, rows: &[(&str, &str)]| {
        let rows: String = rows.iter().map(|(point, values)| format!("| {point} | {values} |\n")).collect();
        let rule = "|---".repeat(series.split('|').count() + 1);
        format!("|~ {kind} 题\n| 单位 | {series} |\n{rule}|\n{rows}")
    };
    let months = |values: &dyn Fn(u32) -> String| -> String {
        (1..=12).map(|it| format!("| {it}月 | {} |\n", values(it))).collect()
    };
    let scattered = |it: u32| format!("{} | {}", it * 7 % 23, it * 5 % 17);
    let long = "香岭县经济技术开发区综合行政执法大队一中";
    let parts: Vec<String> = (1..=15).map(|it| format!("第{it}类事项办理结果登记情况说明")).collect();
    let parts: Vec<(&str, &str)> = parts.iter().map(|it| (it.as_str(), "123456.78")).collect();
    let texts = [
        BARS.to_owned(),
        format!("|~ 折线图 各月答复件数\n| 月 | 予以公开 | 不予公开 |\n|---|---|---|\n{}", months(&scattered)),
        of("比例图", "数", &[("予以公开", "42"), ("部分公开", "11.5"), ("不予公开", "3"), ("其他", "1")]),
        format!(
            "|~ 柱状图 满意度（%）\n| 单位 | 满意 |\n|---|---|\n{}",
            (1..=24).map(|it| format!("| 第{it}科室 | {}.5 |\n", 60 + it)).collect::<String>()
        ),
        of("柱状图", "数", &[("香岭村", "12")]),
        of(
            "柱状图",
            "计划|完成",
            &[
                (long, "12 | 8"),
                (&long[3..], "7 | 6"),
                (&long[6..], "7 | 6"),
                (&long[9..], "7 | 6"),
                ("甲", "7 | 6"),
                ("乙", "7 | 6"),
                ("丙", "7 | 6"),
            ],
        ),
        of("柱状图", "计划|完成", &[("甲村", "0 | 0"), ("乙村", "0 | 0"), ("丙村", "0 | 0")]),
        of("柱状图", "数", &[("甲村", "999999999999"), ("乙村", "3"), ("丙村", "12"), ("丁村", "0")]),
        of("柱状图", "增减", &[("甲村", "-12"), ("乙村", "-3"), ("丙村", "-25")]),
        of("柱状图", "上月|本月", &[("甲村", "-12.5 | 8"), ("乙村", "-3 | 0"), ("丙村", "25 | -7.25")]),
        of("折线图", "数", &[("1月", "12")]),
        of("折线图", "数", &[("1月", "3"), ("2月", "0"), ("3月", "0"), ("4月", "-2"), ("5月", "8")]),
        of("折线图", "数", &[("1月", "0"), ("2月", "0")]),
        of("比例图", "数", &[("予以公开", "7")]),
        of("比例图", "数", &[("予以公开", "0"), ("不予公开", "0")]),
        of("比例图", "数", &[("予以公开", "7"), ("不予公开", "0")]),
        of("比例图", "数", &[("予以公开", "999999"), ("部分公开", "1"), ("不予公开", "2")]),
        of("比例图", "数", &parts),
        of(
            "柱状图",
            "一|二|三|四|五|六",
            &[("甲村", "1|2|3|4|5|6"), ("乙村", "6|5|4|3|2|1"), ("丙村", "12.25|11.5|8|9|7|100")],
        ),
        of("柱状图", &format!("{long}|{}|{}", &long[3..], &long[6..]), &[("甲村", "1 | 2 | 3"), ("乙村", "1 | 2 | 3")]),
    ];
    for (index, text) in texts.iter().enumerate() {
        let folder = std::path::Path::new(&folder);
        std::fs::write(folder.join(format!("{index}.png")), png(&chart(text), &Fonts::bundled()).unwrap()).unwrap();
    }
}

#[test]
fn a_bar_is_as_high_as_its_number() {
    let one = |value: &str| {
        let text = format!("|~ 柱状图 题\n| 村 | 数 |\n|---|---|\n| 甲 | 100 |\n| 乙 | {value} |\n");
        let drawing = svg(&chart(&text), &Fonts::bundled()).unwrap();
        let heights = drawing
            .lines()
            .filter(|line| line.starts_with("<rect"))
            .filter_map(|line| line.split("height=\"").nth(1)?.split('"').next()?.parse::<f64>().ok());
        heights.collect::<Vec<_>>()
    };
    let half = one("50");
    assert!((half[1] / half[0] - 0.5).abs() < 0.01, "{half:?}");
    let whole = one("100");
    assert!((whole[1] - whole[0]).abs() < 1.5, "{whole:?}");
}

/// The values of an attribute of these elements of a drawing.
fn attributes(drawing: &str, element: &str, name: &str) -> Vec<f64> {
    let of = |line: &str| line.split_once(&format!(" {name}=\""))?.1.split('"').next()?.parse().ok();
    drawing.lines().filter(|line| line.starts_with(&format!("<{element} "))).filter_map(of).collect()
}

#[test]
fn a_bar_is_no_wider_than_a_bar_though_it_stands_alone() {
    let wide = |rows: &str| {
        let drawing = svg(&chart(&format!("|~ 柱状图 题\n| 村 | 数 |\n|---|---|\n{rows}")), &Fonts::bundled()).unwrap();
        attributes(&drawing, "rect", "width")[0]
    };
    assert!((wide("| 甲 | 1 |\n") - 160.0).abs() < 2.0);
    assert!(wide("| 甲 | 1 |\n| 乙 | 2 |\n| 丙 | 2 |\n| 丁 | 2 |\n| 戊 | 2 |\n| 己 | 2 |\n| 庚 | 2 |\n") < 150.0);
}

#[test]
fn long_names_of_series_stand_in_rows_in_letters_as_large_as_the_others() {
    let long = "香岭县经济技术开发区综合行政执法大队";
    let text =
        format!("|~ 柱状图 题\n| 村 | 甲{long} | 乙{long} | 丙{long} |\n|---|---|---|---|\n| 丁 | 1 | 2 | 3 |\n");
    let drawing = svg(&chart(&text), &Fonts::bundled()).unwrap();
    let sizes = attributes(&drawing, "text", "font-size");
    assert!(sizes.len() > 6 && sizes.iter().all(|size| (size - sizes[0]).abs() < 0.01), "{sizes:?}");
    let rows = &attributes(&drawing, "text", "y")[sizes.len() - 3..];
    assert!(rows[0] < rows[1] && rows[1] < rows[2], "{rows:?}");
}

#[test]
fn shares_of_one_or_of_nothing_are_a_whole_circle() {
    let drawn = |rows: &str| svg(&chart(&format!("|~ 比例图 题\n| 类 | 数 |\n|---|---|\n{rows}")), &Fonts::bundled());
    let lines = |drawing: &str| drawing.matches("<polyline ").count();
    let one = drawn("| 予以公开 | 7 |\n| 不予公开 | 0 |\n").unwrap();
    assert_eq!((lines(&one), one.matches("<polygon ").count()), (0, 1), "{one}");
    let nothing = drawn("| 予以公开 | 0 |\n| 不予公开 | 0 |\n").unwrap();
    assert_eq!((lines(&nothing), nothing.matches("<polygon ").count()), (1, 0), "{nothing}");
    assert!(nothing.contains("不予公开　0（0.0%）"), "{nothing}");
    let two = drawn("| 予以公开 | 7 |\n| 不予公开 | 1 |\n").unwrap();
    assert_eq!((lines(&two), two.matches("<polygon ").count()), (2, 2), "{two}");
}

#[test]
fn a_picture_shows_ink_and_is_the_same_twice() {
    let fonts = Fonts::bundled();
    let lines = chart("|~ 折线图 题\n| 月 | 数 |\n|---|---|\n| 1月 | 3 |\n| 2月 | — |\n| 3月 | -1 |\n");
    let shares = chart("|~ 比例图 题\n| 类 | 数 |\n|---|---|\n| 予以公开 | 2 |\n| 部分公开 | 1 |\n");
    for chart in [&lines, &shares] {
        let picture = png(chart, &fonts).unwrap();
        assert_eq!(&picture[1..4], b"PNG");
        assert!(picture.len() > 5000, "{} bytes", picture.len());
        assert_eq!(picture, png(chart, &fonts).unwrap());
    }
    assert!(svg(&shares, &fonts).unwrap().contains("予以公开　2（66.7%）"));
}

#[test]
fn a_chart_that_cannot_be_read_is_refused_with_its_line() {
    let rows = |rows: &str| format!("|~ 柱状图 题\n| 村 | 数 |\n|---|---|\n{rows}");
    assert_eq!(fault(&rows("| 甲 | 1 |\n| 乙 | 约三 |\n")), (5, Fault::ChartNumber));
    assert_eq!(fault(&rows("| 甲 | 1.5.2 |\n")), (4, Fault::ChartNumber));
    assert_eq!(fault(&rows("| 甲 | 1234567890123 |\n")), (4, Fault::ChartNumber));
    assert_eq!(fault(&rows("| 甲 | |\n")), (1, Fault::ChartShape));
    assert_eq!(fault(&rows("| | 1 |\n")), (1, Fault::ChartShape));
    assert_eq!(fault(&rows("| 甲 | < |\n")), (1, Fault::ChartShape));
    assert_eq!(fault(&rows("| 甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌 | 1 |\n")), (1, Fault::ChartNames));
    assert_eq!(fault("|~ 饼图 题\n| 村 | 数 |\n|---|---|\n| 甲 | 1 |\n"), (1, Fault::ChartKind));
    assert_eq!(fault("|~ 柱状图\n| 村 | 数 |\n|---|---|\n| 甲 | 1 |\n"), (1, Fault::ChartKind));
    assert_eq!(fault("|~ 柱状图 题\n文\n"), (1, Fault::TableWithoutRule));
    let shares = |rows: &str| format!("|~ 比例图 题\n| 类 | 数 |\n|---|---|\n{rows}");
    for wrong in ["| 甲 | -1 |\n| 乙 | 2 |\n", "| 甲 | |\n| 乙 | 1 |\n"] {
        assert_eq!(fault(&shares(wrong)), (1, Fault::ChartShares), "{wrong}");
    }
    let wide: String = (1..=15).map(|it| format!("| 香岭县第{it:02}中学校本部 | 1 |\n")).collect();
    assert_eq!(fault(&rows(&wide)), (1, Fault::ChartNames));
    let crowd: String = (0..25).map(|it| format!("| 第{it} | 1 |\n")).collect();
    assert_eq!(fault(&rows(&crowd)), (1, Fault::ChartPoints));
    assert!(parse(&shares(&crowd)).is_ok(), "the smallest shares stand together");
    let series =
        format!("|~ 折线图 题\n| 月 {}|\n|---{}|\n| 1月 {}|\n", "| 数".repeat(7), "|---".repeat(7), "| 1 ".repeat(7));
    assert_eq!(fault(&series), (1, Fault::ChartSeries));
}

#[test]
fn what_stands_on_a_picture_is_proofed_like_all_other_text() {
    let template = format!("---\n文种: 报告\n版式: 普通\n标题: 题\n---\n{}", BARS.replace("香岭村", "香{{ 村 }}村"));
    let template = crate::document::template::Template::parse("报告", &template).unwrap();
    let document = template.render(&serde_json::json!({"村": "\u{13000}"})).unwrap();
    let text = crate::document::html::text(&document);
    assert!(text.contains("香\u{13000}村：计划120，完成96.25"), "{text}");
    assert_eq!(Fonts::bundled().missing(&text), ['\u{13000}']);
}
