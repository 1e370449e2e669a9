//! A Python setting: the literal that a dictionary, assigned at the top level of a module, holds under a key, written
//! `NAME["KEY"]`. A key of a dictionary inside it, of another dictionary, in a comment or in a string is not it. A
//! value that Python has to work out cannot be set by writing, so it is refused with the expression shown.

use super::python_tokens::{Kind, Literal, Token, tokens};
use super::source::{Source, shown};
use super::{Definition, Found, Problem, Target};

pub(super) const DEFINITION: Definition = Definition {
    name: "python-setting",
    file_names: &[],
    extension: Some(".py"),
    check_key,
    locate,
    package_name: None,
};

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
    let identifier = !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|character| character.is_alphanumeric() || character == '_');
    (identifier && !entry.is_empty() && !entry.contains(['"', '\'', '\\', '\n'])).then_some((name, entry))
}

fn locate(source: &Source<'_>, target: &Target<'_>) -> Result<Vec<Found>, Vec<Problem>> {
    let key = target.key.unwrap_or_default();
    let Some((name, entry)) = parts(key) else {
        return Err(check_key(target.key).err().into_iter().collect());
    };
    Module { source, key, name, entry }.find().map(|found| vec![found]).map_err(|problem| vec![problem])
}

/// A module in which one setting is looked for.
struct Module<'m> {
    source: &'m Source<'m>,
    /// The whole key, for messages.
    key: &'m str,
    name: &'m str,
    entry: &'m str,
}

impl Module<'_> {
    fn find(&self) -> Result<Found, Problem> {
        let tokens =
            tokens(self.source.body).map_err(|error| self.source.malformed(error.offset, error.what))?;
        let statements = top_level_statements(self.source.body, &tokens);
        let (mut dictionaries, mut values) = (Vec::new(), Vec::new());
        for (target, value) in statements.iter().flat_map(|statement| self.assignments(statement)) {
            match target {
                [name] if self.is_name(name) => {
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
                Err(Problem::content(format!("{}: {what}", self.source.path)).hint(format!(
                    "add `\"{}\": \"…\"` with the current version to the dictionary `{}`, or correct `key`",
                    self.entry, self.name
                )))
            }
        }
    }

    /// The targets of a statement that assigns, each with the value.
    fn assignments<'t>(&self, statement: &'t [Token]) -> Vec<(&'t [Token], &'t [Token])> {
        let mut sides: Vec<&[Token]> =
            statement.split(|token| token.depth == 0 && self.is(token, "=")).collect();
        let value = sides.pop().unwrap_or_default();
        sides
            .into_iter()
            .map(|target| {
                // `NAME: annotation = value`
                let named = target.split(|token| token.depth == 0 && self.is(token, ":")).next();
                (named.unwrap_or_default(), value)
            })
            .filter(|(target, _)| target.len() == 1 || self.is_item(target))
            .collect()
    }

    /// Whether a target is the setting itself: `NAME["KEY"]`.
    fn is_item(&self, target: &[Token]) -> bool {
        let [name, opening, key, closing] = target else { return false };
        self.is_name(name)
            && self.is(opening, "[")
            && self.string_value(std::slice::from_ref(key)).as_deref() == Some(self.entry)
            && self.is(closing, "]")
    }

    /// The values under the key in a dictionary that is written out; more than one if it is there more than once.
    fn entries<'t>(&self, value: &'t [Token]) -> Result<Vec<&'t [Token]>, Problem> {
        let inner = match value {
            [opening, inner @ .., closing]
                if self.is(opening, "{")
                    && self.is(closing, "}")
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
        let entries = inner.split(|token| token.depth == 1 && self.is(token, ","));
        Ok(entries
            .filter_map(|entry| {
                let colon = entry.iter().position(|token| token.depth == 1 && self.is(token, ":"))?;
                let (key, value) = entry.split_at_checked(colon)?;
                (self.string_value(key).as_deref() == Some(self.entry)).then(|| value.get(1..))?
            })
            .collect())
    }

    /// The place of a value that is one plain string.
    fn literal(&self, value: &[Token]) -> Result<Found, Problem> {
        if let [Token { kind: Kind::String(literal), .. }] = value
            && let Some(decoded) = self.decoded(literal)
        {
            return Ok(self.source.found(literal.start..literal.end, decoded, self.key));
        }
        Err(self.not_literal(value, &format!("`{}` is not a string literal but", self.key)))
    }

    /// The value of string literals that stand side by side, as keys of a dictionary may.
    fn string_value(&self, tokens: &[Token]) -> Option<String> {
        let parts = tokens.iter().map(|token| match &token.kind {
            Kind::String(literal) => self.decoded(literal),
            _ => None,
        });
        parts.collect::<Option<Vec<String>>>().filter(|parts| !parts.is_empty()).map(|parts| parts.concat())
    }

    /// What Python reads from a literal; nothing if it is no plain text.
    fn decoded(&self, literal: &Literal) -> Option<String> {
        let content = self.source.body.get(literal.start..literal.end)?.replace("\r\n", "\n");
        match (literal.plain, literal.raw) {
            (false, _) => None,
            (true, true) => Some(content),
            (true, false) => unescaped(&content),
        }
    }

    fn not_literal(&self, value: &[Token], what: &str) -> Problem {
        let start = value.first().map_or(0, |token| token.range.start);
        let end = value.last().map_or(start, |token| token.range.end);
        let expression = shown(self.source.body.get(start..end).unwrap_or_default());
        Problem::content(format!("{}: {what} `{expression}`", self.source.at(start)))
            .hint(format!("write the version in its place: `\"{}\": \"1.2.3\"`", self.entry))
            .hint("or point the configuration at the file and key that hold the literal")
            .hint("or remove this manifest from the configuration, if the value follows another version by itself")
    }

    fn twice(&self, what: &str, first: &Token, second: &Token) -> Problem {
        let line = |token: &Token| self.source.line(token.range.start);
        Problem::content(format!(
            "{}: {what} more than once, in lines {} and {}",
            self.source.path,
            line(first),
            line(second)
        ))
        .hint("keep one")
    }

    fn is_name(&self, token: &Token) -> bool {
        token.kind == Kind::Name && self.source.body.get(token.range.clone()) == Some(self.name)
    }

    fn is(&self, token: &Token, operator: &str) -> bool {
        token.kind == Kind::Operator && self.source.body.get(token.range.clone()) == Some(operator)
    }
}

