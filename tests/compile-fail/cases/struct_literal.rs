//! Fields are added when the API grows, so values come from `new` and setters.

use lago_types::PlanUpdate;

fn main() {
    let _ = PlanUpdate {
        name: Some("Pro".to_owned()),
        ..PlanUpdate::new()
    };
}
