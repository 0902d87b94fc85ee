//! Fractions: lowest terms, the laws of reckoning, edges of what fits, text in and out.

use super::*;
use proptest::prelude::*;

fn of(text: &str) -> Fraction {
    Fraction::parse(text).unwrap()
}

#[test]
fn texts_are_read_in_lowest_terms_and_said_as_decimals() {
    for (text, exact, said) in [
        ("0", "0", "0"),
        ("-0", "0", "0"),
        ("0.5", "1/2", "0.5"),
        ("-0.50", "-1/2", "-0.5"),
        ("2/4", "1/2", "0.5"),
        ("3/-6", "-1/2", "-0.5"),
        ("178.5", "357/2", "178.5"),
        ("257/3", "257/3", "约85.67"),
        ("-1/3", "-1/3", "约-0.33"),
        ("1/3000", "1/3000", "约0.00"),
        ("-1/3000", "-1/3000", "约0.00"),
        ("1/800", "1/800", "0.00125"),
        ("1/64", "1/64", "0.015625"),
        ("1/128", "1/128", "约0.01"),
        ("600/7", "600/7", "约85.71"),
        ("9223372036854775807", "9223372036854775807", "9223372036854775807"),
    ] {
        assert_eq!((of(text).to_string().as_str(), of(text).say().as_str()), (exact, said), "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in
        ["", "-", "+1", "1.", ".5", "1e3", "1.-5", "一", " 1", "1/", "/2", "1//2", "0.5/2", "NaN", "1.5.2", "６"]
    {
        assert_eq!(Fraction::parse(text), Err(Unreckonable::NotANumber), "{text:?}");
    }
    assert_eq!(Fraction::parse("1/0"), Err(Unreckonable::ByZero));
    assert_eq!(Fraction::parse("99999999999999999999"), Err(Unreckonable::TooLarge));
    assert_eq!(Fraction::parse("0.00000000000000000000000001"), Err(Unreckonable::TooLarge));
    assert_eq!(Unreckonable::ByZero.to_string(), "除数为零");
}

#[test]
fn what_does_not_fit_is_an_error_and_no_wrong_number() {
    let (most, least) = (Fraction::whole(i64::MAX), Fraction::whole(i64::MIN));
    assert_eq!(most.plus(Fraction::whole(1)), Err(Unreckonable::TooLarge));
    assert_eq!(least.minus(Fraction::whole(1)), Err(Unreckonable::TooLarge));
    assert_eq!(most.times(most), Err(Unreckonable::TooLarge));
    assert_eq!(least.times(least), Err(Unreckonable::TooLarge));
    assert_eq!(Fraction::new(1, i64::MIN), Err(Unreckonable::TooLarge));
    assert_eq!(Fraction::new(i64::MIN, i64::MIN), Ok(Fraction::whole(1)));
    assert_eq!(most.over(Fraction::ZERO), Err(Unreckonable::ByZero));
    assert_eq!(Fraction::mean(&[]), Err(Unreckonable::ByZero));
    assert_eq!(most.plus(least), Ok(Fraction::whole(-1)));
    assert_eq!(most.over(most), Ok(Fraction::whole(1)));
    let tiny = Fraction::new(1, i64::MAX).unwrap();
    assert_eq!(tiny.plus(of("1/2")), Err(Unreckonable::TooLarge));
    assert!(least < Fraction::ZERO && Fraction::ZERO < tiny && tiny < most);
    assert!(Fraction::new(i64::MAX - 1, i64::MAX).unwrap() < Fraction::whole(1));
    assert_eq!(Fraction::count(u64::MAX), Err(Unreckonable::TooLarge));
}

#[test]
fn a_fraction_is_kept_as_text() {
    let kept = serde_json::to_string(&of("178.5")).unwrap();
    assert_eq!(kept, "\"357/2\"");
    assert_eq!(serde_json::from_str::<Fraction>("\"714/4\"").unwrap(), of("178.5"));
    assert!(serde_json::from_str::<Fraction>("\"1/0\"").is_err());
}

fn small() -> impl Strategy<Value = Fraction> {
    (-100_000_i64..100_000, 1_i64..1000).prop_map(|(above, below)| Fraction::new(above, below).unwrap())
}

proptest! {
    #[test]
    fn the_laws_of_reckoning_hold(a in small(), b in small(), c in small()) {
        prop_assert_eq!(a.plus(b)?, b.plus(a)?);
        prop_assert_eq!(a.plus(b)?.plus(c)?, a.plus(b.plus(c)?)?);
        prop_assert_eq!(a.times(b.plus(c)?)?, a.times(b)?.plus(a.times(c)?)?);
        prop_assert_eq!(a.plus(b)?.minus(b)?, a);
        if b != Fraction::ZERO {
            prop_assert_eq!(a.times(b)?.over(b)?, a);
        }
        prop_assert_eq!(a.cmp(&b), a.minus(b)?.cmp(&Fraction::ZERO));
        prop_assert_eq!(Fraction::parse(&a.to_string())?, a);
    }

    #[test]
    fn comparing_multiplies_crosswise_and_never_overflows(
        a in any::<i64>(), b in 1..=i64::MAX, c in any::<i64>(), d in 1..=i64::MAX,
    ) {
        let order = (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
        prop_assert_eq!(Fraction::new(a, b)?.cmp(&Fraction::new(c, d)?), order);
    }

    #[test]
    fn what_is_said_without_about_is_exact(a in small()) {
        let said = a.say();
        if !said.starts_with('约') {
            prop_assert_eq!(Fraction::parse(&said)?, a);
        }
    }
}
