//! Papers drawn stroke by stroke: a PDF writer of a few lines that sets each row where it is told, so that each can be spoilt alone.
//!
//! Codes are UTF-16 themselves (`UniGB-UTF16-H`); the faces are names with an empty file behind them, for nobody draws their outlines.

use std::fmt::Write;

const POINTS_PER_MM: f64 = 72.0 / 25.4;
/// 225 mm hold 22 rows, 156 mm 28 characters.
pub(crate) const ROW: f64 = 225.0 / 22.0;
pub(crate) const CHARACTER: f64 = 156.0 / 28.0;

pub(crate) const FANG: &str = "FangSong_GB2312";
pub(crate) const KAI: &str = "KaiTi_GB2312";
pub(crate) const HEI: &str = "SimHei";
pub(crate) const TITLE: &str = "FZXBSJW--GB1-0";
pub(crate) const SONG: &str = "SimSun";

/// A row of text.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) page: usize,
    pub(crate) left: f64,
    pub(crate) baseline: f64,
    pub(crate) face: &'static str,
    pub(crate) points: f64,
    pub(crate) red: bool,
    pub(crate) text: String,
}

/// A rule.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) page: usize,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) y: f64,
    pub(crate) thickness: f64,
    pub(crate) red: bool,
}

/// A paper.
#[derive(Clone)]
pub(crate) struct Drawn {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) pages: usize,
    pub(crate) texts: Vec<Text>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) embedded: bool,
    /// whether the embedded faces draw nothing
    pub(crate) hollow: bool,
    pub(crate) readable: bool,
    pub(crate) archival: bool,
}

fn wide(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum()
}

/// The width of a character of this size as it is set here.
fn cell(points: f64) -> f64 {
    if points == 16.0 { CHARACTER } else { points / POINTS_PER_MM }
}

impl Drawn {
    pub(crate) fn new() -> Drawn {
        Drawn {
            width: 210.0,
            height: 297.0,
            pages: 2,
            texts: Vec::new(),
            rules: Vec::new(),
            embedded: true,
            hollow: false,
            readable: true,
            archival: true,
        }
    }

    pub(crate) fn text(&mut self, page: usize, left: f64, baseline: f64, face: &'static str, points: f64, text: &str) {
        self.texts.push(Text { page, left, baseline, face, points, red: false, text: text.to_owned() });
    }

    pub(crate) fn centred(&mut self, page: usize, baseline: f64, face: &'static str, points: f64, text: &str) {
        let left = 106.0 - wide(text) * cell(points) / 2.0;
        self.text(page, left, baseline, face, points, text);
    }

    pub(crate) fn rule(&mut self, page: usize, y: f64, (left, right): (f64, f64), thickness: f64, red: bool) {
        self.rules.push(Rule { page, left, right, y, thickness, red });
    }

