//! Reads chosen places of a JSON text in one pass: what lies on the way to them is walked, everything else is
//! checked and skipped without being built, so a document of megabytes costs no more than its scan. Values are
//! borrowed from the text, and a borrowed value knows its offset.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::source::{Source, shown};
use super::{Found, Problem};

/// The way from the root to a value: keys of objects, or indices of arrays in decimal digits.
pub(super) type Path<'p> = &'p [&'p str];

/// What stands at one path.
#[derive(Clone, Copy, Default)]
pub(super) struct Pick<'a> {
    /// The value as it is written, the first one if there are two.
    pub(super) raw: Option<&'a str>,
    /// Offsets of two equal keys on the way: readers of JSON disagree on which one counts.
    duplicate: Option<(usize, usize)>,
}

impl<'a> Pick<'a> {
    /// A value of the text that was found in another way.
    pub(super) fn of(raw: &'a str) -> Self {
        Self { raw: Some(raw), duplicate: None }
    }
}

/// One pick for each path. No path may lead through the end of another.
///
/// # Errors
/// The text is not one JSON value.
pub(super) fn pick<'a>(source: &Source<'a>, paths: &[Path<'_>]) -> Result<Vec<Pick<'a>>, Problem> {
    let mut picks = vec![Pick::default(); paths.len()];
    let wanted = (0..paths.len()).collect();
    let level = Level { body: source.body, paths, wanted, depth: 0, picks: &mut picks };
    let mut deserializer = serde_json::Deserializer::from_str(source.body);
    level
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| not_json(source, &error))?;
    Ok(picks)
}

/// The string at a pick, which messages call `key`.
///
/// # Errors
/// The place is missing, is there twice, or holds something else than a string.
pub(super) fn string(source: &Source<'_>, pick: &Pick<'_>, key: &str) -> Result<Found, Problem> {
    if let Some((first, second)) = pick.duplicate {
        let lines = (source.line(first), source.line(second));
        return Err(Problem::content(format!(
            "{}: `{key}` is there twice, in lines {} and {}",
            source.path, lines.0, lines.1
        ))
        .hint("remove one of the two; programs that read JSON disagree on which one counts"));
    }
    let Some(raw) = pick.raw else {
        return Err(Problem::content(format!("{}: no `{key}`", source.path))
            .hint(format!("add `{key}` with the current version as a string")));
    };
    let start = offset(source.body, raw);
    let content = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let (Some(content), Ok(value)) = (content, serde_json::from_str::<String>(raw)) else {
        return Err(Problem::content(format!(
            "{}: `{key}` is not a string of text but `{}`",
            source.at(start),
            shown(raw)
        ))
        .hint("write the version as a string, in double quotes"));
    };
    Ok(source.found(start + 1..start + 1 + content.len(), value, key))
}

/// Where a borrowed part of the text begins in it.
fn offset(body: &str, part: &str) -> usize {
    part.as_ptr().addr() - body.as_ptr().addr()
}

/// The parser's words without its own position, which is given the way of all other messages.
fn not_json(source: &Source<'_>, error: &serde_json::Error) -> Problem {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    let lines_before = source.body.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line_start: usize = lines_before.map(str::len).sum();
    source.malformed(line_start + error.column().saturating_sub(1), &format!("not valid JSON: {words}"))
}

/// One object or array on the way, and the paths that lead through it.
struct Level<'w, 'a> {
    body: &'a str,
    paths: &'w [Path<'w>],
    wanted: Vec<usize>,
    depth: usize,
    picks: &'w mut Vec<Pick<'a>>,
}

