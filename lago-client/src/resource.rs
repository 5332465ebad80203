//! What the generated resources are made of.

pub(crate) use crate::client::Client;
pub(crate) use crate::decode::Read;
pub(crate) use crate::generated::operations::op;
pub(crate) use crate::identity::{self, OtherObject};
pub(crate) use crate::keyed::{self, Lookup, Recorded};
pub(crate) use crate::list::{ListCall, Paging};
pub(crate) use crate::operation::Operation;
pub(crate) use crate::page::Page;
pub(crate) use crate::request::{Call, Request};
pub(crate) use crate::wire;
pub(crate) use crate::wire::query::DeepObject;
