//! Events, their chain, submissions, closures, marks, the schema's steps, and a full disk.

use super::*;

#[tokio::test]
async fn what_is_accepted_is_read_back() {
    let (store, folder) = store().await;
    let acceptance = Acceptance {
        at: at(0),
        events: vec![draft("case", 1), draft("series/香党发", 1), draft("case", 2)],
        effects: vec![effect("case/1/1")],
        submission: Some(submission("s1", Some("3"), "d1")),
        closures: vec![("c1".into(), json!({ "z": 1, "a": 2 }))],
        marks: vec![("alive".into(), "1".into())],
    };
    let recorded = store.accept(acceptance).await.unwrap();
    assert_eq!(recorded.iter().map(|event| event.position).collect::<Vec<_>>(), [1, 2, 3]);
    store.close().await;
    let store = Sqlite::open(&folder.path().join("banwen.db"), settings()).await.unwrap();
    assert_eq!(store.all_events(0, 100).await.unwrap(), recorded);
    assert_eq!(store.all_events(1, 1).await.unwrap(), recorded[1..2]);
    assert_eq!(store.events("case").await.unwrap(), [recorded[0].clone(), recorded[2].clone()]);
    let ends: Vec<_> = store.streams().await.unwrap().into_iter().map(|end| (end.stream, end.seq)).collect();
    assert_eq!(ends, [("case".to_owned(), 2), ("series/香党发".to_owned(), 1)]);
    assert_eq!(store.submission("s1").await.unwrap(), Some(submission("s1", Some("3"), "d1")));
    assert_eq!(store.closure("c1").await.unwrap().unwrap().to_string(), r#"{"z":1,"a":2}"#, "order is kept");
    assert_eq!(store.mark("alive").await.unwrap().as_deref(), Some("1"));
    assert_eq!(store.effect("case/1/1").await.unwrap().unwrap().created_at, at(0));
    assert_eq!(store.verify().await.unwrap(), []);
}

#[tokio::test]
async fn a_gap_or_a_double_is_a_conflict_and_leaves_nothing() {
    let (store, _folder) = store().await;
    store.accept(events(vec![draft("case", 1)])).await.unwrap();
    for given in [1, 3] {
        let acceptance = Acceptance {
            events: vec![draft("other", 1), draft("case", given)],
            effects: vec![effect("other/1/1")],
            submission: Some(submission("s1", None, "d1")),
            closures: vec![("c1".into(), json!(1))],
            marks: vec![("alive".into(), "1".into())],
            ..Acceptance::at(at(0))
        };
        let refused = store.accept(acceptance).await.unwrap_err();
        assert_eq!(refused, Error::Conflict { stream: "case".into(), next: 2, given });
        assert!(refused.is_conflict());
    }
    assert_eq!(store.all_events(0, 100).await.unwrap().len(), 1);
    assert_eq!(store.effects(EffectFilter::default()).await.unwrap(), []);
    assert_eq!(store.submissions(9).await.unwrap(), []);
    assert_eq!(store.closure("c1").await.unwrap(), None);
    assert_eq!(store.mark("alive").await.unwrap(), None);
    assert_eq!(store.verify().await.unwrap(), []);
}

#[tokio::test]
async fn many_writers_make_one_log() {
    let (store, _folder) = store().await;
    let store = std::sync::Arc::new(store);
    let writers = (0..8).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for seq in 1..=10 {
                store.accept(events(vec![draft(&format!("case-{writer}"), seq)])).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let positions: Vec<u64> = store.all_events(0, 1_000).await.unwrap().iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=80).collect::<Vec<u64>>());
    assert_eq!(store.verify().await.unwrap(), []);
}

#[tokio::test]
async fn one_id_is_one_content() {
    let (store, _folder) = store().await;
    let of = |effects, submission| Acceptance { effects, submission, ..Acceptance::at(at(0)) };
    store.accept(of(vec![effect("a/1/1")], Some(submission("s1", None, "d1")))).await.unwrap();
    store.accept(of(vec![effect("a/1/1")], Some(submission("s1", None, "d1")))).await.unwrap();
    let other = EffectDraft { payload: json!("other"), ..effect("a/1/1") };
    let refused = store.accept(of(vec![effect("a/1/2"), other], None)).await.unwrap_err();
    assert_eq!(refused, Error::Different { what: "effect", id: "a/1/1".into() });
    assert_eq!(store.effects(EffectFilter::default()).await.unwrap().len(), 1);
    let refused = store.accept(of(vec![], Some(submission("s1", None, "d2")))).await.unwrap_err();
    assert_eq!(refused, Error::Different { what: "submission", id: "s1".into() });
    store.put_closure("c", &json!([1])).await.unwrap();
    store.put_closure("c", &json!([1])).await.unwrap();
    let refused = store.put_closure("c", &json!([2])).await.unwrap_err();
    assert_eq!(refused, Error::Different { what: "closure", id: "c".into() });
}

