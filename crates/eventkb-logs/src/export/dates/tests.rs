use super::*;

fn moment(text: &str, order: Order) -> Option<Moment> {
    match parse(text).ok()?.0 {
        Stamp::Settled(moment) => Some(moment),
        Stamp::Open(date) => date.moment(order),
    }
}

#[test]
fn dates_of_many_countries() {
    for (text, order) in [
        ("02/05/2000 06:20:40 PM", Order::MonthFirst),
        ("2/5/2000 6:20:40\u{202f}PM", Order::MonthFirst),
        ("2/5/00 6:20:40 p.m.", Order::MonthFirst),
        ("05/02/2000 18:20:40", Order::DayFirst),
        ("5-2-2000 18:20:40", Order::DayFirst),
        ("05.02.2000 18:20:40", Order::MonthFirst),
        ("05.02.2000 18.20.40", Order::MonthFirst),
        ("5.2.2000 klo 18.20.40", Order::MonthFirst),
        ("2000-02-05 18:20:40", Order::MonthFirst),
        ("2000/02/05 18:20:40", Order::DayFirst),
        ("2000-02-05T18:20:40.000", Order::DayFirst),
        ("2000-02-05 오후 6:20:40", Order::DayFirst),
        ("2000/2/5 下午 06:20:40", Order::DayFirst),
        ("2000/2/5 午後 6:20:40", Order::DayFirst),
        ("2000年2月5日 18:20:40", Order::DayFirst),
        ("2000년 2월 5일 오후 6:20:40", Order::DayFirst),
        ("2000. 02. 05. 18:20:40", Order::MonthFirst),
        ("5. 2. 2000 18:20:40", Order::MonthFirst),
        ("5.2.2000 г. 18:20:40", Order::MonthFirst),
        ("5.2.2000. 18:20:40", Order::MonthFirst),
        ("5/2/2000 6:20:40 μμ", Order::DayFirst),
        ("5/2/2000 6:20:40 μ.μ.", Order::DayFirst),
        ("\u{200f}05/02/2000 06:20:40 م", Order::DayFirst),
        ("٠٥/٠٢/٢٠٠٠ ٠٦:٢٠:٤٠ م", Order::DayFirst),
        ("05/02/2000 6:20:40 CH", Order::DayFirst),
        ("5/02/2000 6:20:40 pm", Order::DayFirst),
        ("5/2/2543 18:20:40", Order::DayFirst),
        ("05-Feb-2000 18:20:40", Order::DayFirst),
        ("Feb 5, 2000 6:20:40 PM", Order::DayFirst),
        ("Saturday, February 5, 2000 6:20:40 PM", Order::DayFirst),
        ("2/5/2000 6:20:40 PM.000", Order::MonthFirst),
    ] {
        let moment = moment(text, order).expect(text);
        assert_eq!(
            (moment.time.to_string().as_str(), moment.local),
            ("2000-02-05T18:20:40Z", true),
            "{text}"
        );
    }
    let midnight = moment("1/31/99 12:05 AM", Order::MonthFirst).expect("a time");
    assert_eq!(midnight.time.to_string(), "1999-01-31T00:05:00Z");
    let fraction = moment("2/5/2000 6:20:40 PM.620", Order::MonthFirst).expect("a time");
    assert_eq!(fraction.time.to_string(), "2000-02-05T18:20:40.62Z");
}

#[test]
fn times_that_tell_their_zone() {
    for text in [
        "2000-02-05T18:20:40-05:00",
        "2000-02-05 18:20:40.000000 -05:00",
        "2000-02-05 23:20:40.000000 UTC",
        "2000-02-05 23:20:40 Z",
        "2000-02-05 23:20:40 GMT",
        "05.02.2000 23:20:40 UTC",
        "20000205232040.000000+000",
        "20000205232040.000000-000",
        "20000205182040.000000-300",
        "/Date(949792840000)/",
        "\\/Date(949792840000+0100)\\/",
    ] {
        let moment = moment(text, Order::DayFirst).expect(text);
        assert_eq!(
            (moment.time.to_string().as_str(), moment.local),
            ("2000-02-05T23:20:40Z", false),
            "{text}"
        );
    }
    let wmi = moment("20000205182040.000000+***", Order::DayFirst).expect("a time");
    assert_eq!(
        (wmi.time.to_string().as_str(), wmi.local),
        ("2000-02-05T18:20:40Z", true)
    );
    for number in [
        949_792_840,
        949_792_840_000,
        949_792_840_000_000,
        949_792_840_000_000_000,
        125_942_664_400_000_000,
    ] {
        let wanted = Some("2000-02-05T23:20:40Z".to_owned());
        assert_eq!(
            of_whole_number(number).map(|t| t.to_string()),
            wanted,
            "{number}"
        );
        assert_eq!(
            of_number(number as f64).map(|t| t.to_string()),
            wanted,
            "{number}"
        );
    }
}

