//! 23. What is taken back nobody has gone on from, and nothing came of it that anybody has seen.

use crate::case::event::{Body, Event};
use std::collections::BTreeMap;

/// Between an answer of one office and its being taken back nothing is ordered, shown, told, answered or ended of its items.
pub(super) fn back(log: &[Event], found: &mut Vec<String>) {
    // the latest answer about each item: its task, and where in the log it stands
    let mut answered: BTreeMap<u32, (u64, usize)> = BTreeMap::new();
    for (place, event) in log.iter().enumerate() {
        match &event.body {
            Body::TaskAnswered { task, rows, part: false, .. } => {
                answered.extend(rows.iter().filter_map(|row| Some((row.item?, (*task, place)))));
            }
            Body::AnswerTakenBack { task, items, .. } => {
                for item in items {
                    let Some((_, since)) = answered.remove(item).filter(|(of, _)| of == task) else { continue };
                    if let Some(seen) = log[since + 1..place].iter().find(|later| goes_on(&later.body, *item)) {
                        let (seq, seen) = (event.seq, seen.seq);
                        found.push(format!("23: event {seq} takes back of item {item} what event {seen} goes on from"));
                    }
                }
            }
            _ => {}
        }
    }
}

fn goes_on(body: &Body, item: u32) -> bool {
    match body {
        Body::DocumentOrdered { items, .. } | Body::Told { items, .. } => items.contains(&item),
        Body::Listed { items, off, .. } => items.contains(&item) || off.contains(&item),
        Body::TaskAnswered { rows, .. } | Body::Counted { rows, .. } => rows.iter().any(|row| row.item == Some(item)),
        Body::ItemEnded { item: gone, merged_into, .. } => *gone == item || *merged_into == Some(item),
        Body::ItemChanged { item: other, .. } | Body::ChildOwed { item: other, .. } => *other == item,
        Body::ItemOpened { about, .. } => *about == Some(item),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::event::{Fields, Row};

    fn event(seq: u64, body: Body) -> Event {
        let at = chrono::NaiveDate::from_ymd_opt(2025, 3, 3).and_then(|d| d.and_hms_opt(9, 0, 0)).unwrap_or_default();
        Event { stream: "试".into(), seq, at, by: "甲".into(), on_behalf: None, cause: "test".into(), body }
    }

    #[test]
    fn what_somebody_was_told_of_is_not_taken_back() {
        let answer = Body::TaskAnswered {
            task: 3,
            submission: "x".into(),
            fields: Fields::new(),
            rows: vec![Row { item: Some(1), ..Row::default() }],
            attachments: Vec::new(),
            declined: None,
            complete: true,
            part: false,
            count: None,
            saw: Vec::new(),
        };
        let told = Body::Told { items: vec![1], roles: Vec::new(), to: vec!["乙".into()], fields: Fields::new() };
        let taken = Body::AnswerTakenBack { task: 3, items: vec![1], reason: "错".into(), waiting: Vec::new() };
        let mut found = Vec::new();
        back(&[event(1, answer.clone()), event(2, taken.clone())], &mut found);
        assert_eq!(found, Vec::<String>::new());
        back(&[event(1, answer), event(2, told), event(3, taken)], &mut found);
        assert_eq!(found, ["23: event 3 takes back of item 1 what event 2 goes on from"]);
    }
}