/// The statements of the module itself: those on lines that begin in the first column and open no block.
fn top_level_statements<'t>(body: &str, tokens: &'t [Token]) -> Vec<&'t [Token]> {
    const BLOCKS: [&str; 12] =
        ["if", "elif", "else", "for", "while", "with", "try", "except", "finally", "def", "class", "async"];
    let text = |token: &Token| body.get(token.range.clone()).unwrap_or_default();
    let in_first_column = |token: &Token| {
        body.get(..token.range.start).is_some_and(|before| before.is_empty() || before.ends_with('\n'))
    };
    tokens
        .split(|token| token.kind == Kind::Newline)
        .filter(|line| {
            line.first().is_some_and(|token| in_first_column(token) && !BLOCKS.contains(&text(token)))
        })
        .flat_map(|line| line.split(|token| token.depth == 0 && text(token) == ";"))
        .collect()
}

/// The text of a literal with its escapes decoded; nothing where a character is given by its name.
fn unescaped(content: &str) -> Option<String> {
    let mut value = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((before, after)) = rest.split_once('\\') {
        value.push_str(before);
        let mut characters = after.chars();
        let escape = characters.next()?;
        let (digits, radix) = match escape {
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='7' => (after.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count(), 8),
            _ => (0, 0),
        };
        if digits > 0 {
            let start = usize::from(radix == 16);
            let number = after.get(start..start + digits)?;
            if number.starts_with('+') {
                return None;
            }
            value.push(char::from_u32(u32::from_str_radix(number, radix).ok()?)?);
            rest = after.get(start + digits..)?;
            continue;
        }
        rest = characters.as_str();
        match escape {
            '\n' => {}
            '\\' | '\'' | '"' => value.push(escape),
            'a' => value.push('\u{7}'),
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'v' => value.push('\u{b}'),
            'N' => return None,
            other => value.extend(['\\', other]),
        }
    }
    value.push_str(rest);
    Some(value)
}

#[cfg(test)]
mod tests;
