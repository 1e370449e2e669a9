//! A path in the journal: as it is where it is UTF-8, otherwise as hexadecimal digits.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

/// What begins an escaped path; no path that is stored as it is has a NUL.
const ESCAPED: &str = "\0";

/// For `#[serde(with)]`.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    match path.to_str() {
        Some(text) => serializer.serialize_str(text),
        None => {
            let hexadecimal: String =
                path.as_os_str().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            serializer.serialize_str(&format!("{ESCAPED}{hexadecimal}"))
        }
    }
}

/// For `#[serde(with)]`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let text = String::deserialize(deserializer)?;
    let Some(hexadecimal) = text.strip_prefix(ESCAPED) else { return Ok(text.into()) };
    let digits: Vec<char> = hexadecimal.chars().collect();
    let bytes = digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16));
    let bytes: Result<Vec<u8>, _> = bytes.collect();
    bytes.map(|bytes| OsString::from_vec(bytes).into()).map_err(D::Error::custom)
}
