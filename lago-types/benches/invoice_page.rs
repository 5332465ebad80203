//! What it costs to read a page of invoices: the types of this crate beside structs of the same
//! shape that derive everything and use the standard library alone.

#![allow(missing_docs, reason = "criterion's macros document nothing")]

#[rustfmt::skip]
#[allow(dead_code, unreachable_pub, reason = "the fields are read from JSON, by no one after")]
#[path = "generated/plain.rs"]
mod plain;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use serde_json::{Value, json};

/// An invoice for a subscription with all that it holds, as a server sent it.
const RECORDED: &str = include_str!(
    "../../tests/fixtures/recorded/plain-plans/exchanges/208_invoice_subscription_show.json"
);

#[derive(Deserialize)]
struct Page<T> {
    invoices: Vec<T>,
}

/// A page of a hundred invoices, as bytes from the network.
fn page() -> Vec<u8> {
    let recorded: Value = serde_json::from_str(RECORDED).expect("the recording is JSON");
    let invoice = &recorded["response_body"]["invoice"];
    let invoices = vec![invoice; 100];
    let meta = json!({ "current_page": 1, "total_pages": 1, "total_count": 100 });
    json!({ "invoices": invoices, "meta": meta })
        .to_string()
        .into_bytes()
}

fn read<'de, T: Deserialize<'de>>(page: &'de [u8]) -> usize {
    let page: Page<T> = serde_json::from_slice(black_box(page)).expect("the page is read");
    black_box(page.invoices).len()
}

fn invoice_page(criterion: &mut Criterion) {
    let page = page();
    let mut group = criterion.benchmark_group("a page of 100 invoices");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("plain structs", |bencher| {
        bencher.iter(|| read::<plain::Invoice>(&page))
    });
    group.bench_function("lago_types", |bencher| {
        bencher.iter(|| read::<lago_types::Invoice>(&page))
    });
    group.finish();
}

criterion_group!(benches, invoice_page);
criterion_main!(benches);