#[tokio::test]
async fn the_same_again_is_told_by_office_task_and_digest() {
    let (store, _folder) = store().await;
    for (id, task, digest) in
        [("s1", Some("1"), "d"), ("s2", Some("2"), "d"), ("s3", None, "d"), ("s4", Some("1"), "d")]
    {
        let submission = Some(submission(id, task, digest));
        store.accept(Acceptance { submission, ..Acceptance::at(at(0)) }).await.unwrap();
    }
    let found = async |task, digest| store.submission_by("一村", task, digest).await.unwrap().map(|found| found.id);
    assert_eq!(found(Some("1"), "d").await.as_deref(), Some("s1"), "the first answer");
    assert_eq!(found(Some("2"), "d").await.as_deref(), Some("s2"));
    assert_eq!(found(None, "d").await.as_deref(), Some("s3"));
    assert_eq!(found(Some("1"), "e").await, None);
    assert_eq!(store.submission_by("二村", None, "d").await.unwrap(), None);
    let latest: Vec<_> = store.submissions(2).await.unwrap().into_iter().map(|submission| submission.id).collect();
    assert_eq!(latest, ["s4", "s3"]);
}

#[tokio::test]
async fn many_are_asked_about_at_once() {
    let (store, _folder) = store().await;
    for (id, task, digest) in [("s1", Some("1"), "d"), ("s2", Some("2"), "d"), ("s3", None, "e")] {
        let submission = Some(submission(id, task, digest));
        store.accept(Acceptance { submission, ..Acceptance::at(at(0)) }).await.unwrap();
    }
    let content = |office: &str, digest: &str| (office.to_owned(), digest.to_owned());
    let ids = ["s2", "s9", "s3"].map(str::to_owned);
    let contents = [content("一村", "d"), content("二村", "d"), content("一村", "f")];
    let known = store.known(&ids, &contents).await.unwrap();
    assert_eq!(known.submissions.keys().collect::<Vec<_>>(), ["s2", "s3"]);
    assert_eq!(known.submissions["s2"], submission("s2", Some("2"), "d"));
    assert_eq!(known.contents.into_iter().collect::<Vec<_>>(), [content("一村", "d")]);
}

