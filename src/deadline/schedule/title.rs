//! A schedule in Chinese: 每月第5个工作日, 每周五17:00, 每季度末日.

use super::{DayRule, Every, Schedule};
use chrono::{NaiveTime, Weekday};

impl Schedule {
    /// In Chinese, as a notice would say it.
    pub fn title(&self) -> String {
        let every = match self.every {
            Every::Week => "每周".to_string(),
            Every::Month => "每月".to_string(),
            Every::Quarter => "每季度".to_string(),
            Every::HalfYear => "每半年".to_string(),
            Every::Year => "每年".to_string(),
            Every::Months(count) => format!("每{count}个月"),
        };
        let day = match self.day {
            DayRule::Weekday(day) => weekday(day).to_string(),
            DayRule::Day(day) if self.every == Every::Month => format!("{day}日"),
            DayRule::Day(day) => format!("第{day}日"),
            DayRule::Workday(day) => format!("第{day}个工作日"),
            DayRule::Last => "最后一日".to_string(),
            DayRule::LastWorkday => "最后一个工作日".to_string(),
            DayRule::Date(month, day) => format!("{month}月{day}日"),
        };
        let time = if self.time == NaiveTime::MIN { String::new() } else { self.time.format("%H:%M").to_string() };
        format!("{every}{day}{time}")
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "一",
        Weekday::Tue => "二",
        Weekday::Wed => "三",
        Weekday::Thu => "四",
        Weekday::Fri => "五",
        Weekday::Sat => "六",
        Weekday::Sun => "日",
    }
}
