//! The guide: what to know beyond the pages of the single items.
//!
//! - [Choosing a backend](choosing_a_backend): what each Cargo feature links, and when the default is enough.
//! - [Reading the report](reading_the_report): what [`config()`](crate::config) tells, line by line.
//! - [From numpy](from_numpy): how to say here what you say there.
//! - [Performance](performance): what is fast, what is not, and how to find out.

pub mod choosing_a_backend;
pub mod from_numpy;
pub mod performance;
pub mod reading_the_report;
