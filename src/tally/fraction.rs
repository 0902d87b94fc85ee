//! Exact fractions: what a mark, a point, a share is reckoned with.
//!
//! Numerator and denominator have 64 bits and every step is taken in 128, so comparing, which is multiplying crosswise, cannot
//! overflow; what no longer fits is [`Unreckonable::TooLarge`], never a wrong number. num-rational was weighed: its operators
//! panic where ours give an error, it reads an unreduced fraction back as one that equals no other, and what would be left
//! for us to write (decimal text, rounding in sentences, our stored form) is the greater part of this file.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// Places behind the point that a sentence shows of a number that has more.
const PLACES_SAID: u32 = 2;
/// Most places behind the point that are shown as they are.
const PLACES_SHOWN_MAX: u32 = 6;

/// Largest power that is reckoned.
const POWER_MAX: i64 = 64;

/// An exact number: in lowest terms, its denominator positive. Kept as text: `3`, `-1/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fraction {
    numerator: i64,
    denominator: i64,
}

/// Why something cannot be reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreckonable {
    /// the result has more digits than are kept
    #[error("数太大，无法计算")]
    TooLarge,
    /// division by nothing
    #[error("除数为零")]
    ByZero,
    /// a text that is no number
    #[error("不是数")]
    NotANumber,
}

impl Fraction {
    /// Nought.
    pub const ZERO: Fraction = Fraction::whole(0);

    /// A whole number.
    pub const fn whole(number: i64) -> Fraction {
        Fraction { numerator: number, denominator: 1 }
    }

    /// A number of things counted.
    ///
    /// # Errors
    /// `TooLarge` above 63 bits.
    pub fn count(number: u64) -> Result<Fraction, Unreckonable> {
        i64::try_from(number).map(Fraction::whole).map_err(|_| Unreckonable::TooLarge)
    }

    /// `numerator` parts of `denominator`.
    ///
    /// # Errors
    /// `ByZero`; `TooLarge` when lowest terms still do not fit.
    pub fn new(numerator: i64, denominator: i64) -> Result<Fraction, Unreckonable> {
        reduced(numerator.into(), denominator.into())
    }

    /// Reads `3`, `0.5`, `-12.25`, `2/3`.
    ///
    /// # Errors
    /// `NotANumber` for anything else, `ByZero` for `1/0`, `TooLarge` beyond eighteen digits.
    pub fn parse(text: &str) -> Result<Fraction, Unreckonable> {
        let part = |text: &str| if whole(text) { text.parse().map_err(|_| Unreckonable::TooLarge) } else { NOT };
        if let Some((above, below)) = text.split_once('/') {
            return Fraction::new(part(above)?, part(below)?);
        }
        let Some((before, behind)) = text.split_once('.') else { return part(text).map(Fraction::whole) };
        if !whole(before) || behind.is_empty() || !behind.bytes().all(|b| b.is_ascii_digit()) {
            return NOT.map(Fraction::whole);
        }
        let places = u32::try_from(behind.len()).map_err(|_| Unreckonable::TooLarge)?;
        let denominator = 10_i64.checked_pow(places).ok_or(Unreckonable::TooLarge)?;
        Fraction::new(part(&format!("{before}{behind}"))?, denominator)
    }

    /// No part is left.
    pub fn is_whole(self) -> bool {
        self.denominator == 1
    }

