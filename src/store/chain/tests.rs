//! Digests, salts, erasure; and one sample that must never change.

use super::*;
use chrono::NaiveDate;
use serde_json::json;

fn draft(body: Value) -> Draft {
    let at = NaiveDate::from_ymd_opt(2022, 6, 2).unwrap().and_hms_opt(9, 0, 0).unwrap();
    Draft {
        stream: "2022-qiyi-1".into(),
        seq: 3,
        at,
        by: "党政办".into(),
        on_behalf: None,
        cause: "submission/1".into(),
        kind: "ItemOpened".into(),
        body,
    }
}

fn body() -> Value {
    json!({ "item": 1, "fields": { "姓名": "张三", "电话": "13800000000", "年龄": 41, "空": null, "奖": ["甲", "乙"] } })
}

#[test]
fn salts_are_one_a_leaf_and_differ_by_place() {
    let sealed = seal(&draft(body()), &Secret::fixed(1)).unwrap();
    let salts: Vec<&str> = tokens(&sealed.salts).collect();
    assert_eq!(salts.len(), 6);
    assert!(salts.iter().all(|salt| salt.len() == 32));
    let distinct: std::collections::BTreeSet<_> = salts.iter().collect();
    assert_eq!(distinct.len(), 6);
    assert_eq!(seal(&draft(body()), &Secret::fixed(1)).unwrap().salts, sealed.salts, "a repeated run is the same");
    assert_ne!(seal(&draft(body()), &Secret::fixed(2)).unwrap().salts, sealed.salts);
    assert_ne!(Secret::fresh().unwrap().name(), Secret::fresh().unwrap().name());
}

#[test]
fn erasing_keeps_the_digest_and_nothing_else() {
    let sealed = seal(&draft(body()), &Secret::fixed(1)).unwrap();
    let mut erased = body();
    let (salts, count) = erase(&mut erased, &sealed.salts, "/fields/电话").unwrap();
    assert_eq!(count, 1);
    assert_eq!(erased["fields"]["电话"], Value::Null);
    assert_eq!(erased["fields"]["姓名"], "张三");
    assert_eq!(body_digest(erased.clone(), &salts).unwrap(), sealed.digest);
    let (again, count) = erase(&mut erased, &salts, "/fields/电话").unwrap();
    assert_eq!((again.as_str(), count), (salts.as_str(), 0), "erasing twice is erasing once");
    let (all, count) = erase(&mut erased, &salts, "").unwrap();
    assert_eq!(count, 5);
    assert_eq!(erased["fields"]["奖"], json!([null, null]));
    assert_eq!(body_digest(erased.clone(), &all).unwrap(), sealed.digest);
    erased["fields"]["电话"] = "13900000000".into();
    assert!(body_digest(erased, &all).is_err(), "nothing is slipped into an erased leaf");
}

#[test]
fn only_what_people_filled_in_can_be_erased() {
    let sealed = seal(&draft(body()), &Secret::fixed(1)).unwrap();
    for pointer in ["/item", "/fields/无", "/field", "/fields/姓"] {
        let refused = erase(&mut body(), &sealed.salts, pointer);
        assert_eq!(refused, Err(Error::Unknown { what: "erasable leaf", id: pointer.into() }));
    }
}

#[test]
fn the_digest_sees_every_change() {
    let sealed = seal(&draft(body()), &Secret::fixed(1)).unwrap();
    let mut other = body();
    other["item"] = 2.into();
    assert_ne!(body_digest(other, &sealed.salts).unwrap(), sealed.digest);
    let mut other = body();
    other["fields"]["姓名"] = "李四".into();
    assert_ne!(body_digest(other, &sealed.salts).unwrap(), sealed.digest);
    let reordered = json!({ "fields": body()["fields"], "item": 1 });
    assert_ne!(body_digest(reordered, &sealed.salts).unwrap(), sealed.digest, "order is content");
    assert!(body_digest(body(), &format!("{},", sealed.salts)).is_err());
    assert!(body_digest(body(), "").is_err());
    assert_eq!(
        body_digest(json!({ "a": 1 }), "").unwrap(),
        seal(&draft(json!({ "a": 1 })), &Secret::fixed(9)).unwrap().digest
    );
}

#[test]
fn a_body_that_would_not_read_back_is_refused() {
    let mut deep = Value::Null;
    for _ in 0..200 {
        deep = json!([deep]);
    }
    assert!(matches!(seal(&draft(deep), &Secret::fixed(1)), Err(Error::Malformed(_))));
}

#[test]
fn parts_do_not_run_together() {
    let header = |by, cause| Header {
        position: 1,
        stream: "s",
        seq: 1,
        at: "2022-06-02T09:00:00",
        by,
        on_behalf: None,
        cause,
        kind: "K",
    };
    assert_ne!(event_hash("", "", &header("ab", "c"), "d"), event_hash("", "", &header("a", "bc"), "d"));
}

/// A log written today must verify for ever; when this fails, the chain's format changed.
#[test]
fn the_format_is_for_ever() {
    let draft = draft(body());
    let sealed = seal(&draft, &Secret::fixed(1)).unwrap();
    let header = Header {
        position: 7,
        stream: &draft.stream,
        seq: draft.seq,
        at: "2022-06-02T09:00:00",
        by: &draft.by,
        on_behalf: None,
        cause: &draft.cause,
        kind: &draft.kind,
    };
    let hash = event_hash("00", "11", &header, &sealed.digest);
    assert_eq!(hash, "c932625ae6ad8222fa873b5e85927b1b9702ef2ca174bd5a858a062fd0d55e3b");
}
