//! Sheets of ballots, as the counts they come with, and whether there are more to come.

use crate::case::Case;
use crate::case::ballots::Counting;
use crate::case::event::{Count, Event, Fields, Row};
use std::sync::Arc;

impl Case {
    /// A counter handed a sheet in, or a witness spoke; `answer` is head and rows.
    pub(super) fn take_count(
        &mut self,
        event: &Event,
        office: &str,
        batch: u32,
        (head, rows): (&Fields, &[Row]),
        count: &Count,
        digest: &str,
    ) {
        let counts = || rows.iter().filter_map(|row| Some((row.item?, row.fields.clone()))).collect();
        let sheet = count.sheet.as_ref().map(|sheet| {
            let (office, digest) = (office.to_string(), digest.to_string());
            Arc::new(Counting { sheet: sheet.clone(), office, digest, at: event.at, counts: counts() })
        });
        self.change_batch(batch, |b| {
            b.fields.extend(head.clone());
            if let Some(new) = sheet {
                b.sheets.retain(|old| old.whose() != new.whose());
                b.sheets.push(new);
            }
            if count.over {
                b.counted.insert(office.to_string());
            } else {
                b.counted.remove(office);
            }
        });
    }

    /// A witness has looked at a count: it stands, or is to be made again.
    pub(super) fn take_testimony(&mut self, batch: u32, head: &Fields, stands: bool) {
        let doubt = head.get("reason").and_then(|v| v.as_str()).map(str::to_string).filter(|_| !stands);
        self.change_batch(batch, |b| {
            if !stands {
                b.counted.clear();
            }
            b.doubt = doubt;
        });
    }
}