    /// The row that holds these words.
    pub(crate) fn row(&mut self, words: &str) -> &mut Text {
        self.texts.iter_mut().find(|it| it.text.contains(words)).expect("no such row")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut faces: Vec<&str> = Vec::new();
        for text in &self.texts {
            if !faces.contains(&text.face) {
                faces.push(text.face);
            }
        }
        let mut objects: Vec<String> = Vec::new();
        let metadata = if self.archival { "<pdfaid:part>2</pdfaid:part>" } else { "" };
        let kids: Vec<String> = (0..self.pages).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
        objects.push("<< /Type /Catalog /Pages 2 0 R /Metadata 3 0 R >>".to_owned());
        let (width, height) = (self.width * POINTS_PER_MM, self.height * POINTS_PER_MM);
        objects.push(format!(
            "<< /Type /Pages /Count {} /Kids [{}] /MediaBox [0 0 {width} {height}] >>",
            self.pages,
            kids.join(" ")
        ));
        objects.push(stream(metadata));
        let first = 4 + 2 * self.pages;
        let fonts: String = (0..faces.len()).map(|at| format!("/F{at} {} 0 R ", first + 3 * at)).collect();
        for page in 1..=self.pages {
            let resources = format!("<< /Font << {fonts} >> >>");
            let contents = 3 + 2 * page;
            objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents {contents} 0 R /Resources {resources} >>"));
            objects.push(stream(&self.content(page, &faces)));
        }
        for (at, face) in faces.iter().enumerate() {
            let own = first + 3 * at;
            let encoding = if self.readable && !self.hollow { "UniGB-UTF16-H" } else { "Identity-H" };
            let says =
                if self.hollow { format!("/ToUnicode {} 0 R", first + 3 * faces.len() + 1) } else { String::new() };
            objects.push(format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /{face} /Encoding /{encoding} {says} /DescendantFonts [{} 0 R] >>",
                own + 1
            ));
            objects.push(format!(
                "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{face} /DW 1000 /W [32 126 500] /FontDescriptor {} 0 R >>",
                own + 2
            ));
            let program = if self.hollow { first + 3 * faces.len() } else { 3 };
            let file = if self.embedded { format!("/FontFile3 {program} 0 R") } else { String::new() };
            objects.push(format!("<< /Type /FontDescriptor /FontName /{face} {file} >>"));
        }
        if self.hollow {
            objects.push(hollow());
            objects.push(stream(&codes()));
        }
        assemble(&objects)
    }

    fn content(&self, page: usize, faces: &[&str]) -> String {
        let mut out = String::new();
        let colour = |red: bool| if red { "1 0 0" } else { "0 0 0" };
        for rule in self.rules.iter().filter(|it| it.page == page) {
            let at = |length: f64| length * POINTS_PER_MM;
            let y = at(self.height - rule.y);
            let (left, right, width) = (at(rule.left), at(rule.right), at(rule.thickness));
            let _ = writeln!(out, "{} RG {width} w {left} {y} m {right} {y} l S", colour(rule.red));
        }
        for text in self.texts.iter().filter(|it| it.page == page) {
            let face = faces.iter().position(|it| *it == text.face).unwrap();
            let spacing = cell(text.points) * POINTS_PER_MM - text.points;
            let (x, y) = (text.left * POINTS_PER_MM, (self.height - text.baseline) * POINTS_PER_MM);
            let codes: String = text.text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            let _ = writeln!(
                out,
                "BT {} rg /F{face} {} Tf {spacing} Tc 1 0 0 1 {x} {y} Tm <{codes}> Tj ET",
                colour(text.red),
                text.points
            );
        }
        out
    }
}

fn stream(data: &str) -> String {
    format!("<< /Length {} >>\nstream\n{data}\nendstream", data.len() + 1)
}

/// A face (CFF) whose glyphs have the codes of their characters, and draw nothing but to end.
fn hollow() -> String {
    const GLYPHS: u16 = 0xA000;
    const END: &str = "0E";
    let mut digits = String::from("01000402 0001010102 41 0001010107 1D00000019 11 0000 0000");
    let _ = write!(digits, "{GLYPHS:04X} 02");
    (1..=GLYPHS + 1).for_each(|offset| {
        let _ = write!(digits, "{offset:04X}");
    });
    digits += &END.repeat(usize::from(GLYPHS));
    let length = digits.len() + 1;
    format!("<< /Subtype /CIDFontType0C /Filter /ASCIIHexDecode /Length {length} >>\nstream\n{digits}>\nendstream")
}

/// What codes say that are UTF-16 themselves.
fn codes() -> String {
    let ranges = (0..=0xFF).map(|high| format!("<{high:02X}00> <{high:02X}FF> <{high:02X}00>\n"));
    let mut blocks = String::new();
    for block in ranges.collect::<Vec<_>>().chunks(100) {
        let _ = write!(blocks, "{} beginbfrange\n{}endbfrange\n", block.len(), block.concat());
    }
    format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n{blocks}endcmap end end"
    )
}

