//! Runtimes that end, that nobody drives any more, and none at all.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

/// A runtime that runs only while it is given something to do, on paused time.
fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap()
}

/// Asks in a runtime, and goes away without the response.
fn ask_and_leave(runtime: &tokio::runtime::Runtime, world: &World) {
    runtime.block_on(async {
        tokio::select! {
            biased;
            _ = world.after(None) => panic!("the server has not answered"),
            () = let_others_run() => {}
        }
    });
}

#[test]
fn a_fetch_that_nobody_drives_is_over_after_its_limit_and_replaced() {
    let (idle, other) = (runtime(), runtime());
    let world = World::new([Response::First, Response::Second]);
    ask_and_leave(&idle, &world);
    // Who comes meanwhile waits no longer than the fetch may take.
    let began = other.block_on(async { Instant::now() });
    let (refused, now) = other.block_on(async { (world.after(None).await, Instant::now()) });
    assert_eq!(refused.err(), Some(Check::Key));
    assert!(now - began <= LIMIT);
    assert_eq!((world.asked(), waiting(&world.keys)), (1, (0, 0)));
    // One for each of the two fetches.
    world.gate.add_permits(2);
    let second = other.block_on(world.after(None)).unwrap();
    assert_eq!(world.asked(), 2);
    // What the first brings when it goes on is old by now.
    idle.block_on(let_others_run());
    assert!(Arc::ptr_eq(&world.keys.current().unwrap(), &second));
    assert!(second.is(&Response::Second.give().unwrap()));
    drop(idle);
    assert!(world.keys.held().failure.is_none());
}

#[test]
fn a_fetch_that_nobody_drives_does_not_end_the_one_that_took_its_place() {
    let (idle, other) = (runtime(), runtime());
    let world = World::new([Response::First, Response::Second]);
    ask_and_leave(&idle, &world);
    other.block_on(tokio::time::advance(LIMIT));
    ask_and_leave(&other, &world);
    assert_eq!(world.asked(), 2);
    drop(idle);
    world.gate.add_permits(1);
    assert!(other.block_on(world.after(None)).is_ok());
    assert_eq!(world.asked(), 2);
}

#[test]
fn a_planned_fetch_that_is_late_keeps_the_pause() {
    let (idle, other) = (runtime(), runtime());
    let world = World::open([Response::First, Response::Second, Response::First]);
    idle.block_on(async {
        let first = world.after(None).await.unwrap();
        assert!(world.after(Some(&first)).await.is_err());
    });
    // Another runtime fetches in its place, and plans a further one.
    other.block_on(async {
        tokio::time::advance(PAUSE).await;
        let first = world.keys.current();
        let second = world.after(first.as_ref()).await.unwrap();
        assert!(world.after(Some(&second)).await.is_err());
    });
    assert_eq!(world.asked(), 2);
    idle.block_on(pass(PAUSE));
    assert_eq!(world.asked(), 2);
    idle.block_on(pass(PAUSE * 2));
    assert_eq!(world.asked(), 3);
}

#[test]
fn a_runtime_that_ends_leaves_nobody_waiting() {
    let world = World::new([Response::Failure, Response::First]);
    ask_and_leave(&runtime(), &world);
    world.gate.add_permits(1);
    let asking = runtime().block_on(async {
        let refused = world.after(None).await;
        pass(PAUSE * 2).await;
        (refused.err(), world.after(None).await.is_ok())
    });
    assert_eq!(asking, (Some(Check::Key), true));
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let world = World::new([Response::First]);
    let outside = || {
        let asking = pin!(world.keys.after(None, 1_000));
        let Poll::Ready(outcome) = asking.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("nobody will wake it");
        };
        outcome.map_err(|error| error.check())
    };
    assert_eq!(outside().err(), Some(Check::Key));
    assert_eq!(world.asked(), 0);
    // Nor can it wait for a fetch elsewhere: no time passes here.
    let runtime = runtime();
    ask_and_leave(&runtime, &world);
    assert_eq!(outside().err(), Some(Check::Key));
    world.gate.add_permits(1);
    runtime.block_on(let_others_run());
    assert!(outside().is_ok());
}