#[tokio::test]
async fn of_a_stream_only_the_events_that_are_asked_for_are_read() {
    let (store, _folder) = store().await;
    store.accept(events((1..=9).map(|seq| draft("case", seq)).collect())).await.unwrap();
    let found = store.events_at("case", &[7, 2, 12]).await.unwrap();
    assert_eq!(found.iter().map(|event| event.seq).collect::<Vec<_>>(), [2, 7]);
    assert_eq!(found[0], store.events("case").await.unwrap()[1]);
    assert!(store.events_at("case", &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn erasure_leaves_the_chain_whole() {
    let (store, _folder) = store().await;
    store.accept(events(vec![draft("case", 1), draft("case", 2)])).await.unwrap();
    let before = store.events("case").await.unwrap();
    assert_eq!(store.erase("case", 1, "/fields/电话").await.unwrap(), 1);
    assert_eq!(store.erase("case", 1, "/fields/电话").await.unwrap(), 0);
    let after = store.events("case").await.unwrap();
    assert_eq!(after[0].body["fields"]["电话"], Value::Null);
    assert_eq!(after[0].body["fields"]["姓名"], "张三");
    assert_eq!((&after[0].hash, &after[1]), (&before[0].hash, &before[1]));
    assert_eq!(store.verify().await.unwrap(), []);
    let unknown = store.erase("case", 1, "/item").await.unwrap_err();
    assert!(matches!(unknown, Error::Unknown { what: "erasable leaf", .. }), "{unknown}");
    let unknown = store.erase("case", 9, "/fields").await.unwrap_err();
    assert!(matches!(unknown, Error::Unknown { what: "event", .. }), "{unknown}");
    tamper(&store, "update event set body = replace(body, 'null', '\"13800000001\"') where seq = 1").await;
    assert_eq!(store.verify().await.unwrap().len(), 1, "a value put back is found");
}

#[tokio::test]
async fn erased_bytes_are_gone_from_the_files() {
    let (store, folder) = store().await;
    store.accept(events(vec![draft("case", 1), draft("case", 2)])).await.unwrap();
    store.erase("case", 1, "/fields").await.unwrap();
    for name in ["banwen.db", "banwen.db-wal"] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds("13800000001"), "{name}");
    }
}

#[tokio::test]
async fn every_change_of_every_column_is_found() {
    let changes = [
        "update event set position = 9 where position = 2",
        "update event set stream = 'other' where position = 2",
        "update event set seq = 9 where position = 2",
        "update event set at = '2022-06-02T09:00:03' where position = 2",
        "update event set by = 'x' where position = 2",
        "update event set on_behalf = null where position = 2",
        "update event set on_behalf = '' where position = 1",
        "update event set cause = 'x' where position = 2",
        "update event set kind = 'x' where position = 2",
        "update event set body = replace(body, '张三', '李四') where position = 2",
        "update event set body = replace(body, '\"item\":2', '\"item\":3') where position = 2",
        "update event set body = replace(body, ':', ': ') where position = 2",
        "update event set body = '{' where position = 2",
        "update event set salts = replace(salts, substr(salts, 1, 4), 'ffff') where position = 2",
        "update event set salts = salts || ',' where position = 2",
        "update event set salts = '' where position = 2",
        "update event set hash = replace(hash, substr(hash, 1, 4), 'zzzz') where position = 2",
        "delete from event where position = 1",
        "delete from event where position = 2",
        "delete from event where position = 3",
        "delete from event",
        "update head set hash = 'x'",
        "update head set position = 2",
        "insert into event select 4, stream, 4, at, by, on_behalf, cause, kind, body, salts, hash from event
         where position = 3",
    ];
    for change in changes {
        let (store, _folder) = store().await;
        store.accept(events(vec![draft("case", 1), draft("case", 2), draft("case", 3)])).await.unwrap();
        assert_eq!(store.verify().await.unwrap(), []);
        tamper(&store, change).await;
        assert_ne!(store.verify().await.unwrap(), [], "{change}");
    }
}

#[tokio::test]
async fn only_the_changed_event_is_named() {
    let (store, _folder) = store().await;
    store.accept(events((1..=5).map(|seq| draft("case", seq)).collect())).await.unwrap();
    tamper(&store, "update event set kind = 'x' where seq = 3").await;
    let problems = store.verify().await.unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].position, problems[0].stream.as_str(), problems[0].seq), (3, "case", 3));
}

#[tokio::test]
async fn an_older_file_is_brought_up_to_date_and_a_newer_one_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("banwen.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut old = options.connect().await.unwrap();
    assert_eq!(schema::upgrade(&mut old, &schema::STEPS[..1]).await.unwrap(), 0);
    sqlx::raw_sql("insert into mark values ('alive', '2022')").execute(&mut old).await.unwrap();
    old.close().await.unwrap();
    let store = Sqlite::open(&path, settings()).await.unwrap();
    assert_eq!(store.mark("alive").await.unwrap().as_deref(), Some("2022"));
    store.accept(Acceptance { effects: vec![effect("a/1/1")], ..events(vec![draft("a", 1)]) }).await.unwrap();
    tamper(&store, "pragma user_version = 99").await;
    store.close().await;
    let refused = Sqlite::open(&path, settings()).await.err().unwrap();
    assert_eq!(refused, Error::Newer { found: 99, known: i64::try_from(schema::STEPS.len()).unwrap() });
}

#[tokio::test]
async fn a_file_opened_twice_at_once_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("banwen.db");
    let opened = futures::future::join_all((0..4).map(|_| Sqlite::open(&path, settings()))).await;
    let stores: Vec<Sqlite> = opened.into_iter().map(Result::unwrap).collect();
    stores[0].accept(events(vec![draft("case", 1)])).await.unwrap();
    let late = stores[1].accept(events(vec![draft("case", 1)])).await.unwrap_err();
    assert!(late.is_conflict(), "two processes are told apart: {late}");
    stores[2].accept(events(vec![draft("case", 2)])).await.unwrap();
    assert_eq!(stores[3].verify().await.unwrap(), []);
}

#[tokio::test]
async fn a_step_that_fails_leaves_the_version_before() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join("x.db")).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let broken = ["create table a (b)", "create table c (d); create table a (b)"];
    assert!(schema::upgrade(&mut connection, &broken).await.is_err());
    let whole = ["create table a (b)", "create table c (d)"];
    assert_eq!(schema::upgrade(&mut connection, &whole).await.unwrap(), 1);
}

