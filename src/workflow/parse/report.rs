//! Scheduled reports (LANGUAGE §12).

use super::limit;
use super::reader::Reader;
use crate::workflow::Report;
use crate::yaml::Node;
use indexmap::IndexMap;

pub(super) fn reports(reader: &mut Reader, node: &Node) -> IndexMap<String, Report> {
    reader.entries(node, "the reports are a mapping", |reader, key, value| {
        let found = report(reader, key, value)?;
        Some((found.name.clone(), found))
    })
}

fn report(reader: &mut Reader, key: &Node, node: &Node) -> Option<Report> {
    let name = reader.name(key, "a report")?;
    let mut keys = reader.keys(node, "a report")?;
    let duty = limit::duty(reader, &mut keys);
    let to = keys.take("to").map(|n| reader.refers(n, "`to`")).unwrap_or_default();
    let by = keys.take("by").and_then(|n| reader.refer(n, "`by`"));
    let template = keys.take("template").and_then(|n| reader.name(n, "a template"));
    let tables = keys.take("tables").map(|n| reader.refers(n, "`tables`")).unwrap_or_default();
    let number = keys.take("number").and_then(|n| reader.refer(n, "`number`"));
    let date = keys.take("date").and_then(|n| reader.refer(n, "`date`"));
    reader.finish(keys, &[]);
    for (missing, key) in [(node.get("every").is_none(), "every"), (node.get("template").is_none(), "template")] {
        if missing {
            reader.error("missing-key", &node.place, format!("a report has `{key}`"), "");
        }
    }
    if to.is_empty() {
        let message = format!("the report `{name}` goes to nobody");
        reader.error("schedule-report-without-recipient", &key.place, message, "add `to: ROLE`");
    }
    let (schedule, until) = duty?;
    Some(Report { name, schedule, until, to, by, template: template?, tables, number, date, place: key.place.clone() })
}
