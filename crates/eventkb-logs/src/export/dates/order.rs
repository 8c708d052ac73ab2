//! Which of day and month comes first in the dates of one file.
//!
//! Evidence is taken from all rows: a number above 12 decides; else the form of the dates, and that
//! a log goes on from day to day. Where nothing of this tells, the order is a guess, and said to be.

use std::collections::BTreeSet;

use super::{Hint, Moment, OpenDate, Stamp, Unreadable};

/// Which of day and month comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

impl Order {
    /// In words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Order::DayFirst => "the day first",
            Order::MonthFirst => "the month first",
        }
    }
}

/// Different dates that are kept to see whether they follow each other: more tell no more.
const MOST_DATES: usize = 400;

/// The dates of one file.
#[derive(Debug, Default)]
pub(crate) struct Dates {
    settled: Option<Order>,
    day_first: u64,
    half_day: u64,
    /// Dates that could be read either way.
    open: u64,
    different: BTreeSet<(i16, u8, u8)>,
    guessed: bool,
    /// Years were counted from 543 BC.
    pub(crate) buddhist: u64,
}

impl Dates {
    /// Of an export that always writes its dates in this order.
    pub(crate) fn in_order(order: Option<Order>) -> Self {
        Dates {
            settled: order,
            ..Dates::default()
        }
    }

    /// Looks at a time of the file.
    pub(crate) fn see(&mut self, stamp: &Stamp) {
        let Stamp::Open(date) = stamp else { return };
        if self.settled.is_some() {
            return;
        }
        match (date.moment(Order::DayFirst), date.moment(Order::MonthFirst)) {
            (Some(_), None) => self.settled = Some(Order::DayFirst),
            (None, Some(_)) => self.settled = Some(Order::MonthFirst),
            // 2/2/2000 is the same either way.
            _ if date.first == date.second => {}
            _ => {
                self.open += 1;
                self.day_first += u64::from(date.hint == Hint::DayFirst);
                self.half_day += u64::from(date.hint == Hint::HalfDay);
                if self.different.len() < MOST_DATES {
                    self.different.insert((date.year, date.first, date.second));
                }
            }
        }
    }

    /// Whether the order is known, so that this time can be told.
    pub(crate) fn knows(&self, stamp: Option<&Stamp>) -> bool {
        self.settled.is_some() || !matches!(stamp, Some(Stamp::Open(_)))
    }

    /// There is no more evidence: decides.
    pub(crate) fn settle(&mut self) {
        if self.settled.is_some() {
            return;
        }
        let order = if self.day_first > 0 {
            Order::DayFirst
        } else if let Some(order) = self.in_a_row() {
            order
        } else {
            self.guessed = self.open > 0;
            if self.half_day > 0 {
                Order::MonthFirst
            } else {
                Order::DayFirst
            }
        };
        self.settled = Some(order);
    }

    /// The order in which the dates follow each other from day to day, while in the other they
    /// would jump from month to month.
    fn in_a_row(&self) -> Option<Order> {
        if self.different.len() < 3 {
            return None;
        }
        let span = |day_first: bool| {
            let day = |(year, first, second): &(i16, u8, u8)| {
                let (day, month) = if day_first {
                    (*first, *second)
                } else {
                    (*second, *first)
                };
                (i64::from(*year) * 12 + i64::from(month)) * 31 + i64::from(day)
            };
            let days = self.different.iter().map(day);
            days.clone().max().unwrap_or(0) - days.min().unwrap_or(0)
        };
        let (by_day, by_month) = (span(true), span(false));
        if by_day * 4 < by_month {
            Some(Order::DayFirst)
        } else if by_month * 4 < by_day {
            Some(Order::MonthFirst)
        } else {
            None
        }
    }

    /// The moment that is meant, once the order is settled.
    pub(crate) fn moment(&self, stamp: &Stamp) -> Result<Moment, Unreadable> {
        match stamp {
            Stamp::Settled(moment) => Ok(*moment),
            Stamp::Open(date) => self.open_date(date),
        }
    }

    fn open_date(&self, date: &OpenDate) -> Result<Moment, Unreadable> {
        let order = self.settled.unwrap_or(Order::DayFirst);
        date.moment(order).ok_or(Unreadable::Order)
    }

    /// The order, if it had to be guessed.
    pub(crate) fn guess(&self) -> Option<Order> {
        self.settled.filter(|_| self.guessed)
    }
}
