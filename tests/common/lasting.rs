//! Everything that lasts of a spool: its files, its letters, what its store holds; copied and compared.

#![expect(clippy::unwrap_used, reason = "a test that cannot look has failed")]

use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The store's file; what SQLite lays beside it is not ours to copy.
const STORE: &str = "state/banwen.db";
/// Characters of a difference that are shown.
const SHOWN_CHARACTERS_MAX: usize = 400;

/// Left out is what tells one attempt at an effect from another: their number (and so the hashes from there on), leases, errors,
/// what the last of them did, and when an effect that has ended was due.
const ROWS: [(&str, &str); 5] = [
    (
        "event",
        "select stream || '/' || seq || ' ' || at || ' ' || by || ' ' || coalesce(on_behalf, '') || ' ' || cause || ' '
         || kind || ' ' || json_remove(body, iif(kind = 'EffectSettled', '$.attempts', '$.none')) || ' '
         || iif(position < (select coalesce(min(position), 1e9) from event where kind = 'EffectSettled' and position > ?1),
                hash, '')
         from event where position > ?1 order by position",
    ),
    (
        "effect",
        "select id || ' ' || queue || ' ' || payload || ' ' || state || ' ' || iif(state = 'ready', run_at, '') || ' '
         || created_at || ' ' || since || ' ' || coalesce(done_at, '') from effect
         where ? >= 0 order by position",
    ),
    (
        "submission",
        "select id || ' ' || office || ' ' || coalesce(task, '') || ' ' || digest || ' ' || name || ' ' || received_at
         || ' ' || outcome || ' ' || answer || ' ' || coalesce(first_stream, '') || ' ' || coalesce(first_seq, '')
         from submission where ? >= 0 order by position",
    ),
    ("closure", "select digest from closure where ? >= 0 order by digest"),
    ("mark", "select name || ' ' || value from mark where ? >= 0 order by name"),
];

/// What lasts of a spool.
pub(crate) struct Lasting {
    rows: Vec<String>,
    files: BTreeMap<String, PathBuf>,
}

impl Lasting {
    /// Looks at a spool whose daemon is at rest; of the log only what stands after `position`.
    pub(crate) async fn of(spool: &Path, position: i64) -> Lasting {
        let mut store = open(spool).await;
        let mut rows = Vec::new();
        for (table, sql) in ROWS {
            let found: Vec<String> = sqlx::query_scalar(sql).bind(position).fetch_all(&mut store).await.unwrap();
            rows.extend(found.into_iter().map(|row| format!("{table} {row}")));
        }
        store.close().await.unwrap();
        let mut files = BTreeMap::new();
        collect(spool, "", &mut files);
        Lasting { rows, files }
    }

    /// How another differs from this; nothing when it does not.
    pub(crate) fn differs(&self, other: &Lasting) -> Option<String> {
        let mut told = Vec::new();
        let (ours, theirs): (BTreeSet<&String>, BTreeSet<&String>) =
            (self.rows.iter().collect(), other.rows.iter().collect());
        told.extend(ours.difference(&theirs).take(2).map(|row| format!("missing: {}", short(row))));
        told.extend(theirs.difference(&ours).take(2).map(|row| format!("too much: {}", short(row))));
        if told.is_empty() && self.rows != other.rows {
            told.push("the rows stand in another order".to_string());
        }
        if letters(&self.files) != letters(&other.files) {
            told.push("other letters".to_string());
        }
        let seen = |lasting: &Lasting| -> BTreeMap<String, PathBuf> {
            lasting.files.iter().filter(|(n, _)| !n.starts_with("mail/")).map(|(n, p)| (n.clone(), p.clone())).collect()
        };
        let (ours, theirs) = (seen(self), seen(other));
        for (name, path) in &ours {
            match theirs.get(name) {
                None => told.push(format!("{name} is missing")),
                Some(there) if !same(name, path, there) => told.push(format!("{name} differs")),
                Some(_) => {}
            }
        }
        told.extend(theirs.keys().filter(|n| !ours.contains_key(*n)).map(|n| format!("{n} is too much")));
        (!told.is_empty()).then(|| told.join("\n    "))
    }
}

fn short(text: &str) -> String {
    text.chars().take(SHOWN_CHARACTERS_MAX).collect()
}

async fn open(spool: &Path) -> sqlx::SqliteConnection {
    SqliteConnectOptions::new().filename(spool.join(STORE)).disable_statement_logging().connect().await.unwrap()
}

