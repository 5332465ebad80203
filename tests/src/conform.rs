//! Whether a client reads what servers say: recordings replayed and compared, and variations of them that
//! nobody recorded.

pub mod compare;
pub mod extent;
pub mod live;
pub mod mutate;
pub mod recording;
pub mod replay;
