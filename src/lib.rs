//! Moves customer data in and out of the UserSide ERP.

pub mod catalogue;
pub mod reading;
pub mod recording;
pub mod sending;
pub mod validating;
