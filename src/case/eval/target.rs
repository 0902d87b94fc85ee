//! What an expression may be about.

use std::sync::Arc;

/// What an expression is about.
#[derive(Debug, Clone)]
pub enum Target {
    /// the case
    Case,
    /// an item, by id
    Item(u32),
    /// a group of items
    Group(Vec<u32>),
    /// an entry of a register, a clock, a paper: what is known of it, the empty among it as null
    Record {
        /// its fields
        fields: Arc<serde_json::Map<String, serde_json::Value>>,
        /// the register it is an entry of
        register: Option<String>,
    },
    /// somebody who marks an item
    Assessor {
        /// the item
        item: u32,
        /// 考核人
        name: String,
        /// 考核人单位
        office: String,
    },
}
