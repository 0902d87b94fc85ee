//! The content of a PDF's pages: characters where they stand, and the lines that are drawn.
//!
//! Only what can be seen of the text matters here: pictures, shadings and clips are passed over.

use super::font::Face;
use super::shapes::{IDENTITY, Line, Matrix, at, colour, low_box, said, straight, then};
use crate::document::inspect::facts::{Colour, MM_PER_POINT};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction as Op;
use hayro_syntax::object::{Array, Dict, Number, Object, Stream};
use hayro_syntax::page::{Page, Resources};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Forms within forms that are looked into.
const DEPTH_MAX: usize = 12;
/// Most characters and lines that are taken from a file.
const MARKS_COUNT_MAX: usize = 4_000_000;
/// A character on a page, millimetres from its upper left corner.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// what it says; `None` when the file does not tell
    pub(super) text: Option<String>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) baseline: f64,
    pub(super) points: f64,
    pub(super) face: Rc<Face>,
    pub(super) colour: Colour,
    /// whether it is a character to be seen, and its glyph has no outline
    pub(super) blank: bool,
}

/// What stands on a page.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) lines: Vec<Line>,
    /// what stands turned by a quarter, as the number of a crosswise page does
    pub(super) turned: String,
}

#[derive(Clone)]
struct State {
    page: Matrix,
    fill: Colour,
    stroke: Colour,
    width: f64,
    face: Option<Rc<Face>>,
    points: f64,
    character: f64,
    word: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    visible: bool,
}

/// Reads the pages of one file; faces are shared between them.
#[derive(Default)]
pub(super) struct Reader {
    faces: BTreeMap<(i32, i32), Rc<Face>>,
    count: usize,
    /// whether text that is drawn invisibly counts
    hidden: bool,
}

/// One content stream being read.
struct Reading<'r> {
    reader: &'r mut Reader,
    marks: &'r mut Marks,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    row: Matrix,
    path: Vec<Vec<(f64, f64)>>,
    /// texts that stand for the glyphs they enclose; taken by the first
    said: Vec<Option<Option<String>>>,
}

impl Reader {
    /// A reader that also takes what is drawn invisibly: the text under a scanned page.
    pub(super) fn of_all() -> Reader {
        Reader { hidden: true, ..Reader::default() }
    }

    pub(super) fn page(&mut self, page: &Page<'_>) -> Marks {
        let to_millimetres = [MM_PER_POINT, 0.0, 0.0, MM_PER_POINT, 0.0, 0.0];
        let state = State {
            page: then(&page.initial_transform(true).as_coeffs(), &to_millimetres),
            fill: Colour::Black,
            stroke: Colour::Black,
            width: 1.0,
            face: None,
            points: 0.0,
            character: 0.0,
            word: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            visible: true,
        };
        let mut marks = Marks::default();
        let mut reading = Reading::new(self, &mut marks, state);
        reading.read(page.typed_operations(), page.resources(), 0);
        marks
    }
}

