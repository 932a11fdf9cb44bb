//! Errors: what went wrong, where, with the value and the limit.

use std::fmt;

/// The error of this library.
#[derive(Debug)]
pub struct Error(Box<ErrorKind>);

/// The result of what can fail. Scoring cannot: any text has a verdict.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, by what the caller can do about it.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed.
    Io(std::io::Error),
    /// A labelled row cannot be used.
    Dataset {
        /// Where the row comes from.
        source: String,
        /// Record number, counted from 1, headings not counted; 0 if the problem is the source as a whole.
        record: u64,
        /// Line number, counted from 1; 0 if unknown.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A line of a concept lexicon cannot be used.
    Lexicon {
        /// Line number, counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A parameter has a value that it cannot have.
    Params {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        requirement: &'static str,
    },
    /// The bytes are not a usable artifact.
    Artifact {
        /// What is wrong.
        problem: String,
    },
    /// The artifact is of a version that this program does not know.
    Version {
        /// Version in the file.
        found: u64,
        /// Newest version known here.
        supported: u64,
    },
    /// There is too little data for what was asked.
    NotEnoughData {
        /// What is missing.
        problem: String,
    },
    /// The solver stopped before it reached the optimum.
    NotConverged {
        /// Label whose weights were being learned.
        label: String,
        /// Iterations done.
        n_iterations: usize,
        /// Gradient norm reached, relative to the start.
        gradient: f64,
    },
}

impl Error {
    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    pub(crate) fn artifact(problem: impl Into<String>) -> Error {
        ErrorKind::Artifact { problem: problem.into() }.into()
    }

    #[cfg(feature = "train")]
    pub(crate) fn params(name: &'static str, value: impl fmt::Display, requirement: &'static str) -> Error {
        ErrorKind::Params { name, value: value.to_string(), requirement }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Error {
        Error(Box::new(kind))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        ErrorKind::Io(error).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Io(error) => write!(f, "{error}"),
            ErrorKind::Dataset { source, record, line, problem } => {
                write!(f, "{source}")?;
                if *record > 0 {
                    write!(f, ", record {record}")?;
                }
                if *line > 0 {
                    write!(f, ", line {line}")?;
                }
                write!(f, ": {problem}")
            }
            ErrorKind::Lexicon { line, problem } => write!(f, "concept lexicon, line {line}: {problem}"),
            ErrorKind::Params { name, value, requirement } => {
                write!(f, "{name} is {value}, but must be {requirement}")
            }
            ErrorKind::Artifact { problem } => write!(f, "not a usable model artifact: {problem}"),
            ErrorKind::Version { found, supported } => {
                write!(
                    f,
                    "artifact of format version {found}, but this program knows versions up to {supported}"
                )
            }
            ErrorKind::NotEnoughData { problem } => write!(f, "not enough data: {problem}"),
            ErrorKind::NotConverged { label, n_iterations, gradient } => {
                write!(
                    f,
                    "no convergence for label {label} after {n_iterations} iterations (gradient {gradient:.1e})"
                )
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}
