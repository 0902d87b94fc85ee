//! Where every drop ended, and what was said about it.

use super::*;
use crate::spool::claim::{self, ATTEMPTS_MAX};

/// What an office's folders hold when all is at rest, by what it is looked up with.
struct Ended {
    /// claims with an answer by the drop's tag: id, answer, how often it was given for reading
    answered: BTreeMap<String, Vec<(String, String, u64)>>,
    /// where the drop lies in 退件, by its tag
    returned: BTreeMap<String, Vec<PathBuf>>,
    /// where it lies out of reach, by its tag
    sealed: BTreeMap<String, Vec<PathBuf>>,
    /// receipts and notes by the 收件号 they bear
    told: BTreeMap<String, Vec<String>>,
    /// notes about sealed drops
    sealed_notes: usize,
}

impl Office {
    /// Every drop lies in one place and has one answer there, and nothing else is found; how many ended how.
    pub(super) fn judge(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for office in OFFICES {
            let left = names(&self.place(office, "交件"));
            let left: Vec<&String> = left.iter().filter(|name| !name.starts_with('.')).collect();
            assert!(left.is_empty(), "{office}: nobody took {left:?}");
            let claimed = names(&self.options.spool.join("state/claimed").join(office));
            assert!(claimed.is_empty(), "{office}: claims without an answer: {claimed:?}");
            let ended = self.ended(office);
            let puts: Vec<&Put> = self.puts.iter().filter(|put| put.office == office).collect();
            for put in &puts {
                self.judge_one(put, &ended);
                *counts.entry(word(put.end)).or_insert(0) += 1;
            }
            let known = |tag: &String| puts.iter().any(|put| *tag == put.tag());
            let others: Vec<&String> = ended.answered.keys().filter(|tag| !known(tag)).collect();
            assert!(others.is_empty(), "{office}: answers nobody asked for: {others:?}");
            let sealed = puts.iter().filter(|put| put.end == End::Sealed).count();
            assert_eq!(ended.sealed_notes, sealed, "{office}: notes about sealed drops");
            self.entered_once(office, &ended);
        }
        counts
    }

    fn judge_one(&self, put: &Put, ended: &Ended) {
        let tag = put.tag();
        let answers = ended.answered.get(&tag).map(Vec::as_slice).unwrap_or_default();
        let places = |of: &BTreeMap<String, Vec<PathBuf>>| of.get(&tag).cloned().unwrap_or_default();
        let (returned, sealed) = (places(&ended.returned), places(&ended.sealed));
        let said: Vec<&str> = answers.iter().map(|(_, answer, _)| answer.as_str()).collect();
        let found = (said.as_slice(), returned.len(), sealed.len());
        let taken = || matches!(found, (["accepted"], 0, 0));
        let back = || matches!(found, (["returned"], 1, 0));
        let right = match put.end {
            // what the daemon died of again and again is taken for what kills it, and comes back unread
            End::Taken => taken() || (back() && ended.killed(put)),
            End::Returned => back(),
            End::Answered => taken() || back(),
            End::Sealed => matches!(found, ([], 0, 1)),
            End::Nowhere => matches!(found, ([], 0, 0)),
        };
        assert!(right, "{put:?}: {found:?}");
        for (id, answer, _) in answers {
            let told = ended.told.get(id).map(Vec::as_slice).unwrap_or_default();
            let place = if answer == "accepted" { "回执/" } else { "退件/" };
            assert!(matches!(told, [one] if one.starts_with(place)), "{put:?}: {id} is answered in {told:?}");
            let store = &self.engine.as_ref().unwrap().store;
            let record = self.runtime.block_on(store.submission(&format!("{}/{id}", put.office))).unwrap().unwrap();
            assert_eq!(record.outcome == SubmissionOutcome::Accepted, answer == "accepted", "{put:?}");
        }
        if let (Some(bytes), Some(path)) = (&put.bytes, returned.first().or(sealed.first())) {
            assert!(std::fs::read(path).unwrap() == *bytes, "{put:?}: other bytes");
        }
    }

