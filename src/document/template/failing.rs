//! What failed, with its place in the files as they were written.

use super::super::markdown::MarkdownError;
use super::error::At;
use super::hint::Hint;
use super::{BODY, Template, TemplateError, pieces, values};
use minijinja::{Error, ErrorKind, Value};

/// What an element must be, in English and in Chinese.
const ELEMENTS: [(&str, &str, &str); 8] = [
    ("标题", "a paper has a title: give what it reads values, or write it out", "公文须有标题"),
    ("发文机关标志", "this layout has a mark: give what it reads values, or write it out", "须写明发文机关"),
    ("成文日期", "give `成文日期` a date, written 2026-01-05", "日期应写作2026-01-05"),
    ("印发日期", "give `印发日期` a date, written 2026-01-05", "日期应写作2026-01-05"),
    ("份号", "write one to six digits", "应为一至六位数字"),
    (
        "紧急程度",
        "write 特急 or 加急 (of a telegram 特提 特急 加急 平急), or nothing",
        "应为特急或者加急（电报为特提、特急、加急、平急），不急的不写",
    ),
    ("共印份数", "write a whole number above zero", "应为正整数"),
    (
        "单独附件",
        "write the number of the paper and that of the attachment: 某发〔2026〕1号附件1",
        "应写作“某发〔2026〕1号附件1”",
    ),
];
/// Of a list that is asked for a member it has not.
const SHORT: Hint = Hint::Way(
    "the list has not so many members: give it more, or ask before: `{% if LIST %}`, `LIST|length`",
    "该列表没有这么多项",
);
/// The same of 职务.
const POSTS: Hint = Hint::Way("write one `职务` for each `署名`, or none", "应与“署名”逐一对应，或者都不写");

/// Whether an expression asks for a member by its place.
fn counts(expression: &str) -> bool {
    let mut inside = expression.split('[').skip(1).filter_map(|rest| rest.split(']').next());
    inside.any(|place| !place.is_empty() && place.bytes().all(|it| it.is_ascii_digit()))
}

impl Template {
    pub(super) fn failure(&self, source: &str, error: &Error) -> TemplateError {
        // An error within a piece is wrapped in one of the include that leads there.
        let inner = std::error::Error::source(error).and_then(|it| it.downcast_ref::<Error>());
        if let Some(inner) = inner.filter(|_| error.kind() == ErrorKind::BadInclude) {
            return self.failure(source, inner);
        }
        let piece = error.name().map(pieces::piece_name).filter(|it| !it.contains('@'));
        let ran = error.range().zip(error.template_source());
        let expression = ran.clone().map(|(range, text)| values::expression(text, range)).unwrap_or_default();
        let line = error.line().unwrap_or(1);
        let offset = ran.map(|(range, text)| (text, range.start));
        let at = self.at(piece, source, line, offset, &expression);
        if error.kind() == ErrorKind::UndefinedError {
            let hint = Box::new(if counts(&expression) { SHORT } else { Hint::of(&expression, &[]) });
            return TemplateError::Unfilled { at, variable: expression, hint };
        }
        let cause = std::error::Error::source(error).and_then(|it| it.downcast_ref::<values::Uncounted>());
        if let Some(values::Uncounted(characters)) = cause {
            return TemplateError::Uncounted { at, variable: expression, characters: characters.clone() };
        }
        let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let hint = Box::new(Hint::of_evaluation(error.kind(), &reason));
        TemplateError::Evaluation { at, expression, reason, hint }
    }

    /// The place of an expression that was run. A line that asks for a part is run otherwise than it was written; there the
    /// expression itself is looked for.
    fn at(&self, piece: Option<&str>, source: &str, line: usize, ran: Option<(&str, usize)>, expression: &str) -> At {
        let key = self.0.front.keys.iter().find(|key| key.source() == source).filter(|_| piece.is_none());
        let text = self.0.written.get(piece.unwrap_or(source)).map(String::as_str).unwrap_or_default();
        let written = text.lines().nth(line - 1).unwrap_or_default();
        let ran = ran.map(|(text, start)| {
            let before = text.get(..start).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
            (text.lines().nth(line - 1).unwrap_or_default(), before.len())
        });
        // a filter is pointed at where what it is put to is meant
        let meant = |start: usize| match written.get(start..).is_some_and(|rest| rest.starts_with(expression)) {
            true => start,
            false => written.get(..start).and_then(|it| it.rfind(expression)).unwrap_or(start),
        };
        let same = ran.filter(|(run, _)| *run == written).map(|(_, start)| meant(start));
        let found = || written.find(expression).filter(|_| !expression.is_empty());
        let before = same.or_else(found).and_then(|at| written.get(..at)).map_or(0, |it| it.chars().count());
        let indented = key.filter(|_| line == 1).map_or(0, |key| key.column - 1);
        let lines = match (piece, key) {
            (Some(_), _) => 0,
            (None, Some(key)) => key.line - 1,
            (None, None) => self.0.body_line,
        };
        let template = piece.unwrap_or(&self.0.name).to_owned();
        At { template, line: lines + line, column: before + indented + 1 }
    }

    /// What the text that came out has wrong, at the line of the template that made it.
    pub(super) fn markup(&self, context: &Value, error: MarkdownError) -> TemplateError {
        let (template, line) = self.came_from(context, error.line);
        let (source, number) = match template == self.0.name {
            true => (BODY, line.saturating_sub(self.0.body_line)),
            false => (template.as_str(), line),
        };
        let text = self.0.written.get(source).and_then(|text| text.lines().nth(number.saturating_sub(1)));
        let written = text.unwrap_or_default().to_owned();
        let column = written.chars().take_while(|it| it.is_whitespace()).count() + 1;
        TemplateError::Markup { at: At { template, line, column }, written, error }
    }

    /// An element that is not what it must be. One that stands in no line of its own is placed where it is asked for.
    pub(super) fn element(&self, element: &'static str, reason: &'static str) -> TemplateError {
        let asks = [element, "署名", "发文机关标志"];
        let key = asks.iter().find_map(|name| self.0.front.keys.iter().find(|key| key.name == *name));
        let (line, column) = key.map_or((1, 1), |key| (key.line, key.column));
        let own = key.filter(|key| key.name == element);
        let read =
            self.0.variables.iter().filter(|it| it.piece.is_empty() && own.is_some_and(|key| key.line == it.line));
        let variables = read.map(|it| it.path.join(".")).collect();
        let fits = ELEMENTS.iter().find(|(name, ..)| *name == element);
        let hint = Box::new(fits.map_or(POSTS, |(_, english, chinese)| Hint::Way(english, chinese)));
        TemplateError::Element {
            at: At { template: self.0.name.clone(), line, column },
            element,
            variables,
            reason,
            hint,
        }
    }
}