fn collect(at: &Path, name: &str, found: &mut BTreeMap<String, PathBuf>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let entry = entry.unwrap();
        let own = entry.file_name().to_string_lossy().into_owned();
        let name = if name.is_empty() { own } else { format!("{name}/{own}") };
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &name, found);
        } else if !name.starts_with(STORE) && name != "state/lock" {
            found.insert(name, entry.path());
        }
    }
}

/// Letters by their Message-ID: one whose sending was not recorded goes out again, which its reader does not see.
fn letters(files: &BTreeMap<String, PathBuf>) -> BTreeSet<String> {
    let letters = files.iter().filter(|(name, _)| name.starts_with("mail/"));
    letters.map(|(_, path)| super::common::message_id(&std::fs::read(path).unwrap())).collect()
}

fn same(name: &str, one: &Path, other: &Path) -> bool {
    let [a, b] = [one, other].map(|path| std::fs::symlink_metadata(path).unwrap());
    if (a.dev(), a.ino()) == (b.dev(), b.ino()) {
        return true;
    }
    let [one, other] = [one, other].map(|path| std::fs::read(path).unwrap());
    let apart: &[&str] = if name.starts_with("state/answered/") || name.starts_with("state/claimed/") {
        &["attempts", "seen"]
    } else if name.contains("/补充-") && name.ends_with(".json") {
        &["attempts", "hash", "bytes", "sha256"]
    } else {
        return one == other;
    };
    without(&one, apart) == without(&other, apart)
}

/// A journal of a claim, or a supplement, without what tells one attempt, or one disk, from another.
fn without(bytes: &[u8], apart: &[&str]) -> Value {
    fn strip(value: &mut Value, apart: &[&str]) {
        match value {
            Value::Object(map) => {
                map.retain(|name, _| !apart.contains(&name.as_str()));
                map.values_mut().for_each(|inner| strip(inner, apart));
            }
            Value::Array(list) => list.iter_mut().for_each(|inner| strip(inner, apart)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    // of a journal the last line tells how the claim stands; a supplement is one value
    let last = bytes.rsplit(|byte| *byte == b'\n').find_map(|line| serde_json::from_slice::<Value>(line).ok());
    let whole = || serde_json::from_slice(bytes).unwrap();
    let mut value = last.filter(Value::is_object).unwrap_or_else(whole);
    strip(&mut value, apart);
    value
}

/// The position of the last event; 0 while there is no store.
pub(crate) async fn last_event(spool: &Path) -> i64 {
    if !spool.join(STORE).exists() {
        return 0;
    }
    let mut store = open(spool).await;
    let last = sqlx::query_scalar("select coalesce(max(position), 0) from event").fetch_one(&mut store).await.unwrap();
    store.close().await.unwrap();
    last
}

/// Copies a spool that nobody serves. What is only ever written whole under a new name is linked, not copied.
pub(crate) fn copy(from: &Path, to: &Path) {
    copy_below(from, to, "");
}

/// Copies a spool that is being served, and at rest.
pub(crate) async fn copy_served(from: &Path, to: &Path) {
    copy(from, to);
    let store = to.join(STORE);
    for beside in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(to.join(format!("{STORE}{beside}")));
    }
    let mut served = open(from).await;
    let sql = format!("vacuum into '{}'", store.display());
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut served).await.unwrap();
    served.close().await.unwrap();
}

fn copy_below(from: &Path, to: &Path, name: &str) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let own = entry.file_name().to_string_lossy().into_owned();
        let (path, target) = (entry.path(), to.join(&own));
        let name = if name.is_empty() { own } else { format!("{name}/{own}") };
        if entry.file_type().unwrap().is_dir() {
            copy_below(&path, &target, &name);
        } else if written_in_place(&name) {
            std::fs::copy(&path, &target).unwrap();
        } else {
            std::fs::hard_link(&path, &target).unwrap();
        }
    }
    // a sealed folder stays sealed
    let rights = std::fs::metadata(from).unwrap().permissions();
    if rights.readonly() || name.starts_with("archive/") {
        std::fs::set_permissions(to, rights).unwrap();
    }
}

/// The store and the lock are; and a drop with a second name would be refused.
fn written_in_place(name: &str) -> bool {
    name.starts_with(STORE) || name == "state/lock" || name.contains("/交件/") || name.starts_with("state/claimed/")
}
