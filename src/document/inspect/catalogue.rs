//! The rules: what each is called, where it is written, how much it weighs, and what a paper that keeps it looks like.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Severity {
    /// the paper is wrong and must not go out
    P0,
    /// the paper does not keep the standard
    P1,
    /// the paper could be better
    P2,
}

impl Severity {
    /// Its name, e.g. `P0`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::P0 => "P0",
            Severity::P1 => "P1",
            Severity::P2 => "P2",
        }
    }
}

/// What kinds of files a rule can be judged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Seen {
    /// Word and PDF
    Both,
    /// PDF alone: a Word file does not say where its rows will stand
    Pdf,
    /// Word alone
    Word,
}

impl Seen {
    /// The files, as a person reads them.
    pub fn title(self) -> &'static str {
        match self {
            Seen::Both => "Word、PDF",
            Seen::Pdf => "PDF",
            Seen::Word => "Word",
        }
    }
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// its name, for machines
    pub id: &'static str,
    /// where it is written: a clause of GB/T 9704-2012, or of the 条例 (中办发〔2012〕14号), or another standard
    pub clause: &'static str,
    /// how much it weighs when it is not kept
    pub severity: Severity,
    /// what it can be judged on
    pub seen: Seen,
    /// what it asks, in Chinese
    pub asks: &'static str,
}

/// A rule is read again by its name alone.
impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Rule, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        let Named { id } = Named::deserialize(from)?;
        let rule = RULES.iter().find(|rule| rule.id == id);
        rule.copied().ok_or_else(|| D::Error::custom(format!("there is no rule {id}")))
    }
}

