//! What is wrong with sheets of ballots, and how a clerk is told.

use super::BALLOTS_MAX;
use crate::submission::Fault;

/// Why nothing was counted. `place` is where the sheet or row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
pub enum Refused {
    /// a running number that its area has already
    NumberTwice { place: String, first: String, area: String, number: u32 },
    /// a second tally of one area and voter group
    TallyTwice { place: String, first: String, area: String, group: String },
    /// an area nobody expects
    AreaUnknown { place: String, area: String },
    /// a voter group the rules do not know
    GroupUnknown { place: String, area: String, group: String },
    /// a tick that is no option
    OptionUnknown { place: String, area: String, number: u32, option: String },
    /// a count for what is no option, or a second one for the same
    ColumnUnknown { place: String, area: String, item: String, option: String },
    /// a tick or line for an item that is not voted on
    ItemUnknown { place: String, area: String, item: u32 },
    /// two lines for one item
    LineTwice { place: String, area: String, item: String },
    /// no line for an item
    LineMissing { place: String, area: String, item: String },
    /// the counts of an item are not the ballots of the sheet
    SumDiffers { place: String, area: String, item: String, sum: u64, ballots: u64 },
    /// more than one count takes
    TooManyBallots { place: String, number: u64 },
    /// the points have too many digits
    PointsTooLarge { item: String },
}

impl Refused {
    /// Where, and what to do about it.
    pub fn fault(&self) -> Fault {
        let (place, area, said) = self.said();
        // where sheets do not come by area there is none to name
        let area = if area.is_empty() { String::new() } else { format!("{area}：") };
        Fault::at(place, format!("{area}{said}"))
    }

    /// Place, area, sentence.
    fn said(&self) -> (&str, &str, String) {
        match self {
            Refused::NumberTwice { place, first, area, number } => {
                (place, area, format!("第{number}号票已经录入（见{first}），同一张票不能计两次，请核对票号。"))
            }
            Refused::TallyTwice { place, first, area, group } => {
                (place, area, format!("{group}计票表已经报送（见{first}），请核对是否重复；更正请先撤回前一份。"))
            }
            Refused::AreaUnknown { place, area } if area.is_empty() => (place, "", "没有写明片区，请补填。".to_owned()),
            Refused::AreaUnknown { place, area } => (place, "", format!("“{area}”不是本次投票的片区，请核对。")),
            Refused::GroupUnknown { place, area, group } if group.is_empty() => {
                (place, area, "没有写明投票人类别，请补填。".to_owned())
            }
            Refused::GroupUnknown { place, area, group } => {
                (place, area, format!("“{group}”不是本次投票的投票人类别，请核对。"))
            }
            Refused::OptionUnknown { place, area, number, option } => {
                (place, area, format!("第{number}号票填写的“{option}”不是选项，请核对。"))
            }
            Refused::ColumnUnknown { place, area, item, option } => {
                (place, area, format!("计票表中{item}的“{option}”不是选项或写了两次，请核对。"))
            }
            Refused::ItemUnknown { place, area, item } => {
                (place, area, format!("表中有不在本次投票之列的对象（{item}号），请使用最新的表格。"))
            }
            Refused::LineTwice { place, area, item } => {
                (place, area, format!("计票表中{item}出现了两行，请只保留一行。"))
            }
            Refused::LineMissing { place, area, item } => (place, area, format!("计票表中没有{item}，请补填。")),
            Refused::SumDiffers { place, area, item, sum, ballots } => {
                let counted = format!("计票表中{item}的各选项、弃权与无效票合计{sum}张");
                (place, area, format!("{counted}，而本表收回{ballots}张，两者应当相等，请核对。"))
            }
            Refused::TooManyBallots { place, number } => {
                (place, "", format!("共{number}张票，一次最多计{BALLOTS_MAX}张，请联系管理员。"))
            }
            Refused::PointsTooLarge { item } => ("", "", format!("{item}的得分数太大，无法计算，请联系管理员。")),
        }
    }
}
