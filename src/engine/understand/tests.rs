//! Which file of a drop is its form.

use super::reading::the_form;
use crate::spool::forms;
use crate::submission::{Fault, Filled};

#[test]
fn of_several_files_the_form_is_the_one_that_says_so_or_the_only_broken_one() {
    let form = |says: Option<&str>| {
        let banwen = says.map(|o| format!("banwen: {{ what: open, office: {o}, about: 甲 }}\n")).unwrap_or_default();
        forms::read("表.yaml", format!("{banwen}理由: 无\n").as_bytes())
    };
    let broken = || forms::read("坏.yaml", b"");
    let chosen = |files: Vec<Result<Filled, Vec<Fault>>>| {
        let named = files.into_iter().enumerate().map(|(n, f)| (f, n.to_string())).collect();
        the_form(named, "several".to_string()).map(|(_, name)| name)
    };
    assert_eq!(chosen(vec![form(None)]), Ok("0".to_string()));
    assert_eq!(chosen(vec![form(None), form(Some("乙")), broken()]), Ok("1".to_string()));
    let several = Err(vec![Fault::at("", "several")]);
    assert_eq!(chosen(vec![form(Some("乙")), form(Some("乙"))]), several);
    assert_eq!(chosen(vec![form(None), form(None)]), several);
    assert_eq!(chosen(vec![broken(), broken()]), several);
    assert_eq!(chosen(vec![form(None), broken()]), broken().map(|_| String::new()));
}
