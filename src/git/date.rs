//! The dates that `GIT_AUTHOR_DATE` and `GIT_COMMITTER_DATE` may hold: seconds since the epoch, ISO 8601,
//! RFC 2822, and the order git itself prints. What git would guess at (a lone date, a word it does not know) is
//! not a date here.

use chrono::NaiveDate;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Below this many seconds git does not take a bare number for a time.
const LEAST_BARE_SECONDS: i64 = 100_000_000;

/// Seconds since the epoch, and the zone in minutes east of UTC. A date without a zone is in `local_offset`.
pub(super) fn parse(text: &str, local_offset: i32) -> Option<(i64, i32)> {
    let text = text.trim();
    if let Some(found) = epoch(text, local_offset) {
        return Some(found);
    }
    let mut parts = Parts::default();
    for word in text.split_ascii_whitespace() {
        parts.take(word.trim_end_matches(','))?;
    }
    let (hour, minute, second) = parts.time?;
    let date = NaiveDate::from_ymd_opt(parts.year?, parts.month?, parts.day?)?;
    let utc = date.and_hms_opt(hour, minute, second)?.and_utc().timestamp();
    let offset = parts.offset.unwrap_or(local_offset);
    let seconds = utc - i64::from(offset) * 60;
    (seconds >= 0).then_some((seconds, offset))
}

/// `@SECONDS ZONE`, or `SECONDS [ZONE]` for large enough numbers.
fn epoch(text: &str, local_offset: i32) -> Option<(i64, i32)> {
    let (marked, rest) = text.strip_prefix('@').map_or((false, text), |rest| (true, rest));
    let (number, zone) =
        rest.split_once(' ').map_or((rest, None), |(number, zone)| (number, Some(zone.trim())));
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = number.parse::<i64>().ok()?;
    let offset = zone.map_or(Some(local_offset), zone_minutes)?;
    ((marked && zone.is_some()) || seconds >= LEAST_BARE_SECONDS).then_some((seconds, offset))
}

#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    time: Option<(u32, u32, u32)>,
    offset: Option<i32>,
}

impl Parts {
    fn take(&mut self, word: &str) -> Option<()> {
        let first = word.chars().next()?;
        if first == '+' || first == '-' {
            return set(&mut self.offset, zone_minutes(word)?);
        }
        if first.is_ascii_alphabetic() {
            return self.take_name(word);
        }
        if let Some((date, time)) = word.split_once('T') {
            self.take_date(date)?;
            return self.take_time(time);
        }
        if word.contains(':') {
            return self.take_time(word);
        }
        if word.contains(['-', '.', '/']) {
            return self.take_date(word);
        }
        let number = digits(word)?;
        if word.len() == 4 {
            set(&mut self.year, i32::try_from(number).ok()?)
        } else {
            set(&mut self.day, number)
        }
    }

    fn take_name(&mut self, word: &str) -> Option<()> {
        let word = word.to_ascii_lowercase();
        if matches!(word.as_str(), "z" | "utc" | "gmt") {
            return set(&mut self.offset, 0);
        }
        let start = word.get(..3)?;
        if let Some(month) = MONTHS.iter().position(|name| *name == start) {
            return set(&mut self.month, u32::try_from(month).ok()? + 1);
        }
        WEEKDAYS.contains(&start).then_some(())
    }

    /// `YYYY-MM-DD` (also with `.` or `/`), `MM/DD/YYYY`, `DD.MM.YYYY`.
    fn take_date(&mut self, word: &str) -> Option<()> {
        let separator = word.chars().find(|character| !character.is_ascii_digit())?;
        let fields: Vec<&str> = word.split(separator).collect();
        let [first, second, third] = fields.as_slice() else { return None };
        let (year, month, day) = match (first.len(), third.len(), separator) {
            (4, _, '-' | '.' | '/') => (first, second, third),
            (_, 4, '/') => (third, first, second),
            (_, 4, '.') => (third, second, first),
            _ => return None,
        };
        set(&mut self.year, i32::try_from(digits(year)?).ok()?)?;
        set(&mut self.month, digits(month)?)?;
        set(&mut self.day, digits(day)?)
    }

    /// `HH:MM`, `HH:MM:SS`, a fraction that is dropped, and a zone without a space before it.
    fn take_time(&mut self, word: &str) -> Option<()> {
        let cut = word.find(['+', '-', 'Z', 'z']).unwrap_or(word.len());
        let (clock, zone) = word.split_at_checked(cut)?;
        if !zone.is_empty() {
            set(&mut self.offset, zone_minutes(zone)?)?;
        }
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        digits(fraction.get(..1)?)?;
        let mut fields = clock.split(':');
        let (hour, minute) = (digits(fields.next()?)?, digits(fields.next()?)?);
        let second = fields.next().map_or(Some(0), digits)?;
        if fields.next().is_some() { None } else { set(&mut self.time, (hour, minute, second)) }
    }
}

/// Something said twice is not a date.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value);
    Some(())
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// `Z`, `+HH`, `+HHMM` or `+HH:MM` in minutes east of UTC.
fn zone_minutes(zone: &str) -> Option<i32> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let compact = rest.replacen(':', "", 1);
    let (hours, minutes) = match compact.len() {
        2 => (digits(&compact)?, 0),
        4 => (digits(compact.get(..2)?)?, digits(compact.get(2..)?)?),
        _ => return None,
    };
    if hours >= 24 || minutes >= 60 {
        return None;
    }
    Some(sign * i32::try_from(hours * 60 + minutes).ok()?)
}
