//! A [`Sink`](lago_client::ingest::Sink) that produces to the topic of raw events of a self-hosted Lago: under the
//! pipeline of `lago-client` in place of its API, with everything else that the pipeline has. What the messages are
//! and what this way leaves out is said by `lago_client::ingest::kafka`.

mod report;
mod sink;

pub use sink::KafkaSink;