    /// The sum.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn plus(self, other: Fraction) -> Result<Fraction, Unreckonable> {
        let [above, below, other_above, other_below] = self.wide(other);
        // four factors below 2^63: each product is below 2^126, their sum below 2^127
        reduced(above * other_below + other_above * below, below * other_below)
    }

    /// The difference.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn minus(self, other: Fraction) -> Result<Fraction, Unreckonable> {
        let [above, below, other_above, other_below] = self.wide(other);
        reduced(above * other_below - other_above * below, below * other_below)
    }

    /// The product.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn times(self, other: Fraction) -> Result<Fraction, Unreckonable> {
        let [above, below, other_above, other_below] = self.wide(other);
        reduced(above * other_above, below * other_below)
    }

    /// The quotient.
    ///
    /// # Errors
    /// `ByZero`, `TooLarge`.
    pub fn over(self, other: Fraction) -> Result<Fraction, Unreckonable> {
        let [above, below, other_above, other_below] = self.wide(other);
        reduced(above * other_below, below * other_above)
    }

    /// The largest whole number that is not above it.
    pub fn floor(self) -> Fraction {
        Fraction::whole(self.numerator.div_euclid(self.denominator))
    }

    /// To the power of a whole number that is not below nought.
    ///
    /// # Errors
    /// `NotANumber` for another power, `TooLarge`.
    pub fn to_the(self, power: Fraction) -> Result<Fraction, Unreckonable> {
        if !power.is_whole() || power.numerator < 0 || power.numerator > POWER_MAX {
            return Err(Unreckonable::NotANumber);
        }
        (0..power.numerator).try_fold(Fraction::whole(1), |all, _| all.times(self))
    }

    /// The sum of all; nought of none.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn sum(all: impl IntoIterator<Item = Fraction>) -> Result<Fraction, Unreckonable> {
        all.into_iter().try_fold(Fraction::ZERO, Fraction::plus)
    }

    /// The mean of all.
    ///
    /// # Errors
    /// `ByZero` of none, `TooLarge`.
    pub fn mean(all: &[Fraction]) -> Result<Fraction, Unreckonable> {
        let number = u64::try_from(all.len()).map_err(|_| Unreckonable::TooLarge)?;
        Fraction::sum(all.iter().copied())?.over(Fraction::count(number)?)
    }

    /// The whole number it is, else the nearest binary number: for what can compare only these.
    ///
    /// # Errors
    /// When it is not whole; the error is the number.
    pub fn whole_or_nearest(self) -> Result<i64, f64> {
        if self.is_whole() { Ok(self.numerator) } else { Err(self.numerator as f64 / self.denominator as f64) }
    }

    /// As a sentence says it: `85.5` when it ends within six places, else `约85.67`, rounded half away from nought.
    pub fn say(self) -> String {
        let ends = (0..=PLACES_SHOWN_MAX).find(|places| scale(*places) % i128::from(self.denominator) == 0);
        match ends {
            Some(places) => self.decimal(places),
            None => format!("约{}", self.decimal(PLACES_SAID)),
        }
    }

    /// With so many places (at most six), rounded half away from nought.
    pub fn rounded(self, places: u32) -> String {
        self.decimal(places.min(PLACES_SHOWN_MAX))
    }

    fn decimal(self, places: u32) -> String {
        let (above, below) = (i128::from(self.numerator).abs(), i128::from(self.denominator));
        let units = (2 * above * scale(places) + below) / (2 * below);
        let sign = if self.numerator < 0 && units > 0 { "-" } else { "" };
        let (before, behind) = (units / scale(places), units % scale(places));
        let width = usize::try_from(places).unwrap_or_default();
        if places == 0 { format!("{sign}{before}") } else { format!("{sign}{before}.{behind:0width$}") }
    }

    fn wide(self, other: Fraction) -> [i128; 4] {
        [self.numerator, self.denominator, other.numerator, other.denominator].map(i128::from)
    }
}

const NOT: Result<i64, Unreckonable> = Err(Unreckonable::NotANumber);

/// An optional minus and digits.
fn whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn scale(places: u32) -> i128 {
    10_i128.pow(places.min(PLACES_SHOWN_MAX))
}

/// In lowest terms, the sign above.
fn reduced(above: i128, below: i128) -> Result<Fraction, Unreckonable> {
    if below == 0 {
        return Err(Unreckonable::ByZero);
    }
    let divisor = divisor(above.unsigned_abs(), below.unsigned_abs());
    let divisor = i128::try_from(divisor).map_err(|_| Unreckonable::TooLarge)? * below.signum();
    let fit = |number: i128| i64::try_from(number / divisor).map_err(|_| Unreckonable::TooLarge);
    Ok(Fraction { numerator: fit(above)?, denominator: fit(below)? })
}

/// The greatest common divisor (Euclid); of nought and *n* it is *n*.
fn divisor(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { divisor(b, a % b) }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    /// By multiplying crosswise: denominators are positive, products fit.
    fn cmp(&self, other: &Fraction) -> Ordering {
        let [above, below, other_above, other_below] = self.wide(*other);
        (above * other_below).cmp(&(other_above * below))
    }
}

impl fmt::Display for Fraction {
    /// Exact: `3`, `-1/2`; [`Fraction::parse`] reads it again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            below => write!(f, "{}/{below}", self.numerator),
        }
    }
}

impl TryFrom<String> for Fraction {
    type Error = Unreckonable;

    fn try_from(text: String) -> Result<Fraction, Unreckonable> {
        Fraction::parse(&text)
    }
}

impl From<Fraction> for String {
    fn from(fraction: Fraction) -> String {
        fraction.to_string()
    }
}
