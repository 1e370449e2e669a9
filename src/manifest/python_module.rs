//! A Python module as far as finding a literal in it needs: what its statements assign at the top level, and what
//! Python reads from a string. Nothing is evaluated, and what is inside a block does not count: it may never run.

use super::Problem;
use super::python_tokens::{Kind, Literal, Token, tokens};
use super::source::{Source, shown};

/// A module's text.
pub(super) struct Module<'m> {
    pub(super) source: &'m Source<'m>,
}

impl Module<'_> {
    /// The tokens of the whole module.
    ///
    /// # Errors
    /// The text is no Python.
    pub(super) fn tokens(&self) -> Result<Vec<Token>, Problem> {
        tokens(self.source.body).map_err(|error| self.source.malformed(error.offset, error.what))
    }

    /// Everything that is assigned at the top level: each target with its value, in their order.
    pub(super) fn assignments<'t>(&self, tokens: &'t [Token]) -> Vec<(&'t [Token], &'t [Token])> {
        let statements = statements(self.source.body, tokens);
        statements.into_iter().flat_map(|statement| self.assigned(statement)).collect()
    }

    /// The targets of a statement that assigns, each with the value.
    fn assigned<'t>(&self, statement: &'t [Token]) -> Vec<(&'t [Token], &'t [Token])> {
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
            .collect()
    }

    /// The value of string literals that stand side by side, as keys of a dictionary may.
    pub(super) fn string_value(&self, tokens: &[Token]) -> Option<String> {
        let parts = tokens.iter().map(|token| match &token.kind {
            Kind::String(literal) => self.decoded(literal),
            _ => None,
        });
        parts.collect::<Option<Vec<String>>>().filter(|parts| !parts.is_empty()).map(|parts| parts.concat())
    }

    /// What Python reads from a literal; nothing if it is no plain text.
    pub(super) fn decoded(&self, literal: &Literal) -> Option<String> {
        let content = self.source.body.get(literal.start..literal.end)?.replace("\r\n", "\n");
        match (literal.plain, literal.raw) {
            (false, _) => None,
            (true, true) => Some(content),
            (true, false) => unescaped(&content),
        }
    }

    /// Where a value stands, and how it is written.
    pub(super) fn shown(&self, value: &[Token]) -> (String, String) {
        let start = value.first().map_or(0, |token| token.range.start);
        let end = value.last().map_or(start, |token| token.range.end);
        (self.source.at(start), shown(self.source.body.get(start..end).unwrap_or_default()))
    }

    /// Whether a token is this name.
    pub(super) fn is_name(&self, token: &Token, name: &str) -> bool {
        token.kind == Kind::Name && self.source.body.get(token.range.clone()) == Some(name)
    }

    /// Whether a token is this operator.
    pub(super) fn is(&self, token: &Token, operator: &str) -> bool {
        token.kind == Kind::Operator && self.source.body.get(token.range.clone()) == Some(operator)
    }
}

/// Whether Python takes a text as a name.
pub(super) fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|character| character.is_alphanumeric() || character == '_')
}

/// The statements of the module itself: those on lines that begin in the first column and open no block.
fn statements<'t>(body: &str, tokens: &'t [Token]) -> Vec<&'t [Token]> {
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
pub(super) fn unescaped(content: &str) -> Option<String> {
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
