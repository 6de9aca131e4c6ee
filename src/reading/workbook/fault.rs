//! Why a workbook is not read. The sentence about the file is made by its reader.

use std::io;

use crate::reading::format::Unreadable;

/// Why a workbook is not read.
#[derive(Debug, thiserror::Error)]
pub(in crate::reading) enum WorkbookFault {
    /// It is not as it should be. The text follows the workbook's name after a colon.
    #[error("{0}")]
    Broken(String),
    /// It is more than anyone wants to unpack without being asked.
    #[error("it is larger than {} MiB once it is unpacked", .0 >> 20)]
    TooLarge(u64),
    /// It has no such sheet; those that there are, joined by commas.
    #[error("it has no such sheet")]
    NoSheet(String),
    /// It is something else.
    #[error("it is {0}")]
    Other(Unreadable),
    /// It is protected by a password.
    #[error("it is protected by a password")]
    Password,
    /// What is read of it cannot be kept.
    #[error("{0}")]
    Keep(io::Error),
}

impl WorkbookFault {
    pub(super) fn broken(reason: impl Into<String>) -> Self {
        Self::Broken(reason.into())
    }
}

/// A part that is longer than may be; it travels through readers that only know the system's errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum PartError {
    #[error("it is larger than {0} bytes once it is unpacked")]
    TooLarge(u64),
    #[error("a single cell or tag of it is longer than {0} MiB")]
    LongPiece(u64),
}

impl From<io::Error> for WorkbookFault {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<PartError>()) {
            Some(PartError::TooLarge(limit)) => Self::TooLarge(*limit),
            Some(long @ PartError::LongPiece(_)) => Self::Broken(long.to_string()),
            None => Self::Broken(error.to_string()),
        }
    }
}

impl From<zip::result::ZipError> for WorkbookFault {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => error.into(),
            zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
                Self::Password
            }
            other => Self::Broken(other.to_string()),
        }
    }
}