#[test]
fn what_is_no_time() {
    for text in [
        "",
        "Source",
        "1/2 3:4:5",
        "1/2/3/4 5:6:7",
        "13/13/2000 1:02:03",
        "2/5/2000 25:00:00",
        "2/5/2000 1:2:3:4:5",
        "2/5/2000 13:00:00 PM",
        "2/5/2000 1:00:00 xy",
        "2/5/2000",
        "1.2.3 x",
        "é/é/é 1:02",
        "Date()",
        "/Date(x)/",
        "/Date(99999999999999999999)/",
        "/Date(é)/",
        "99999999999999.000000+000",
        "2000020501204é.000000+000",
    ] {
        assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
    }
    for text in [
        "17/11/1378 01:02:03",
        "1420/11/01 01:02:03 ص",
        "89/2/6 上午 12:53:32",
        "089/02/06 1:02:03",
    ] {
        assert_eq!(parse(text), Err(Unreadable::Calendar), "{text}");
    }
}

fn settled(texts: &[&str]) -> (Order, bool) {
    let mut dates = Dates::default();
    for text in texts {
        dates.see(&parse(text).expect(text).0);
    }
    dates.settle();
    let open = parse("1/2/2000 3:04:05").expect("a date").0;
    let moment = dates.moment(&open).expect("a moment").time.to_string();
    let order = match moment.as_str() {
        "2000-02-01T03:04:05Z" => Order::DayFirst,
        _ => Order::MonthFirst,
    };
    (order, dates.guess().is_some())
}

#[test]
fn the_order_is_settled_over_all_dates() {
    use Order::{DayFirst, MonthFirst};
    for (texts, wanted) in [
        (
            &["2/3/2000 1:00:00", "2/13/2000 1:00:00"][..],
            (MonthFirst, false),
        ),
        (
            &["2/3/2000 1:00:00", "13/2/2000 1:00:00"],
            (DayFirst, false),
        ),
        (
            &["2/3/2000 1:00:00 AM", "13/2/2000 1:00:00 AM"],
            (DayFirst, false),
        ),
        (&["6/02/2000 1:00:00 am"], (DayFirst, false)),
        (&["6/2/2543 1:00:00"], (DayFirst, false)),
        (&["6/2/2000 1:00:00 πμ"], (DayFirst, false)),
        (&["6-2-2000 1:00:00"], (DayFirst, false)),
        (
            &["2/3/2000 1:00:00", "2/4/2000 1:00:00", "2/5/2000 1:00:00"],
            (MonthFirst, false),
        ),
        (
            &["3/2/2000 1:00:00", "4/2/2000 1:00:00", "5/2/2000 1:00:00"],
            (DayFirst, false),
        ),
        (&["2/3/2000 1:00:00 AM"], (MonthFirst, true)),
        (&["2/3/2000 1:00:00"], (DayFirst, true)),
        (
            &[
                "2/2/2000 1:00:00",
                "2000-02-03 1:00:00",
                "03.04.2000 1:00:00",
            ],
            (DayFirst, false),
        ),
    ] {
        assert_eq!(settled(texts), wanted, "{texts:?}");
    }
    let mut dates = Dates::default();
    dates.see(&parse("2/13/2000 1:00:00").expect("a date").0);
    let other = parse("13/2/2000 1:00:00").expect("a date").0;
    assert_eq!(dates.moment(&other), Err(Unreadable::Order));
}

#[test]
fn offsets_that_no_zone_has_are_refused() {
    for text in [
        "20000206012000.000000+999999999",
        "20000206012000.000000-2147483647",
        "20000206012000.000000+65535",
        "20000206012000.+99999+060",
        "20000206012000.000000+960",
        "2000-02-06T01:20:00+99:00",
        "2000-02-06T01:20:00+16:00",
        "2000-02-06 01:20:00 -1660",
        "2000-02-06T01:20:00+01:60",
    ] {
        assert_eq!(moment(text, Order::DayFirst), None, "{text}");
    }
    for text in ["2000-02-06T01:20:00+14:00", "2000-02-06T01:20:00-12:00"] {
        assert!(moment(text, Order::DayFirst).is_some(), "{text}");
    }
}
