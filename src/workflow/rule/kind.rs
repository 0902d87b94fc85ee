//! The kinds of value an expression can have, and which can be compared.

use crate::submission::{TableKey, Type};

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// not known here; fits everything
    Any,
    /// text, and everything kept as text: names, telephones, times
    Text,
    /// a text out of a closed set
    Choice(Vec<String>),
    /// an exact number; `literal` when it stands so in the source
    Number,
    /// 0 to 100
    Percent,
    /// a day
    Date,
    /// a month
    Month,
    /// a year
    Year,
    /// a period with start and end
    Period,
    /// yes or no
    YesNo,
    /// an office
    Office,
    /// what a register knows an item by
    Who,
    /// a list of values
    List(Box<Kind>),
    /// a table: its columns, and whether rows have a key
    Table(Vec<(String, Kind)>, Option<TableKey>),
    /// a row of a table, or a record of fields; which of them may be missing
    Row(Vec<(String, Typed)>),
    /// a register
    Register(String),
    /// the side items of a type
    Side(String),
    /// items
    Items,
    /// the item a side item is about, of this type
    Item(String),
    /// a stage, by its index
    Stage(usize),
    /// the child case an item waited for; whether there surely was one
    Child(bool),
    /// nothing
    None,
}

/// A kind, and whether the value may be missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// what it is
    pub kind: Kind,
    /// may be missing
    pub maybe: bool,
}

impl Typed {
    /// A value that is always there.
    pub fn sure(kind: Kind) -> Typed {
        Typed { kind, maybe: false }
    }
}

impl Kind {
    /// The kind of a declared type.
    pub fn of(kind: &Type) -> Kind {
        match kind {
            Type::Text(_)
            | Type::Name
            | Type::IdNumber
            | Type::CreditCode
            | Type::Phone
            | Type::Email
            | Type::Address
            | Type::Time
            | Type::File
            | Type::Image => Kind::Text,
            Type::Integer | Type::Decimal(_) | Type::Money | Type::AboutNumber => Kind::Number,
            Type::Percent => Kind::Percent,
            Type::Date => Kind::Date,
            Type::Month => Kind::Month,
            Type::Year => Kind::Year,
            Type::Period => Kind::Period,
            Type::YesNo => Kind::YesNo,
            Type::Office => Kind::Office,
            Type::One(options) => Kind::Choice(options.clone()),
            Type::Any(options) => Kind::List(Box::new(Kind::Choice(options.clone()))),
            Type::List(inner, _) => Kind::List(Box::new(Kind::of(inner))),
            Type::Table(columns, key) => {
                Kind::Table(columns.iter().map(|(n, t)| (n.clone(), Kind::of(t))).collect(), *key)
            }
        }
    }

    /// For messages.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Any => "any value",
            Kind::Text => "a text",
            Kind::Choice(_) => "a choice",
            Kind::Number => "a number",
            Kind::Percent => "a percentage",
            Kind::Date => "a date",
            Kind::Month => "a month",
            Kind::Year => "a year",
            Kind::Period => "a period",
            Kind::YesNo => "yes or no",
            Kind::Office => "an office",
            Kind::Who => "what a register knows the item by",
            Kind::List(_) => "a list",
            Kind::Table(..) => "a table",
            Kind::Row(_) => "a row",
            Kind::Register(_) => "a register",
            Kind::Side(_) => "side items",
            Kind::Items => "items",
            Kind::Item(_) => "an item",
            Kind::Stage(_) => "a stage",
            Kind::Child(_) => "a child case",
            Kind::None => "nothing",
        }
    }

    /// Whether two values can be equal at all.
    pub fn alike(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::Any | Kind::None, _) | (_, Kind::Any | Kind::None) => true,
            (Kind::Text | Kind::Choice(_), Kind::Text | Kind::Choice(_)) => true,
            (Kind::Number, Kind::Percent | Kind::Year) | (Kind::Percent | Kind::Year, Kind::Number) => true,
            (a, b) => a == b,
        }
    }

    /// Whether values of this kind have an order.
    pub fn ordered(&self) -> bool {
        matches!(self, Kind::Any | Kind::Number | Kind::Percent | Kind::Date | Kind::Month | Kind::Year | Kind::None)
    }

    /// Whether it can be reckoned with.
    pub fn numeric(&self) -> bool {
        matches!(self, Kind::Any | Kind::Number | Kind::Percent | Kind::Year)
    }

    /// Whether it can stand as a condition.
    pub fn condition(&self) -> bool {
        matches!(self, Kind::Any | Kind::YesNo)
    }
}
