//! The written workbook in an office suite: opened, saved again, printed.

use super::made::{asked_of_list, check_list, list};
use super::{check, returned};
use crate::spool::forms::{read, read_for};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Converts in a directory; false when there is no suite on this machine.
pub(super) fn convert(directory: &Path, to: &str, file: &str) -> bool {
    let profile = format!("-env:UserInstallation=file://{}/profile", directory.display());
    let run = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .arg(directory.join("out"))
        .arg(directory.join(file))
        .output();
    match run {
        // a suite without the part for such files says so and writes nothing
        Ok(output) if !String::from_utf8_lossy(&output.stderr).contains("could not be loaded") => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Ok(_) | Err(_) => {
            assert!(std::env::var_os("CI").is_none(), "soffice with the part for {file} is not installed");
            let mut err = std::io::stderr();
            writeln!(err, "SKIPPED: soffice with the part for {file} is not on this machine").unwrap();
            false
        }
    }
}

#[test]
fn a_workbook_saved_by_libreoffice_is_read_alike() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("form.xlsx"), returned()).unwrap();
    if !convert(directory.path(), "ods", "form.xlsx") {
        return;
    }
    // xlsx → ods → xlsx: everything must pass through the suite's own model
    assert!(convert(directory.path(), "xlsx", "out/form.ods"));
    let again = std::fs::read(directory.path().join("out/form.xlsx")).unwrap();
    check(&read("form.xlsx", &again).unwrap(), "推荐对象", "名额");
    assert!(convert(directory.path(), "xlsx:Calc MS Excel 2007 XML", "form.xlsx"));
    let again = std::fs::read(directory.path().join("out/form.xlsx")).unwrap();
    check(&read("form.xlsx", &again).unwrap(), "推荐对象", "名额");
}

/// `BANWEN_BLESS=1` keeps what the suite made for the tests that have no suite.
#[test]
fn workbooks_of_before_2007_and_of_opendocument_are_read_alike() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("form.xlsx"), returned()).unwrap();
    std::fs::write(directory.path().join("list.xlsx"), list()).unwrap();
    for to in ["ods", "xls"] {
        if !convert(directory.path(), to, "form.xlsx") || !convert(directory.path(), to, "list.xlsx") {
            return;
        }
        let saved = |stem: &str| std::fs::read(directory.path().join(format!("out/{stem}.{to}"))).unwrap();
        if std::env::var_os("BANWEN_BLESS").is_some() {
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/forms");
            for stem in ["form", "list"] {
                std::fs::write(kept.join(format!("{stem}.{to}")), saved(stem)).unwrap();
            }
        }
        check(&read("form", &saved("form")).unwrap(), "推荐对象", "名额");
        check_list(&read_for("list", &saved("list"), &asked_of_list()).unwrap(), "Sheet1");
    }
}
