//! Customers by any key: who has a value, as files of earlier times know it and as the server answers.

mod customer_columns;
mod id_map;
mod id_map_error;
mod id_map_writer;
mod key_lookup;

pub use customer_columns::{
    CustomerColumns, CustomerColumnsError, MappedCustomer, NamedCustomer, UnnamedCustomer, names_customer,
};
pub use id_map::{IdMap, read_id_maps};
pub use id_map_error::IdMapError;
pub use id_map_writer::{IdMapWriteError, IdMapWriter};
pub use key_lookup::{KeyLookup, KeyStop};
