//! Photographs in Word forms: what the form asks for, and what nobody asked for.

use super::super::{Understood, understand};
use super::paper::{paper, people, table};
use super::{must, offices, strings};
use crate::submission::paper::Table;
use crate::submission::{Attachment, Filled, Form, Type};
use serde_json::json;

/// Puts a picture into a cell.
fn with_picture(mut table: Table, row: usize, column: usize, image: Option<&str>) -> Table {
    let slot = table.slots.iter_mut().find(|slot| (slot.row, slot.column) == (row, column)).unwrap();
    (slot.picture, slot.image) = (true, image.map(str::to_string));
    table
}

fn ask_with_pictures(form: &Form, tables: Vec<Table>) -> Result<Understood, Vec<String>> {
    let picture =
        |digest: &str| Attachment { name: format!("表.docx/{digest}.jpg"), digest: digest.to_string(), bytes: 9 };
    let filled = Filled { pictures: ["甲图", "乙图"].map(picture).to_vec(), ..paper(tables) };
    let says = |faults: Vec<crate::submission::Fault>| {
        faults.into_iter().map(|fault| format!("{}：{}", fault.place, fault.say)).collect()
    };
    understand(form, &filled, &offices()).map_err(says)
}

#[test]
fn a_photograph_is_the_picture_that_the_form_asks_for() {
    let mut form = people(20);
    form.grids[0].columns.push(must("照片", Type::Image));
    let row = "出生日期|1990.1.2|工作单位|某村|";
    let names = |read: &Understood| read.attachments.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    // beside its label, over it, and by itself in the corner
    let beside = table("表1", 0, &[], &["姓名|张三|性别|男|照片|", row]);
    let over = table("表1", 0, &[], &["姓名|张三|性别|男|照片", row]);
    let alone = table("表1", 0, &[], &["姓名|张三|性别|男|（贴一寸近照）", row]);
    for (table, column) in [(beside, 5), (over, 4), (alone, 4)] {
        let read = ask_with_pictures(&form, vec![with_picture(table, 0, column, Some("甲图"))]).unwrap();
        assert_eq!((&read.rows[0].values["照片"], names(&read)), (&json!("甲图"), vec!["照片.jpg".to_string()]));
        assert!(read.remarks.is_empty(), "{:?}", read.remarks);
    }
    // floating over the form
    let form_itself = table("表1", 0, &[], &["姓名|张三|性别|男|", row]);
    let floating = with_picture(Table { prose: true, ..table("正文", 0, &[], &[""]) }, 0, 0, Some("甲图"));
    let read = ask_with_pictures(&form, vec![form_itself, floating]).unwrap();
    assert_eq!((&read.rows[0].values["照片"], names(&read)), (&json!("甲图"), vec!["照片.jpg".to_string()]));
    // a file each
    let one = |paper: usize, image| {
        let table = table(&format!("{paper}.docx 表1"), paper, &[], &["姓名|张三|性别|男|照片|", row]);
        with_picture(table, 0, 5, Some(image))
    };
    let read = ask_with_pictures(&form, vec![one(0, "甲图"), one(1, "乙图")]).unwrap();
    assert_eq!(names(&read), ["照片.jpg", "照片-2.jpg"]);
    let image = |row: usize| read.rows[row].values["照片"].clone();
    assert_eq!((image(0), image(1)), (json!("甲图"), json!("乙图")));
    // one that cannot be taken out
    let lost = table("表1", 0, &[], &["姓名|张三|性别|男|照片|", row]);
    let says = ask_with_pictures(&form, vec![with_picture(lost, 0, 5, None)]).unwrap_err();
    assert!(says[0].starts_with("表1 第1行“照片”：“照片”的图片取不出来"), "{says:?}");
}

#[test]
fn a_photograph_that_is_demanded_beside_the_form_may_stand_in_it_and_others_are_told() {
    let mut form = people(20);
    form.attach = strings(&["一寸照片", "廉政意见"]);
    let rows = ["姓名|张三|性别|男|", "出生日期|1990.1.2|工作单位|某村|", "主要事迹|修路。|<|<|"];
    let drawn = |form: &Form, places: &[(usize, usize, &str)]| {
        let put = |table, place: &(usize, usize, &str)| with_picture(table, place.0, place.1, Some(place.2));
        let table = places.iter().fold(table("表1", 0, &[], &rows), put);
        let read = ask_with_pictures(form, vec![table]).unwrap();
        (read.attachments.iter().map(|one| one.name.clone()).collect::<Vec<_>>(), read.remarks)
    };
    assert_eq!(drawn(&form, &[(0, 4, "甲图")]), (vec!["一寸照片.jpg".to_string()], Vec::new()));
    // which of two it is nobody knows
    let (names, remarks) = drawn(&form, &[(0, 4, "甲图"), (2, 1, "乙图")]);
    assert_eq!(
        (names.len(), remarks),
        (0, vec!["表1 第1行、表1 第3行有图片或者图形，没有收，只读了文字。".to_string()])
    );
    form.attach.clear();
    let (names, remarks) = drawn(&form, &[(0, 4, "甲图")]);
    assert_eq!((names.len(), remarks.len()), (0, 1));
}
