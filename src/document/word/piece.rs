//! What the layouts give to the builder of the body: lines and grids, each with its style; positions in twips.

use crate::document::fit::Spread;

/// The ids of the styles in `skeleton/styles.xml`. Their names are Chinese; 标题 and 正文 alone would collide with the names
/// a Chinese Word gives to its own styles, so these two are called 公文标题 and 公文正文.
pub(super) mod style {
    pub(in super::super) const URGENCY: &str = "GWUrgency";
    pub(in super::super) const SERIAL: &str = "GWSerial";
    pub(in super::super) const MARK: &str = "GWMark";
    pub(in super::super) const NUMBER: &str = "GWNumber";
    pub(in super::super) const NUMBER_RULE: &str = "GWNumberRule";
    pub(in super::super) const TITLE: &str = "GWTitle";
    pub(in super::super) const SHEET_TITLE: &str = "GWSheetTitle";
    pub(in super::super) const SUBTITLE: &str = "GWSubtitle";
    pub(in super::super) const MAIN_TO: &str = "GWMainTo";
    pub(in super::super) const BODY: &str = "GWBody";
    pub(in super::super) const HEADINGS: [&str; 4] = ["GWHeading1", "GWHeading2", "GWHeading3", "GWHeading4"];
    pub(in super::super) const CENTRE: &str = "GWCentre";
    pub(in super::super) const ATTACHMENTS: &str = "GWAttachments";
    pub(in super::super) const ATTENDANCE: &str = "GWAttendance";
    pub(in super::super) const SHEET_TEXT: &str = "GWSheetText";
    pub(in super::super) const SHEET_SIGNER: &str = "GWSheetSigner";
    pub(in super::super) const SIGNER: &str = "GWSigner";
    pub(in super::super) const DATE: &str = "GWDate";
    pub(in super::super) const NOTE: &str = "GWNote";
    pub(in super::super) const ATTACHMENT: &str = "GWAttachment";
    pub(in super::super) const ATTACHMENT_TITLE: &str = "GWAttachmentTitle";
    pub(in super::super) const IMPRINT: &str = "GWImprint";
    pub(in super::super) const IMPRINT_RULE: &str = "GWImprintRule";
    pub(in super::super) const COPY_TO: &str = "GWCopyTo";
    pub(in super::super) const CAPTION: &str = "GWCaption";
    pub(in super::super) const GAP: &str = "GWGap";
    pub(in super::super) const CELL: &str = "GWCell";
    pub(in super::super) const HEAD: &str = "GWHead";
    pub(in super::super) const CERTIFICATE_TITLE: &str = "GWCertificateTitle";
    pub(in super::super) const CERTIFICATE_TO: &str = "GWCertificateTo";
    pub(in super::super) const CERTIFICATE_BODY: &str = "GWCertificateBody";
    pub(in super::super) const CERTIFICATE_CENTRE: &str = "GWCertificateCentre";
    pub(in super::super) const CERTIFICATE_SIGNER: &str = "GWCertificateSigner";
    pub(in super::super) const CERTIFICATE_NUMBER: &str = "GWCertificateNumber";
    pub(in super::super) const PLAQUE_TITLE: &str = "GWPlaqueTitle";
    pub(in super::super) const STRONG: &str = "GWStrong";
    pub(in super::super) const BODY_WORDS: &str = "GWBodyWords";
    pub(in super::super) const NAME: &str = "GWName";
    pub(in super::super) const CERTIFICATE_STRONG: &str = "GWCertificateStrong";
    pub(in super::super) const TABLE: &str = "GWTable";
    pub(in super::super) const FRAME: &str = "GWFrame";
    pub(in super::super) const FIGURE: &str = "GWFigure";
    pub(in super::super) const FIGURE_NAME: &str = "GWFigureName";
}

/// A piece of the body.
pub(super) enum Piece {
    Line(Line),
    Grid(Grid),
}

/// How a line stands when its style does not say it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
    Distribute,
}

