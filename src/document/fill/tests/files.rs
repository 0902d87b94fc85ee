//! Files that LibreOffice saved (`tests/word/`): it cut the tags into runs of its own, and gave every cell properties.

use super::*;
use crate::ooxml::package::Package;

fn saved(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/word/{name}.docx", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn filled(name: &str, front: &str, data: &Json) -> Filled {
    let template = WordTemplate::read(name, "试.docx", front, &saved(name)).unwrap_or_else(|it| panic!("{it:#?}"));
    template.fill(data, &|_| None).unwrap_or_else(|error| panic!("{error}"))
}

/// The file is whole, its parts are in schema order where the template's were, and no tag and no mark of ours is left.
fn check(name: &str, filled: &Filled) {
    let out = Package::read(&filled.word().unwrap()).unwrap();
    let template = Package::read(&saved(name)).unwrap();
    assert!(out.names().eq(template.names()));
    for part in out.names().filter(|it| it.ends_with(".xml")) {
        let text = String::from_utf8(out.part(part).unwrap().to_vec()).unwrap();
        assert!(!text.contains("banwen") && !text.contains("{{") && !text.contains("{%"), "{part}: {text}");
        let before = order::misplaced(&template.xml(part).unwrap()).is_none();
        assert!(!before || order::misplaced(&out.xml(part).unwrap()).is_none(), "{part}");
    }
}

#[test]
fn a_notice_saved_by_libreoffice_is_filled() {
    let item = |name: &str, office: &str| json!({ "姓名": name, "owner": { "title": office } });
    let data = json!({
        "标题": "公示", "年度": 2022, "basis": ["方案一", "方案二"], "案卷": { "标题": "2022年表彰" },
        "by_category": [
            { "category": "优秀共产党员", "items": [item("张三", "一支部"), item("李四", "一支部"), item("王五", "二支部")] },
            { "category": "先进党支部", "items": [{ "名称": "二支部", "owner": { "title": "二支部" } }] },
        ],
        "公示": { "开始日期": "2022-06-02", "截止日期": "2022-06-10", "期限": "5个工作日", "暂定": false },
        "受理": { "单位": "组织办", "电话": "88200002" }, "发文机关": { "title": "香山镇党委" }, "成文日期": "2022-06-02",
    });
    let filled = filled("公示", FRONT, &data);
    check("公示", &filled);
    let text = filled.text();
    assert_eq!(
        text.lines().take(10).collect::<Vec<_>>(),
        [
            "关于2022年“七一”表彰拟推荐对象的公示",
            "根据《方案一》、《方案二》，现将拟推荐对象予以公示。",
            "优秀共产党员（3名）",
            "序号",
            "姓名",
            "单位及职务",
            "1",
            "张三",
            "一支部",
            "2",
        ]
    );
    assert!(text.contains("公示期：二〇二二年六月二日") || text.contains("公示期：2022年6月2日"), "{text}");
    assert!(text.ends_with("2022年表彰\n"), "the header is filled: {text}");
    assert!(filled.html().contains("<td rowspan=\"2\">一支部</td>"), "{}", filled.html());
}

#[test]
fn a_table_of_many_columns_saved_by_libreoffice_is_filled() {
    let row = |office: &str, values: [u32; 3]| json!({ "单位": office, "值": values });
    let data = json!({ "标题": "表", "表名": "汇总表", "列": ["一", "二", "三"], "行": [row("甲", [1, 2, 3]), row("甲", [4, 5, 6])] });
    let filled = filled("汇总表", FRONT, &data);
    check("汇总表", &filled);
    let text: Vec<String> = filled.text().lines().map(str::to_owned).collect();
    assert_eq!(text, ["汇总表", "单位", "一", "二", "三", "合计", "甲", "1", "2", "3", "6", "4", "5", "6", "15"]);
    let main =
        String::from_utf8(Package::read(&filled.word().unwrap()).unwrap().part("word/document.xml").unwrap().to_vec());
    let main = main.unwrap();
    assert_eq!(main.matches("<w:gridCol ").count(), 5);
    // what the two control cells took is shared by the three columns: (10,000 - 3,000 - 2,000) / 3
    assert_eq!(main.matches("<w:tcW w:w=\"1666\" w:type=\"dxa\"/>").count(), 9, "{main}");
}