macro_rules! rules {
    ($($name:ident $id:literal $clause:literal $severity:ident $seen:ident $asks:literal)*) => {
        $(pub(super) const $name: Rule =
            Rule { id: $id, clause: $clause, severity: Severity::$severity, seen: Seen::$seen, asks: $asks };)*
        /// Every rule, in the order of the standard.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    PAGE_SIZE "page-size" "5.2.1" P0 Both "用A4纸（210 mm×297 mm）竖放；表格、证书可以横放"
    MARGINS "margins" "5.2.1" P1 Both "天头37 mm、订口28 mm，版心156 mm×225 mm，误差不超过1 mm"
    BODY_FACE "body-face" "5.2.2" P1 Both "正文用仿宋体"
    BODY_SIZE "body-size" "5.2.2" P1 Both "正文用三号字（16磅）"
    GRID "grid" "5.2.3" P2 Both "每面22行、每行28个字：行距28至29磅"
    COLOUR "text-colour" "5.2.4" P1 Both "除发文机关标志和红色线条外，文字用黑色"
    FONTS_EMBEDDED "fonts-embedded" "GB/T 33190" P0 Pdf "所用字体全部嵌入文件"
    GLYPHS_DRAWN "glyphs-drawn" "GB/T 33190" P0 Pdf "每个字都显示得出来，嵌入的字体里有它的字形"
    TEXT_EXTRACTABLE "text-extractable" "GB/T 33190" P0 Pdf "文字可以复制、检索"
    ARCHIVAL "archival" "GB/T 33190" P2 Pdf "采用可长期保存的PDF/A格式"
    SECRET "secret" "7.2.2" P0 Both "非涉密系统不制作、不流转标有密级的公文"
    SERIAL "serial" "7.2.1" P1 Both "份号用6位阿拉伯数字"
    URGENCY "urgency" "7.2.3" P1 Both "紧急程度只写特急、加急（电报另有特提、平急），用三号黑体，顶格排在版心左上角"
    MARK_MISSING "mark-missing" "7.2.4" P0 Both "有红色的发文机关标志"
    MARK_FACE "mark-face" "7.2.4" P1 Both "发文机关标志用小标宋体，红色"
    MARK_CENTRED "mark-centred" "7.2.4" P1 Both "发文机关标志居中"
    MARK_POSITION "mark-position" "7.2.4" P1 Pdf "发文机关标志上边缘至版心上边缘35 mm（令20 mm；信函距上页边30 mm）"
    NUMBER_MISSING "number-missing" "7.2.5" P1 Both "有发文字号"
    NUMBER_FORM "number-form" "7.2.5" P0 Both "发文字号由机关代字、〔年份〕、顺序号组成，年份四位，用六角括号，顺序号不编虚位、不加“第”；公告、通告可以编“第1号”"
    NUMBER_YEAR "number-year" "7.2.5" P2 Both "发文字号的年份与成文日期的年份相同"
    NUMBER_POSITION "number-position" "7.2.5" P1 Both "发文字号居中；上行文居左空一字；信函顶格居版心右边缘"
    NUMBER_GAP "number-gap" "7.2.5" P2 Pdf "发文字号在发文机关标志下空二行"
    SIGNER_MISSING "signer-missing" "7.2.6" P0 Both "上行文标注签发人姓名"
    SIGNER_UNWANTED "signer-unwanted" "7.2.6" P1 Both "只有上行文标注签发人"
    SIGNER_FACE "signer-face" "7.2.6" P1 Both "“签发人”用三号仿宋体，姓名用三号楷体"
    RED_RULE "red-rule" "7.2.7" P1 Both "发文字号之下有与版心等宽（156 mm）的红色分隔线"
    RED_RULE_GAP "red-rule-gap" "7.2.7" P1 Pdf "红色分隔线在发文字号之下4 mm处"
    TITLE_MISSING "title-missing" "7.3.1" P0 Both "有标题"
    TITLE_FACE "title-face" "7.3.1" P1 Both "标题用小标宋体"
    TITLE_SIZE "title-size" "7.3.1" P1 Both "标题用二号字（22磅）"
    TITLE_CENTRED "title-centred" "7.3.1" P1 Both "标题居中"
    TITLE_GAP "title-gap" "7.3.1" P2 Both "标题在红色分隔线下空二行"
    TITLE_STOP "title-stop" "7.3.1" P1 Both "标题末尾不用标点"
    TITLE_SHAPE "title-shape" "7.3.1" P2 Both "标题回行排成梯形或菱形，不排成上下等长或沙漏形"
    TITLE_WORD "title-word" "7.3.1" P2 Both "标题回行词意完整，不把一个词断在两行"
    TITLE_TYPE "title-type" "条例9" P2 Both "标题由发文机关名称、事由和文种组成，末尾是法定文种"
    TITLE_TYPES "title-types" "条例8" P0 Both "一个标题只用一个文种，没有“请示报告”"
    REPORT_ASKS "report-asks" "条例15" P0 Both "报告等非请示性公文不夹带请示事项"
    MAIN_TO_MISSING "main-to-missing" "7.3.2" P1 Both "上行文和信函有主送机关"
    MAIN_TO_COLON "main-to-colon" "7.3.2" P1 Both "主送机关最后标全角冒号"
    MAIN_TO_FLUSH "main-to-flush" "7.3.2" P1 Both "主送机关居左顶格"
    MAIN_TO_GAP "main-to-gap" "7.3.2" P2 Both "主送机关在标题下空一行"
    ONE_SUPERIOR "one-superior" "条例15" P1 Both "请示只主送一个上级机关"
    BODY_FIRST_PAGE "body-first-page" "7.3.3" P0 Pdf "公文首页必须显示正文"
    BODY_INDENT "body-indent" "7.3.3" P1 Both "正文每个自然段左空二字"
    HEADING_FACE "heading-face" "7.3.3" P1 Both "第一层标题用黑体，第二层用楷体"
    HEADING_FORM "heading-form" "7.3.3" P2 Both "结构层次序数依次用“一、”“（一）”“1.”“（1）”"
    HEADING_ORDER "heading-order" "7.3.3" P1 Both "同一层次的序数从一起连续编排"
    HEADING_LEVEL "heading-level" "7.3.3" P2 Both "先有“一、”才有“（一）”，“（一）”之下先有“1.”才有“（1）”"
    HEADING_STOP "heading-stop" "7.3.3" P2 Both "单独成行的标题末尾不用句号"
    ATTACHMENT_FORM "attachment-form" "7.3.4" P1 Both "附件说明左空二字标“附件”、全角冒号和名称；多个附件用阿拉伯数字依次编号"
    ATTACHMENT_NAMES "attachment-names" "7.3.4" P0 Both "附件说明与附件的序号、名称一致"
    ATTACHMENT_MISSING "attachment-missing" "7.3.4" P2 Both "附件说明所列的附件都附在正文之后，另行报送的除外"
    ATTACHMENT_STOP "attachment-stop" "7.3.4" P1 Both "附件名称后不加标点"
    ATTACHMENT_LABEL "attachment-label" "7.3.7" P1 Both "“附件”及序号用三号黑体，顶格排在版心左上角第一行，不加标点"
    ATTACHMENT_PAGE "attachment-page" "7.3.7" P1 Both "附件另面编排"
    SIGNATURE_MISSING "signature-missing" "7.3.5" P1 Both "有发文机关署名"
    SIGNATURE_MARK "signature-mark" "7.3.5" P2 Both "署名与发文机关标志是同一个机关"
    SIGNATURE_POSITION "signature-position" "7.3.5" P1 Both "加盖印章的，日期右空四字、署名以日期为准居中；不加盖的，署名右空二字、日期首字比署名首字右移二字"
    BLANK_PAGE "blank-page" "7.3.5.5" P1 Both "署名、日期所在的面有正文，不用“此页无正文”，以调整行距、字距解决"
    DATE_MISSING "date-missing" "7.3.5.4" P0 Both "有成文日期"
    DATE_FORM "date-form" "7.3.5.4" P0 Both "日期用阿拉伯数字写全年、月、日，不编虚位：2022年6月1日"
    NOTE_BRACKETS "note-brackets" "7.3.6" P1 Both "附注居左空二字，加圆括号"
    IMPRINT_MISSING "imprint-missing" "7.4" P2 Both "有版记：印发机关和印发日期"
    IMPRINT_RULES "imprint-rules" "7.4.1" P1 Both "版记首条、末条分隔线粗（0.35 mm），中间的细（0.25 mm）"
    IMPRINT_WIDTH "imprint-width" "7.4.1" P1 Pdf "版记分隔线与版心等宽（156 mm）"
    IMPRINT_PLACE "imprint-place" "7.4.1" P1 Pdf "版记在公文最后一面，末条分隔线与版心下边缘重合"
    IMPRINT_FACE "imprint-face" "7.4.2" P1 Both "版记用四号仿宋体"
    COPY_TO_STOP "copy-to-stop" "7.4.2" P1 Both "“抄送”后标全角冒号，最后一个抄送机关后标句号"
    PRINTED_FORM "printed-form" "7.4.3" P1 Both "印发日期写全年、月、日，不编虚位，后加“印发”"
    PRINTED_DATE "printed-date" "7.4.3" P0 Both "印发日期不早于成文日期"
    EVEN_LAST_PAGE "even-last-page" "7.4" P2 Pdf "双面印刷时版记在偶数页"
    PAGE_NUMBER_MISSING "page-number-missing" "7.5" P1 Both "每面有页码（信函首页除外）"
    PAGE_NUMBER_FORM "page-number-form" "7.5" P1 Both "页码左右各放一条一字线：— 1 —"
    PAGE_NUMBER_FACE "page-number-face" "7.5" P1 Both "页码用四号半角宋体阿拉伯数字"
    PAGE_NUMBER_SIDE "page-number-side" "7.5" P1 Both "单页码居右空一字，双页码居左空一字"
    PAGE_NUMBER_PLACE "page-number-place" "7.5" P1 Pdf "页码一字线上距版心下边缘7 mm"
    LETTER_MARK "letter-mark" "8.1" P1 Both "信函的发文机关标志用全称或规范化简称，不加“文件”"
    LETTER_RULES "letter-rules" "8.1" P1 Both "首页有两条红色双线：上一条上粗下细，下一条上细下粗"
    LETTER_RULE_PLACE "letter-rule-place" "8.1" P1 Pdf "红色双线长170 mm，上一条在发文机关标志下4 mm，下一条距下页边20 mm"
    LETTER_NUMBER_GAP "letter-number-gap" "8.1" P2 Pdf "发文字号距上一条红色双线为3号汉字高度的7/8"
    LETTER_FIRST_PAGE "letter-first-page" "8.1" P1 Both "信函首页不显示页码"
    LETTER_IMPRINT "letter-imprint" "8.1" P1 Both "信函版记不加印发机关和印发日期"
    COMMAND_NUMBER "command-number" "8.2" P0 Both "令号居中，形如“第1号”"
    MINUTES_MAIN_TO "minutes-main-to" "8.3" P1 Both "纪要不写主送机关"
    CERTIFICATE_PAGE "certificate-page" "证书" P1 Pdf "证书一件一面"
    UNFILLED "unfilled" "条例19" P0 Both "没有未填写的变量和空白日期"
    PLACEHOLDER "placeholder" "条例19" P1 Both "没有留待填写的符号和空白；依法隐去的除外"
    MISSING_GLYPH "missing-glyph" "条例19" P0 Both "没有缺字、乱码"
    NUMBER_QUOTED "number-quoted" "7.2.5" P1 Both "引用发文字号，年份用六角括号“〔〕”，顺序号不编虚位"
    PUNCTUATION "punctuation" "GB/T 15834" P2 Both "汉字之间用全角标点，引号、书名号不颠倒、不重叠（书名号里用〈〉），数字用半角、千分位不用“，”"
}