fn assemble(objects: &[String]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        let _ = writeln!(out, "{} 0 obj\n{object}\nendobj", at + 1);
    }
    let table = out.len();
    let _ = writeln!(out, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1);
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(out, "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

/// The baseline of a row of the type area, from 0.
pub(crate) fn on(row: usize) -> f64 {
    37.0 + 4.97 + ROW * row as f64
}

const BODY: [&str; 8] = [
    "　　入秋以来全镇降水偏少林区可燃物增多森林火险等级持续偏",
    "高为做好今年秋季森林防火工作现将有关事项通知如下。",
    "　　一、压实责任",
    "　　各村对本辖区森林防火负总责村民小组长和护林员分片包干",
    "责任到人到山头到地块。",
    "　　二、强化保障",
    "　　镇财政安排专项经费补充器材各村于节前完成防火通道的清",
    "理工作。",
];

pub(crate) fn body(paper: &mut Drawn, page: usize, first: usize, rows: &[&str]) {
    for (at, row) in rows.iter().enumerate() {
        let bare = row.trim_start_matches('　');
        let indent = row.chars().take_while(|c| *c == '　').count() as f64;
        let face = if bare.contains('、') { HEI } else { FANG };
        paper.text(page, 28.0 + indent * CHARACTER, on(first + at), face, 16.0, bare);
    }
}

/// Name and date for a seal: the date four characters from the right, the name centred on it.
pub(crate) fn sign(paper: &mut Drawn, page: usize, row: usize) {
    let middle = 184.0 - (4.0 + 3.25) * CHARACTER;
    paper.text(page, middle - 3.5 * CHARACTER, on(row), FANG, 16.0, "香泉镇人民政府");
    paper.text(page, middle - 3.0 * CHARACTER, on(row + 1), FANG, 16.0, "2023年9月8日");
    paper.text(page, 28.0 + 2.0 * CHARACTER, on(row + 2), FANG, 16.0, "（此件公开发布）");
}

pub(crate) fn foot(paper: &mut Drawn, page: usize) {
    let text = format!("— {page} —");
    let size = 14.0 / POINTS_PER_MM;
    let left = if page % 2 == 1 { 184.0 - size * (1.0 + wide(&text)) } else { 28.0 + size };
    paper.text(page, left, 270.9, SONG, 14.0, &text);
}

/// A paper in 文件格式, on two pages.
pub(crate) fn notice() -> Drawn {
    let mut paper = Drawn::new();
    paper.centred(1, 85.8, TITLE, 46.0, "香泉镇人民政府文件");
    paper.row("文件").red = true;
    paper.centred(1, 112.6, FANG, 16.0, "香政发〔2023〕12号");
    paper.rule(1, 117.3, (28.0, 184.0), 0.5, true);
    paper.centred(1, 144.4, TITLE, 22.0, "香泉镇人民政府");
    paper.centred(1, 156.0, TITLE, 22.0, "关于做好秋季森林防火工作的通知");
    paper.text(1, 28.0, 178.6, FANG, 16.0, "各村民委员会，镇直各单位：");
    for (at, row) in BODY.iter().enumerate() {
        let bare = row.trim_start_matches('　');
        let indent = row.chars().take_while(|c| *c == '　').count() as f64;
        let face = if bare.contains('、') { HEI } else { FANG };
        paper.text(1, 28.0 + indent * CHARACTER, 178.6 + ROW * (at + 1) as f64, face, 16.0, bare);
    }
    body(&mut paper, 2, 0, &["　　本通知自印发之日起施行。"]);
    sign(&mut paper, 2, 3);
    paper.rule(2, 241.0, (28.0, 184.0), 0.35, false);
    paper.text(2, 33.0, 248.0, FANG, 14.0, "抄送：县应急管理局，县林业局。");
    paper.rule(2, 251.5, (28.0, 184.0), 0.25, false);
    paper.text(2, 33.0, 258.5, FANG, 14.0, "香泉镇党政综合办公室");
    paper.text(2, 128.0, 258.5, FANG, 14.0, "2023年9月8日印发");
    paper.rule(2, 262.0, (28.0, 184.0), 0.35, false);
    foot(&mut paper, 1);
    foot(&mut paper, 2);
    paper
}

/// A paper in 信函格式, on one page.
pub(crate) fn letter() -> Drawn {
    let mut paper = Drawn::new();
    paper.pages = 1;
    paper.centred(1, 43.2, TITLE, 44.0, "香泉镇人民政府");
    paper.row("香泉镇").red = true;
    for (y, thickness) in [(49.0, 0.9), (50.5, 0.35), (275.5, 0.35), (277.0, 0.9)] {
        paper.rule(1, y, (20.0, 190.0), thickness, true);
    }
    paper.text(1, 184.0 - 8.5 * CHARACTER, 60.0, FANG, 16.0, "香政函〔2023〕3号");
    paper.centred(1, 93.0, TITLE, 22.0, "关于商请协助清理河道的函");
    paper.text(1, 28.0, 115.5, FANG, 16.0, "县水务局：");
    body(&mut paper, 1, 8, &BODY[3..5]);
    sign(&mut paper, 1, 12);
    paper
}

/// A certificate on a landscape page.
pub(crate) fn certificate() -> Drawn {
    let mut paper = Drawn::new();
    (paper.width, paper.height, paper.pages) = (297.0, 210.0, 1);
    paper.text(1, 113.0, 60.0, TITLE, 48.0, "荣誉证书");
    paper.row("荣誉").red = true;
    paper.text(1, 50.0, 90.0, KAI, 24.0, "赵一鸣同志：");
    paper.text(1, 67.0, 105.0, FANG, 24.0, "在防汛工作中表现突出，特发此证。");
    paper.text(1, 190.0, 150.0, FANG, 20.0, "香泉镇人民政府");
    paper.text(1, 193.0, 162.0, FANG, 20.0, "2023年9月8日");
    paper
}
