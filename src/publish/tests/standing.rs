//! What has become of a paper stands on its page.

use super::*;

#[test]
fn what_has_been_revoked_stays_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut site = site();
    site.papers[0].standing = Some("决定已撤销".into());
    write(dir.path(), &site).unwrap();
    let page = read(dir.path(), &format!("notices/{}.html", page_name(&site.papers[0].id)));
    assert!(page.contains("<strong>决定已撤销</strong>"), "{page}");
    assert!(read(dir.path(), "index.html").contains("<strong>（决定已撤销）</strong>"));
}

#[test]
fn a_notice_goes_and_the_decision_stays() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &site()).unwrap();
    std::fs::write(dir.path().join("notices/别人的.html"), "x").unwrap();
    std::fs::write(dir.path().join("robots.txt"), "x").unwrap();
    let done = unpublish(dir.path(), &site(), "qiyi-2022").unwrap();
    assert_eq!(done.removed, ["notices/qiyi-2022.docx", "notices/qiyi-2022.html", "notices/qiyi-2022.pdf"]);
    assert_eq!(done.written, ["index.html"]);
    assert!(!read(dir.path(), "index.html").contains("qiyi-2022.html"));
    let decision = format!("notices/{}.html", page_name("香党发〔2022〕8号"));
    assert!(dir.path().join(&decision).exists() && read(dir.path(), "index.html").contains(&decision));
    assert!(dir.path().join("notices/别人的.html").exists() && dir.path().join("robots.txt").exists());
    let mut ended = site();
    ended.notices.iter_mut().for_each(|notice| notice.state = State::Ended);
    write(dir.path(), &ended).unwrap();
    assert!(read(dir.path(), "index.html").contains("目前没有正在公示的事项"));
}