#[tokio::test]
async fn a_full_disk_is_transient_and_heals_without_a_restart() {
    let (store, _folder) = store().await;
    store.accept(events(vec![draft("case", 1)])).await.unwrap();
    tamper(&store, "pragma max_page_count = 1").await;
    let mut large = draft("case", 2);
    large.body["fields"]["事迹"] = Value::String("长".repeat(200_000));
    for _ in 0..3 {
        tamper(&store, "pragma max_page_count = 1").await;
        let full = store.accept(Acceptance { effects: vec![effect("case/2/1")], ..events(vec![large.clone()]) }).await;
        let full = full.unwrap_err();
        assert!(full.is_transient() && full.to_string().contains("full"), "{full}");
        // The next write replaces the connection, and with it the limit: room was made.
        store.set_mark("room", "made").await.unwrap();
    }
    assert_eq!(store.events("case").await.unwrap().len(), 1);
    assert_eq!(store.effects(EffectFilter::default()).await.unwrap(), []);
    store.accept(events(vec![large])).await.unwrap();
    assert_eq!(store.verify().await.unwrap(), []);
}

#[tokio::test]
async fn a_file_another_process_holds_is_transient() {
    let (store, folder) = store().await;
    let options = SqliteConnectOptions::new().filename(folder.path().join("banwen.db"));
    let mut other = options.connect().await.unwrap();
    sqlx::raw_sql("begin immediate").execute(&mut other).await.unwrap();
    let busy = store.accept(events(vec![draft("case", 1)])).await.unwrap_err();
    assert!(busy.is_transient(), "{busy}");
    assert_eq!(store.events("case").await.unwrap(), [], "readers do not wait");
    sqlx::raw_sql("rollback").execute(&mut other).await.unwrap();
    store.accept(events(vec![draft("case", 1)])).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_a_fault_and_a_missing_folder_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("banwen.db");
    std::fs::write(&path, "这不是数据库".repeat(100)).unwrap();
    let error = Sqlite::open(&path, settings()).await.err().unwrap();
    assert!(error.is_fault(), "{error}");
    let error = Sqlite::open(&folder.path().join("无/banwen.db"), settings()).await.err().unwrap();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn acceptances_are_synced_and_leases_need_not_be() {
    let (store, _folder) = store().await;
    let mut writers = store.writers().await;
    let Writers { durable, leases, .. } = &mut *writers;
    for (lane, synchronous) in [(durable, 2), (leases, 1)] {
        let pragma = async |connection: &mut SqliteConnection, sql: &'static str| {
            let row = sqlx::query(sql).fetch_one(connection).await.unwrap();
            sqlx::Row::try_get::<i64, _>(&row, 0).unwrap()
        };
        assert_eq!(pragma(&mut lane.connection, "pragma synchronous").await, synchronous);
        assert_eq!(pragma(&mut lane.connection, "pragma foreign_keys").await, 1);
        assert_eq!(pragma(&mut lane.connection, "pragma secure_delete").await, 1);
        let row = sqlx::query("pragma journal_mode").fetch_one(&mut lane.connection).await.unwrap();
        assert_eq!(sqlx::Row::get::<String, _>(&row, 0), "wal");
    }
}

#[tokio::test]
async fn what_accept_gives_is_what_is_read() {
    let (store, _folder) = store().await;
    let floats: Vec<f64> =
        (1..2_000_u64).map(|n| f64::from_bits(n * 0x0123_4567_89ab)).chain([0.1 + 0.2, 1e300, 5e-324]).collect();
    let mut odd = draft("case", 1);
    odd.at += TimeDelta::milliseconds(250);
    odd.body = json!({ "floats": floats, "fields": { "分": 2.0 / 3.0, "文": "\u{0}\"\\\n䶮" } });
    let recorded = store.accept(events(vec![odd])).await.unwrap();
    assert_eq!(store.events("case").await.unwrap(), recorded);
    assert_eq!(store.verify().await.unwrap(), []);
}

#[tokio::test]
async fn a_call_dropped_half_way_happened_wholly_or_not_at_all() {
    let (store, _folder) = store().await;
    for seq in 0..40_u64 {
        let next = store.events("case").await.unwrap().len() as u64 + 1;
        let drafts = (next..next + 5).map(|seq| draft("case", seq)).collect();
        let _ = tokio::time::timeout(Duration::from_micros(seq * 50), store.accept(events(drafts))).await;
    }
    store.set_mark("after", "well").await.unwrap();
    assert_eq!(store.events("case").await.unwrap().len() % 5, 0);
    assert_eq!(store.verify().await.unwrap(), []);
}