impl<'r> Reading<'r> {
    fn new(reader: &'r mut Reader, marks: &'r mut Marks, state: State) -> Reading<'r> {
        Reading {
            reader,
            marks,
            state,
            saved: Vec::new(),
            text: IDENTITY,
            row: IDENTITY,
            path: Vec::new(),
            said: Vec::new(),
        }
    }

    fn read(&mut self, mut operations: TypedIter<'_>, resources: &Resources<'_>, depth: usize) {
        while let Some(operation) = operations.next() {
            if self.reader.count > MARKS_COUNT_MAX {
                return;
            }
            if self.text_operation(&operation, resources) || self.path_operation(&operation) {
                continue;
            }
            self.other(&operation, resources, depth);
        }
    }

    fn other(&mut self, operation: &Op<'_, '_>, resources: &Resources<'_>, depth: usize) {
        let n = |number: &Number| number.as_f64();
        // what is not named here draws nothing that is looked for
        #[expect(clippy::wildcard_enum_match_arm, reason = "seventy operators, of which a few concern text and lines")]
        match operation {
            Op::SaveState(_) if self.saved.len() < 512 => self.saved.push(self.state.clone()),
            Op::RestoreState(_) => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            Op::Transform(m) => {
                let matrix = [n(&m.0), n(&m.1), n(&m.2), n(&m.3), n(&m.4), n(&m.5)];
                self.state.page = then(&matrix, &self.state.page);
            }
            Op::LineWidth(width) => self.state.width = n(&width.0),
            Op::NonStrokeColorDeviceGray(gray) => self.state.fill = colour(&[n(&gray.0)]),
            Op::StrokeColorDeviceGray(gray) => self.state.stroke = colour(&[n(&gray.0)]),
            Op::NonStrokeColorDeviceRgb(c) => self.state.fill = colour(&[n(&c.0), n(&c.1), n(&c.2)]),
            Op::StrokeColorDeviceRgb(c) => self.state.stroke = colour(&[n(&c.0), n(&c.1), n(&c.2)]),
            Op::NonStrokeColorCmyk(c) => self.state.fill = colour(&[n(&c.0), n(&c.1), n(&c.2), n(&c.3)]),
            Op::StrokeColorCmyk(c) => self.state.stroke = colour(&[n(&c.0), n(&c.1), n(&c.2), n(&c.3)]),
            Op::NonStrokeColor(c) => self.state.fill = colour(&c.0.iter().map(n).collect::<Vec<_>>()),
            Op::StrokeColor(c) => self.state.stroke = colour(&c.0.iter().map(n).collect::<Vec<_>>()),
            Op::NonStrokeColorNamed(c) => self.state.fill = colour(&c.0.iter().map(n).collect::<Vec<_>>()),
            Op::StrokeColorNamed(c) => self.state.stroke = colour(&c.0.iter().map(n).collect::<Vec<_>>()),
            Op::ColorSpaceNonStroke(_) => self.state.fill = Colour::Black,
            Op::ColorSpaceStroke(_) => self.state.stroke = Colour::Black,
            Op::BeginMarkedContent(_) => self.said.push(None),
            Op::BeginMarkedContentWithProperties(begin) => self.said.push(said(begin.1)),
            Op::EndMarkedContent(_) => drop(self.said.pop()),
            Op::XObject(form) if depth < DEPTH_MAX => {
                if let Some(stream) = resources.get_x_object(form.0) {
                    self.form(&stream, resources, depth);
                }
            }
            _ => {}
        }
    }

    fn form(&mut self, stream: &Stream<'_>, resources: &Resources<'_>, depth: usize) {
        let dict = stream.dict();
        if dict.get::<hayro_syntax::object::Name<'_>>("Subtype").is_none_or(|kind| kind.as_ref() != b"Form") {
            return;
        }
        let Ok(data) = stream.decoded() else { return };
        let numbers: Vec<f64> =
            dict.get::<Array<'_>>("Matrix").map(|all| all.iter::<f32>().map(f64::from).collect()).unwrap_or_default();
        let matrix = <Matrix>::try_from(numbers).unwrap_or(IDENTITY);
        let own = Resources::from_parent(dict.get::<Dict<'_>>("Resources").unwrap_or_default(), resources.clone());
        let mut state = self.state.clone();
        state.page = then(&matrix, &state.page);
        let mut reading = Reading::new(self.reader, self.marks, state);
        reading.read(TypedIter::new(&data), &own, depth + 1);
    }

    /// Takes an operator of text; false when it is none.
    fn text_operation(&mut self, operation: &Op<'_, '_>, resources: &Resources<'_>) -> bool {
        let n = |number: &Number| number.as_f64();
        #[expect(clippy::wildcard_enum_match_arm, reason = "the operators of text only; the rest is for the caller")]
        match operation {
            Op::BeginText(_) => (self.text, self.row) = (IDENTITY, IDENTITY),
            Op::TextFont(font) => {
                self.state.face = resources.get_font(font.0).map(|dict| self.face(&dict));
                self.state.points = n(&font.1);
            }
            Op::CharacterSpacing(it) => self.state.character = n(&it.0),
            Op::WordSpacing(it) => self.state.word = n(&it.0),
            Op::HorizontalScaling(it) => self.state.scale = n(&it.0) / 100.0,
            Op::TextLeading(it) => self.state.leading = n(&it.0),
            Op::TextRise(it) => self.state.rise = n(&it.0),
            // 3 and 7 draw nothing
            Op::TextRenderingMode(it) => self.state.visible = !matches!(it.0.as_i64(), 3 | 7),
            Op::SetTextMatrix(m) => {
                self.row = [n(&m.0), n(&m.1), n(&m.2), n(&m.3), n(&m.4), n(&m.5)];
                self.text = self.row;
            }
            Op::NextLine(by) => self.next_row(n(&by.0), n(&by.1)),
            Op::NextLineAndSetLeading(by) => {
                self.state.leading = -n(&by.1);
                self.next_row(n(&by.0), n(&by.1));
            }
            Op::NextLineUsingLeading(_) => self.next_row(0.0, -self.state.leading),
            Op::ShowText(text) => self.show(text.0.as_bytes()),
            Op::NextLineAndShowText(text) => {
                self.next_row(0.0, -self.state.leading);
                self.show(text.0.as_bytes());
            }
            Op::ShowTextWithParameters(text) => {
                (self.state.word, self.state.character) = (n(&text.0), n(&text.1));
                self.next_row(0.0, -self.state.leading);
                self.show(text.2.as_bytes());
            }
            Op::ShowTexts(texts) => {
                for object in texts.0.iter::<Object<'_>>() {
                    if let Object::Number(back) = &object {
                        let by = -back.as_f64() / 1000.0 * self.state.points * self.state.scale;
                        self.text = then(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &self.text);
                    } else if let Object::String(text) = &object {
                        self.show(text.as_bytes());
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn face(&mut self, dict: &Dict<'_>) -> Rc<Face> {
        let id = dict.obj_id().map(|id| (id.obj_number, id.gen_number));
        if let Some(face) = id.and_then(|id| self.reader.faces.get(&id)) {
            return face.clone();
        }
        let face = Rc::new(Face::of(dict));
        if let Some(id) = id {
            self.reader.faces.insert(id, face.clone());
        }
        face
    }

    fn next_row(&mut self, x: f64, y: f64) {
        self.row = then(&[1.0, 0.0, 0.0, 1.0, x, y], &self.row);
        self.text = self.row;
    }

    fn show(&mut self, bytes: &[u8]) {
        let Some(face) = self.state.face.clone() else { return };
        for shown in face.shown(bytes) {
            self.reader.count += 1;
            let State { points, scale, rise, character, word, .. } = self.state;
            let whole = then(&self.text, &self.state.page);
            let wide = shown.width / 1000.0 * points * scale;
            let (left, baseline) = at(&whole, (0.0, rise));
            let (right, _) = at(&whole, (wide, rise));
            let height = (whole[2].powi(2) + whole[3].powi(2)).sqrt() / MM_PER_POINT * points.abs();
            let text = match self.said.iter_mut().flatten().next() {
                Some(said) => Some(said.take().unwrap_or_default()),
                None => shown.text,
            };
            if whole[1].abs() > whole[0].abs() {
                self.marks.turned.push_str(text.as_deref().unwrap_or_default());
            } else if (self.state.visible || self.reader.hidden)
                && left.is_finite()
                && right.is_finite()
                && baseline.is_finite()
            {
                let (face, colour) = (face.clone(), self.state.fill);
                self.marks.glyphs.push(Glyph {
                    text,
                    left,
                    right,
                    baseline,
                    points: height,
                    face,
                    colour,
                    blank: shown.blank,
                });
            }
            let advance = wide + (character + if shown.space { word } else { 0.0 }) * scale;
            self.text = then(&[1.0, 0.0, 0.0, 1.0, advance, 0.0], &self.text);
        }
    }

    /// Takes an operator of paths; false when it is none.
    fn path_operation(&mut self, operation: &Op<'_, '_>) -> bool {
        let n = |number: &Number| number.as_f64();
        let page = self.state.page;
        let mut on = |x: f64, y: f64| {
            if let Some(last) = self.path.last_mut() {
                last.push(at(&page, (x, y)));
            }
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "the operators of paths only; the rest is for the caller")]
        match operation {
            Op::MoveTo(to) => self.path.push(vec![at(&page, (n(&to.0), n(&to.1)))]),
            Op::LineTo(to) => on(n(&to.0), n(&to.1)),
            Op::CubicTo(to) => on(n(&to.4), n(&to.5)),
            Op::CubicStartTo(to) => on(n(&to.2), n(&to.3)),
            Op::CubicEndTo(to) => on(n(&to.2), n(&to.3)),
            Op::ClosePath(_) => self.close(),
            Op::RectPath(r) => {
                let (x, y, w, h) = (n(&r.0), n(&r.1), n(&r.2), n(&r.3));
                let corners = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)];
                self.path.push(corners.map(|corner| at(&page, corner)).to_vec());
            }
            Op::StrokePath(_) => self.draw(false, true),
            Op::CloseAndStrokePath(_) => {
                self.close();
                self.draw(false, true);
            }
            Op::FillPathNonZero(_) | Op::FillPathNonZeroCompatibility(_) | Op::FillPathEvenOdd(_) => {
                self.draw(true, false);
            }
            Op::FillAndStrokeNonZero(_)
            | Op::FillAndStrokeEvenOdd(_)
            | Op::CloseFillAndStrokeNonZero(_)
            | Op::CloseFillAndStrokeEvenOdd(_) => self.draw(true, true),
            Op::EndPath(_) => self.path.clear(),
            _ => return false,
        }
        true
    }

    fn close(&mut self) {
        if let Some(last) = self.path.last_mut()
            && let Some(first) = last.first().copied()
        {
            last.push(first);
        }
    }

    fn draw(&mut self, fill: bool, stroke: bool) {
        let [a, b, c, d, ..] = self.state.page;
        let thickness = self.state.width * (a * d - b * c).abs().sqrt();
        for shape in std::mem::take(&mut self.path) {
            self.reader.count += shape.len();
            if stroke {
                let lines = shape.windows(2).filter_map(|pair| match pair {
                    [from, to] => Some(Line { from: *from, to: *to, thickness, colour: self.state.stroke }),
                    _ => None,
                });
                self.marks.lines.extend(lines.filter(straight));
            } else if fill && let Some(line) = low_box(&shape, self.state.fill) {
                self.marks.lines.push(line);
            }
        }
    }
}
