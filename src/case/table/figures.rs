//! The figures of a table: exact sums and means, and what they look like in a cell.
//!
//! A sum of counts that are about something is about something (约). A mean is exact; one that does not end within six places
//! is printed with two, rounded half away from nought, and 约 before it.

use super::Asked;
use super::records::Record;
use crate::submission::Type;
use crate::tally::{Fraction, Unreckonable};
use crate::workflow::{Measure, TableDefinition, TableFrom};
use serde_json::Value;

/// What a cell without a figure says.
const NOTHING: &str = "—";

/// A cell: what it says, and the number it is.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) value: Value,
    pub(super) figure: Option<Fraction>,
}

/// A number as it was written.
#[derive(Debug, Clone, Copy)]
pub(in crate::case) struct Written {
    pub(in crate::case) number: Fraction,
    /// 约, 余, 多
    pub(in crate::case) about: bool,
    /// places behind the point
    pub(in crate::case) places: u32,
}

/// The places a figure has at least, by the type of what it sums: a sum of nothing stands beside others.
pub(super) fn places(asked: &Asked<'_>, table: &TableDefinition, measure: &Measure) -> u32 {
    let Measure::Sum(path) = measure else { return 0 };
    let kind = match &table.from {
        TableFrom::Items(of) => asked.program.workflow().type_at(of, path),
        TableFrom::Cases(name) => asked.ledgers.beside.definitions.get(name).and_then(|other| {
            let other = other.workflow();
            other.type_at(&other.only_type()?.name, path)
        }),
        TableFrom::Register(name) => {
            asked.program.closure.registers.get(name).and_then(|r| r.fields.get(path)).map(|field| &field.kind)
        }
        TableFrom::Clocks | TableFrom::Documents => None,
    };
    match kind {
        Some(Type::Money) => 2,
        Some(Type::Decimal(places)) => u32::from(*places),
        _ => 0,
    }
}

/// Reckons a figure over records.
pub(super) fn reckon(measure: &Measure, places: u32, records: &[&Record]) -> Result<Cell, String> {
    match measure {
        Measure::Count => {
            let count = i64::try_from(records.len()).map_err(|e| e.to_string())?;
            Ok(Cell { value: Value::from(count), figure: Some(Fraction::whole(count)) })
        }
        Measure::Sum(path) => sum(&numbers(path, records)?, places).map_err(|e| format!("“{path}”的合计{e}")),
        Measure::Mean(path) => mean(&numbers(path, records)?).map_err(|e| format!("“{path}”的平均数{e}")),
        Measure::First(path) => {
            for record in records {
                let text = record.text(path)?;
                if !text.is_empty() {
                    return Ok(Cell { value: Value::from(text), figure: None });
                }
            }
            Ok(Cell { value: Value::from(""), figure: None })
        }
    }
}

fn numbers(path: &str, records: &[&Record]) -> Result<Vec<Written>, String> {
    let mut found = Vec::new();
    for record in records {
        found.extend(record.numbers(path)?);
    }
    Ok(found)
}

fn sum(written: &[Written], places: u32) -> Result<Cell, Unreckonable> {
    let number = Fraction::sum(written.iter().map(|w| w.number))?;
    let places = written.iter().map(|w| w.places).chain([places]).max().unwrap_or(0);
    let about = written.iter().any(|w| w.about);
    let value = match (about, places, number.whole_or_nearest()) {
        (false, 0, Ok(whole)) => Value::from(whole),
        (false, _, _) => Value::from(number.rounded(places)),
        (true, _, _) => Value::from(format!("约{}", number.rounded(places))),
    };
    Ok(Cell { value, figure: Some(number) })
}

fn mean(written: &[Written]) -> Result<Cell, Unreckonable> {
    if written.is_empty() {
        return Ok(Cell { value: Value::from(NOTHING), figure: None });
    }
    let numbers: Vec<Fraction> = written.iter().map(|w| w.number).collect();
    let said = Fraction::mean(&numbers)?.say();
    let about = written.iter().any(|w| w.about) && !said.starts_with('约');
    Ok(Cell { value: Value::from(if about { format!("约{said}") } else { said }), figure: None })
}

/// A number as a form keeps it: `12`, `3.50`, `2/3`, `约300`, `300余`, `1.2万多`.
pub(in crate::case) fn written(value: &Value) -> Option<Written> {
    if let Some(whole) = value.as_i64() {
        return Some(Written { number: Fraction::whole(whole), about: false, places: 0 });
    }
    let text = value.as_str()?;
    let mut rest = text.strip_prefix('约').unwrap_or(text);
    let mut times = 1;
    for _ in 0..2 {
        rest = rest.strip_suffix(['余', '多']).unwrap_or(rest);
        for (unit, value) in [('万', 10_000), ('亿', 100_000_000)] {
            if let Some(before) = rest.strip_suffix(unit) {
                (rest, times) = (before, value);
            }
        }
    }
    let places = rest.split_once('.').map_or(0, |(_, behind)| behind.len());
    let places = if times > 1 { 0 } else { u32::try_from(places).ok()? };
    let number = Fraction::parse(rest).ok()?.times(Fraction::whole(times)).ok()?;
    let about = text.contains(['约', '余', '多']);
    Some(Written { number, about, places })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn all(values: &[Value]) -> Vec<Written> {
        values.iter().map(|v| written(v).unwrap()).collect()
    }

    #[test]
    fn sums_are_exact_and_stay_about() {
        assert_eq!(sum(&all(&[json!(3), json!(4)]), 0).unwrap().value, json!(7));
        assert_eq!(sum(&all(&[json!("0.10"), json!("0.20")]), 0).unwrap().value, json!("0.30"));
        assert_eq!(sum(&all(&[json!("300余"), json!("5000")]), 0).unwrap().value, json!("约5300"));
        assert_eq!(sum(&all(&[json!("1.2万多"), json!("约80")]), 0).unwrap().value, json!("约12080"));
        assert_eq!(sum(&[], 0).unwrap().value, json!(0));
        assert_eq!(sum(&[], 2).unwrap().value, json!("0.00"));
        assert!(written(&json!("很多")).is_none() && written(&json!("")).is_none());
    }

    #[test]
    fn a_mean_is_exact_and_says_when_it_is_rounded() {
        assert_eq!(mean(&all(&[json!("95"), json!("90.5")])).unwrap().value, json!("92.75"));
        assert_eq!(mean(&all(&[json!(1), json!(1), json!(0)])).unwrap().value, json!("约0.67"));
        assert_eq!(mean(&all(&[json!("20余"), json!(10)])).unwrap().value, json!("约15"));
        assert_eq!(mean(&[]).unwrap().value, json!("—"));
    }
}