/// Indents of a line, in twips; `hanging` is how far the first row stands out to the left.
#[derive(Clone, Copy, Default)]
pub(super) struct Indent {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) hanging: u32,
}

/// A run of text; `\n` breaks the row, `\t` goes to the next stop.
#[derive(Clone)]
pub(super) struct Words {
    pub(super) text: String,
    pub(super) style: Option<&'static str>,
}

/// A paragraph.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) style: &'static str,
    pub(super) words: Vec<Words>,
    pub(super) align: Option<Align>,
    pub(super) indent: Option<Indent>,
    /// how far the first row is indented where its characters are not those of the style, in twips
    pub(super) first: Option<u32>,
    pub(super) stops: Vec<u32>,
    /// the last of several stops ends the text instead of beginning it
    pub(super) last_stop_right: bool,
    /// space above
    pub(super) before: Option<u32>,
    /// exact height of a row; a row that has one does not keep to the grid
    pub(super) height: Option<u32>,
    /// size of the characters, in half points
    pub(super) size: Option<u32>,
    /// room after each character, in twips
    pub(super) spread: Option<u32>,
    /// width of the characters, in hundredths of what the face gives them
    pub(super) percent: u32,
    pub(super) new_page: bool,
    pub(super) keep_next: bool,
    /// the run with which the next page begins; none where it is 0
    pub(super) goes_over: usize,
    /// two rows of it stay together at the top and the bottom of a page
    pub(super) in_company: bool,
}

impl Line {
    /// A line of one text in its style.
    pub(super) fn new(style: &'static str, text: &str) -> Line {
        let words = if text.is_empty() { Vec::new() } else { vec![Words { text: text.to_owned(), style: None }] };
        Line::of(style, words)
    }

    /// A line of several runs.
    pub(super) fn of(style: &'static str, words: Vec<Words>) -> Line {
        Line {
            style,
            words,
            align: None,
            indent: None,
            first: None,
            stops: Vec::new(),
            last_stop_right: false,
            before: None,
            height: None,
            size: None,
            spread: None,
            percent: 100,
            new_page: false,
            keep_next: false,
            goes_over: 0,
            in_company: false,
        }
    }

    pub(super) fn before(mut self, twips: u32) -> Line {
        self.before = Some(twips);
        self
    }

    pub(super) fn align(mut self, align: Align) -> Line {
        self.align = Some(align);
        self
    }

    pub(super) fn indent(mut self, left: u32, right: u32, hanging: u32) -> Line {
        self.indent = Some(Indent { left, right, hanging });
        self
    }

    /// Characters of `points`, in rows a quarter higher.
    pub(super) fn sized(mut self, points: u32) -> Line {
        self.size = Some(points * 2);
        self.height = Some(points * 25);
        self
    }

    /// Characters as far apart as the PDF has them; the room after the last would push the line off the middle.
    pub(super) fn spread(mut self, spread: Spread) -> Line {
        let after = (spread.after * 20.0) as u32;
        self.size = Some((spread.points * 2.0) as u32);
        self.spread = Some(after);
        self.indent(after, 0, 0)
    }

    /// Narrower characters.
    pub(super) fn narrowed(mut self, percent: u32) -> Line {
        self.percent = percent;
        self
    }
}

/// Whether a cell is merged with the one above.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Merge {
    None,
    Starts,
    Continues,
}

/// A cell.
pub(super) struct Cell {
    pub(super) lines: Vec<Line>,
    pub(super) columns: usize,
    pub(super) merge: Merge,
    /// the text stands at the foot of the cell instead of in its middle
    pub(super) foot: bool,
}

/// A table, ruled or only for placing.
pub(super) struct Grid {
    pub(super) style: &'static str,
    /// width of each column
    pub(super) widths: Vec<u32>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// of each row whether it is too high to be kept whole; one that is not named is kept
    pub(super) parts: Vec<bool>,
    /// least height of every row
    pub(super) height: Option<u32>,
}

impl Grid {
    /// Whether a row may go over a page.
    pub(super) fn parts(&self, row: usize) -> bool {
        self.parts.get(row).copied().unwrap_or(false)
    }
}
