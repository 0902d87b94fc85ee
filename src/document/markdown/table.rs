//! Tables of the Markdown subset: rows of cells, some of them joined.

use super::super::model::{Table, TableCell};
use super::{BLANK, Fault, plain, unescaped};

/// Reads a table from its lines. The error names the line (0-based within the table).
pub(super) fn parse(lines: &[&str]) -> Result<Table, (usize, Fault)> {
    let (caption, lines, offset) = match lines.split_first() {
        Some((first, rest)) if first.starts_with("|=") => (Some(plain(first[2..].trim_matches(BLANK))), rest, 1),
        _ => (None, lines, 0),
    };
    let rows: Vec<Vec<&str>> = lines.iter().map(|line| cells(line)).collect();
    let rule = rows.iter().position(|row| row.iter().all(|cell| is_rule(cell)));
    // a form has no header: its rule stands first
    let rule = rule.ok_or((0, Fault::TableWithoutRule))?;
    let columns: Vec<Column> = rows[rule].iter().map(|cell| Column::of(cell)).collect();
    if let Some(uneven) = rows.iter().position(|row| row.len() != columns.len()) {
        return Err((offset + uneven, Fault::TableRowUneven));
    }
    let centred: Vec<Column> = columns.iter().map(|it| Column { flush: false, ..*it }).collect();
    Ok(Table {
        caption,
        widths: columns.iter().map(|it| it.width).collect(),
        header: joined(&rows[..rule], &centred).map_err(|(row, fault)| (offset + row, fault))?,
        rows: joined(&rows[rule + 1..], &columns).map_err(|(row, fault)| (offset + rule + 1 + row, fault))?,
    })
}

/// Characters of 12 pt in a row over the whole width of an upright page.
const ROW_CHARACTERS: usize = 36;
/// A text of more rows than this is read from the left, whatever its column says; a narrow cell holds a label, however many its rows.
const CENTRED_ROWS_MAX: usize = 2;
const LABEL_CHARACTERS_MAX: usize = 7;

/// Whether a text is too long to stand in the middle of a cell over these columns.
fn long(text: &str, own: &[Column], all: &[Column]) -> bool {
    let wide = |columns: &[Column]| columns.iter().map(|it| it.width as usize).sum::<usize>();
    let room = ROW_CHARACTERS * wide(own) / wide(all).max(1);
    let rows = |line: &str| {
        let halves: usize = line.chars().map(|it| if it.is_ascii() { 1 } else { 2 }).sum();
        halves.div_ceil(2 * room.max(1))
    };
    room > LABEL_CHARACTERS_MAX && text.split('\n').any(|line| rows(line) > CENTRED_ROWS_MAX)
}

#[derive(Clone, Copy)]
struct Column {
    width: u32,
    flush: bool,
}

impl Column {
    fn of(rule: &str) -> Column {
        let dashes = rule.chars().filter(|it| *it == '-').count();
        Column { width: u32::try_from(dashes).unwrap_or(1), flush: rule.starts_with(':') && !rule.ends_with(':') }
    }
}

fn is_rule(cell: &str) -> bool {
    let dashes = cell.trim_matches(':');
    !dashes.is_empty() && dashes.chars().all(|it| it == '-')
}

/// The cells of a line, still escaped, without the blanks around them.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let mut cells = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (place, character) in inner.char_indices() {
        if !escaped && character == '|' {
            cells.push(inner[start..place].trim_matches(BLANK));
            start = place + 1;
        }
        escaped = !escaped && character == '\\';
    }
    let last = inner[start..].trim_matches(BLANK);
    if !last.is_empty() {
        cells.push(last);
    }
    cells
}

/// Resolves `<` and `^`. A cell keeps its place in the row it begins in; the places it covers hold nothing.
fn joined(rows: &[Vec<&str>], columns: &[Column]) -> Result<Vec<Vec<TableCell>>, (usize, Fault)> {
    // where the cell covering each place begins
    let mut begins: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut grid: Vec<Vec<Option<TableCell>>> = Vec::new();
    for (r, row) in rows.iter().enumerate() {
        begins.push(Vec::new());
        grid.push(vec![None; row.len()]);
        for (c, cell) in row.iter().enumerate() {
            let begin = match *cell {
                "<" if c == 0 => return Err((r, Fault::TableJoin)),
                "^" if r == 0 => return Err((r, Fault::TableJoin)),
                "<" => begins[r][c - 1],
                "^" => begins[r - 1][c],
                text => {
                    grid[r][c] =
                        Some(TableCell { text: unescaped(text), columns: 1, rows: 1, centre: !columns[c].flush });
                    (r, c)
                }
            };
            begins[r].push(begin);
            if let Some(cell) = &mut grid[begin.0][begin.1] {
                cell.rows = cell.rows.max(span(begin.0, r));
                cell.columns = cell.columns.max(span(begin.1, c));
            }
        }
    }
    for (c, cell) in grid.iter_mut().flat_map(|row| row.iter_mut().enumerate()) {
        let Some(cell) = cell else { continue };
        let own = columns.get(c..c + cell.columns as usize).unwrap_or_default();
        cell.centre = cell.centre && !long(&cell.text, own, columns);
    }
    Ok(grid.into_iter().map(|row| row.into_iter().flatten().collect()).collect())
}

fn span(first: usize, last: usize) -> u32 {
    u32::try_from(last - first + 1).unwrap_or(u32::MAX)
}