    fn ended(&self, office: &str) -> Ended {
        let mut ended = Ended {
            answered: BTreeMap::new(),
            returned: below(&self.place(office, "退件")),
            sealed: below(&self.place(office, "交件").join(".涉密封存")),
            told: BTreeMap::new(),
            sealed_notes: 0,
        };
        let journals = self.options.spool.join("state/answered").join(office);
        for name in names(&journals) {
            let journal = serde_json::to_value(claim::load(&journals.join(name)).unwrap()).unwrap();
            let text = |key: &str| journal[key].as_str().unwrap().to_owned();
            ended.answered.entry(tag_in(&text("name")).unwrap()).or_default().push((
                text("id"),
                text("answer"),
                journal["attempts"].as_u64().unwrap(),
            ));
        }
        for (part, name) in ["回执", "退件"].into_iter().flat_map(|part| {
            let found = names(&self.place(office, part));
            found.into_iter().map(move |name| (part, name))
        }) {
            let path = self.place(office, part).join(&name);
            let note = if path.is_dir() { path.join("退件说明.txt") } else { path };
            let text = std::fs::read_to_string(note).unwrap();
            match text.split_once("收件号：").and_then(|(_, rest)| rest.split_once("\r\n")) {
                Some((id, _)) => ended.told.entry(id.to_owned()).or_default().push(format!("{part}/{name}")),
                None => ended.sealed_notes += usize::from(name.contains("涉密材料")),
            }
        }
        ended
    }

    /// What was taken stands in the register: once, or once for each copy that was taken.
    fn entered_once(&self, office: &str, ended: &Ended) {
        let store = &self.engine.as_ref().unwrap().store;
        let events = self.runtime.block_on(store.events(&format!("register/台账{office}"))).unwrap();
        let mut entered: BTreeMap<usize, usize> = BTreeMap::new();
        for event in events {
            let text = event.body.to_string();
            let number = text.split_once('第').and_then(|(_, rest)| rest.split_once("号文件")).unwrap().0;
            *entered.entry(number.parse().unwrap()).or_default() += 1;
        }
        let mut copies: BTreeMap<&[u8], usize> = BTreeMap::new();
        for bytes in self.puts.iter().filter_map(|put| put.bytes.as_deref()) {
            *copies.entry(bytes).or_default() += 1;
        }
        for put in self.puts.iter().filter(|put| put.office == office && put.end == End::Taken) {
            let most = put.bytes.as_deref().map_or(1, |bytes| copies[bytes]);
            let times = entered.remove(&put.number).unwrap_or_default();
            let least = if ended.killed(put) { 0 } else { 1 };
            assert!((least..=most).contains(&times), "{put:?} was entered {times} times, {most} copies");
        }
        assert!(entered.is_empty(), "{office}: entries of what was not taken: {entered:?}");
    }
}

impl Ended {
    /// Whether the daemon ended so often while it had this drop that it was returned unread.
    fn killed(&self, put: &Put) -> bool {
        let answers = self.answered.get(&put.tag()).map(Vec::as_slice).unwrap_or_default();
        answers.iter().any(|(_, answer, attempts)| answer == "returned" && *attempts > u64::from(ATTEMPTS_MAX))
    }
}

impl Put {
    fn tag(&self) -> String {
        format!("件{:05}", self.number)
    }
}

/// The tag in a drop's name.
fn tag_in(name: &str) -> Option<String> {
    let at = name.match_indices('件').map(|(at, _)| at);
    at.filter_map(|at| name.get(at..at + "件00000".len()))
        .find(|tag| tag.chars().skip(1).all(|sign| sign.is_ascii_digit()))
        .map(str::to_owned)
}

/// What lies in the folders of a folder, by its tag.
fn below(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for inner in names(folder).into_iter().map(|name| folder.join(name)).filter(|path| path.is_dir()) {
        for name in names(&inner) {
            if let Some(tag) = tag_in(&name) {
                found.entry(tag).or_default().push(inner.join(name));
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

fn word(end: End) -> &'static str {
    match end {
        End::Taken => "taken",
        End::Returned => "returned",
        End::Answered => "second copies",
        End::Sealed => "sealed",
        End::Nowhere => "taken back",
    }
}
