//! Moves customer data in and out of the UserSide ERP.

pub mod catalogue;
pub mod sandbox;