impl<'a> Level<'_, 'a> {
    /// The paths among the wanted ones that go on with this key.
    fn matching(&self, key: &str) -> Vec<usize> {
        let goes_on = |path: &&usize| {
            self.paths.get(**path).and_then(|path| path.get(self.depth)).is_some_and(|step| *step == key)
        };
        self.wanted.iter().filter(goes_on).copied().collect()
    }

    /// Whether one of these paths ends with the key that was just read.
    fn ends(&self, matching: &[usize]) -> bool {
        matching.iter().any(|path| self.paths.get(*path).is_some_and(|path| path.len() == self.depth + 1))
    }

    fn record(&mut self, matching: &[usize], raw: &'a str) {
        for path in matching {
            if let Some(pick) = self.picks.get_mut(*path) {
                pick.raw.get_or_insert(raw);
            }
        }
    }

    fn deeper(&mut self, wanted: Vec<usize>) -> Level<'_, 'a> {
        Level { body: self.body, paths: self.paths, wanted, depth: self.depth + 1, picks: &mut *self.picks }
    }
}

impl<'a> DeserializeSeed<'a> for Level<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Level<'_, 'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen: Vec<(usize, usize)> = Vec::new();
        // A key is read raw as well: that is where a duplicate stands.
        while let Some(key) = map.next_key::<&'a RawValue>()? {
            let matching = self.matching(&decoded_key(key.get()));
            if matching.is_empty() {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let key_offset = offset(self.body, key.get());
            for path in &matching {
                match seen.iter().find(|(earlier, _)| earlier == path) {
                    Some((_, first)) => {
                        if let Some(pick) = self.picks.get_mut(*path) {
                            pick.duplicate.get_or_insert((*first, key_offset));
                        }
                    }
                    None => seen.push((*path, key_offset)),
                }
            }
            if self.ends(&matching) {
                let raw = map.next_value::<&'a RawValue>()?;
                self.record(&matching, raw.get());
            } else {
                map.next_value_seed(self.deeper(matching))?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut sequence: A) -> Result<(), A::Error> {
        for index in 0usize.. {
            let matching = self.matching(&index.to_string());
            let more = if matching.is_empty() {
                sequence.next_element::<IgnoredAny>()?.is_some()
            } else if self.ends(&matching) {
                let raw = sequence.next_element::<&'a RawValue>()?;
                if let Some(raw) = raw {
                    self.record(&matching, raw.get());
                }
                raw.is_some()
            } else {
                sequence.next_element_seed(self.deeper(matching))?.is_some()
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    // A plain value where a path goes on: nothing stands at that path.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// A key without its quotes, escapes decoded; one that cannot be decoded equals nothing that is looked for.
fn decoded_key(raw: &str) -> std::borrow::Cow<'_, str> {
    let content = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
    if content.contains('\\') {
        serde_json::from_str::<String>(raw).map_or(content.into(), Into::into)
    } else {
        content.into()
    }
}

/// The whole text as one value.
///
/// # Errors
/// It is not one JSON value.
pub(super) fn whole<'a>(source: &Source<'a>) -> Result<&'a str, Problem> {
    let read = serde_json::from_str::<&'a RawValue>(source.body);
    read.map(RawValue::get).map_err(|error| not_json(source, &error))
}

/// The members of an object in their order; none where it is none.
pub(super) fn members(raw: &str) -> Vec<(std::borrow::Cow<'_, str>, Pick<'_>)> {
    struct Members<'a>(Vec<(std::borrow::Cow<'a, str>, Pick<'a>)>);
    impl<'a> serde::Deserialize<'a> for Members<'a> {
        fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
            struct InOrder;
            impl<'a> Visitor<'a> for InOrder {
                type Value = Members<'a>;

                fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.write_str("an object")
                }

                fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                    let mut members = Vec::new();
                    while let Some((key, value)) = map.next_entry::<&'a RawValue, &'a RawValue>()? {
                        members.push((decoded_key(key.get()), Pick::of(value.get())));
                    }
                    Ok(Members(members))
                }
            }
            deserializer.deserialize_map(InOrder)
        }
    }
    if !raw.starts_with('{') {
        return Vec::new();
    }
    serde_json::from_str::<Members<'_>>(raw).map(|Members(members)| members).unwrap_or_default()
}
