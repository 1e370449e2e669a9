//! A Python setting: the literal that a dictionary, assigned at the top level of a module, holds under a key, written
//! `NAME["KEY"]`. A key of a dictionary inside it, of another dictionary, in a comment or in a string is not it. A
//! value that Python has to work out cannot be set by writing, so it is refused with the expression shown.

use super::python_module::{Module, is_identifier};
use super::python_tokens::{Kind, Token};
use super::source::Source;
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition =
    Definition { name: "python-setting", extensions: &[".py"], check_key, locate, ..Definition::PLAIN };

fn check_key(key: Option<&str>) -> Result<(), Problem> {
    let example = "write `key = 'SETTINGS[\"VERSION\"]'` with the names of the dictionary and of its key";
    match key {
        None => {
            Err(Problem::content("a Python file needs a `key` that says where the version is").hint(example))
        }
        Some(key) if parts(key).is_none() => {
            Err(Problem::content(format!("`key` `{key}` is not a dictionary and a key in it")).hint(example))
        }
        Some(_) => Ok(()),
    }
}

/// The names in `NAME["KEY"]`.
fn parts(key: &str) -> Option<(&str, &str)> {
    let (name, rest) = key.split_once('[')?;
    let inner = rest.strip_suffix(']')?;
    let entry = ['"', '\''].iter().find_map(|quote| inner.strip_prefix(*quote)?.strip_suffix(*quote))?;
    (is_identifier(name) && !entry.is_empty() && !entry.contains(['"', '\'', '\\', '\n']))
        .then_some((name, entry))
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let key = target.key.unwrap_or_default();
    let Some((name, entry)) = parts(key) else {
        return Err(check_key(target.key).err().into_iter().collect());
    };
    Setting { module: Module { source }, key, name, entry }
        .find()
        .map(|found| vec![found])
        .map_err(|problem| vec![problem])
}

/// One setting, and the module in which it is looked for.
struct Setting<'m> {
    module: Module<'m>,
    /// The whole key, for messages.
    key: &'m str,
    name: &'m str,
    entry: &'m str,
}

impl Setting<'_> {
    fn find(&self) -> Result<Found, Problem> {
        let tokens = self.module.tokens()?;
        let (mut dictionaries, mut values) = (Vec::new(), Vec::new());
        for (target, value) in self.module.assignments(&tokens) {
            match target {
                [name] if self.module.is_name(name, self.name) => {
                    dictionaries.push(name);
                    values.extend(self.entries(value)?);
                }
                _ if self.is_item(target) => values.push(value),
                _ => {}
            }
        }
        if let [first, second, ..] = dictionaries.as_slice() {
            return Err(self.twice(&format!("`{}` is assigned", self.name), first, second));
        }
        match values.as_slice() {
            [value] => self.literal(value),
            [[first, ..], [second, ..], ..] => {
                Err(self.twice(&format!("`{}` is set", self.key), first, second))
            }
            _ => {
                let what = if dictionaries.is_empty() {
                    format!("no `{} = {{…}}` at the top level, so no `{}`", self.name, self.key)
                } else {
                    format!("no `{}`", self.key)
                };
                Err(Problem::content(format!("{}: {what}", self.module.source.path)).hint(format!(
                    "add `\"{}\": \"…\"` with the current version to the dictionary `{}`, or correct `key`",
                    self.entry, self.name
                )))
            }
        }
    }

    /// Whether a target is the setting itself: `NAME["KEY"]`.
    fn is_item(&self, target: &[Token]) -> bool {
        let [name, opening, key, closing] = target else { return false };
        self.module.is_name(name, self.name)
            && self.module.is(opening, "[")
            && self.module.string_value(std::slice::from_ref(key)).as_deref() == Some(self.entry)
            && self.module.is(closing, "]")
    }

    /// The values under the key in a dictionary that is written out; more than one if it is there more than once.
    fn entries<'t>(&self, value: &'t [Token]) -> Result<Vec<&'t [Token]>, Problem> {
        let inner = match value {
            [opening, inner @ .., closing]
                if self.module.is(opening, "{")
                    && self.module.is(closing, "}")
                    && inner.iter().all(|token| token.depth > 0) =>
            {
                inner
            }
            _ => {
                return Err(
                    self.not_literal(value, &format!("`{}` is not a dictionary in braces but", self.name))
                );
            }
        };
        let entries = inner.split(|token| token.depth == 1 && self.module.is(token, ","));
        Ok(entries
            .filter_map(|entry| {
                let colon = entry.iter().position(|token| token.depth == 1 && self.module.is(token, ":"))?;
                let (key, value) = entry.split_at_checked(colon)?;
                (self.module.string_value(key).as_deref() == Some(self.entry)).then(|| value.get(1..))?
            })
            .collect())
    }

    /// The place of a value that is one plain string.
    fn literal(&self, value: &[Token]) -> Result<Found, Problem> {
        if let [Token { kind: Kind::String(literal), .. }] = value
            && let Some(decoded) = self.module.decoded(literal)
        {
            return Ok(self.module.source.found(literal.start..literal.end, decoded, self.key));
        }
        Err(self.not_literal(value, &format!("`{}` is not a string literal but", self.key)))
    }

    fn not_literal(&self, value: &[Token], what: &str) -> Problem {
        let (place, expression) = self.module.shown(value);
        Problem::content(format!("{place}: {what} `{expression}`"))
            .hint(format!("write the version in its place: `\"{}\": \"1.2.3\"`", self.entry))
            .hint("or point the configuration at the file and key that hold the literal")
            .hint("or remove this manifest from the configuration, if the value follows another version by itself")
    }

    fn twice(&self, what: &str, first: &Token, second: &Token) -> Problem {
        let line = |token: &Token| self.module.source.line(token.range.start);
        Problem::content(format!(
            "{}: {what} more than once, in lines {} and {}",
            self.module.source.path,
            line(first),
            line(second)
        ))
        .hint("keep one")
    }
}

#[cfg(test)]
mod tests;
