//! Subscriptions: pending, active, terminated, and from one plan to another.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::ask::{Ask, view};
use super::crud::made;
use super::customers;
use super::entitlements;
use super::object::lay;
use super::refusal::{Outcome, Refusal};
use super::store::{Fields, Store, stamp, text};
use super::subscribed::NAME;

/// Creates a subscription, or changes the one of that external id: its name, or its plan.
pub(super) fn upsert(store: &mut Store, ask: &Ask) -> Outcome {
    let sent = ask.object();
    let customer = customers::known(store, text(&sent, "external_customer_id"))?;
    let plan = store
        .find("plans", "code", text(&sent, "plan_code"))
        .ok_or_else(|| Refusal::missing("plan"))?
        .fields
        .clone();
    let external_id = text(&sent, "external_id");
    if external_id.is_empty() {
        return Err(Refusal::field("external_id", "value_is_mandatory"));
    }
    let is_living = |status: &str| matches!(status, "active" | "pending");
    let there = store.all(NAME).iter().rposition(|entry| {
        entry.text("external_id") == external_id
            && is_living(entry.text("status"))
            && entry.text("previous_plan_code").is_empty()
            || entry.text("external_id") == external_id && entry.text("status") == "active"
    });
    match there {
        None => {
            let fields = started(store, ask, &sent, &customer, &plan)?;
            store.push(NAME, fields.clone());
            if text(&fields, "status") == "active" {
                store.tell("subscription.started", &fields);
            }
            Ok(shown(store, ask, &fields))
        }
        Some(index) => changed(store, ask, index, &sent, &customer, &plan),
    }
}

/// A subscription that begins now, or at the time that was sent if that is yet to come.
fn started(
    store: &mut Store,
    ask: &Ask,
    sent: &Fields,
    customer: &Fields,
    plan: &Fields,
) -> Result<Fields, Refusal> {
    let mut fields = made(store, ask, "subscription", sent)?;
    let now = store.now();
    let at = time(sent, "subscription_at").unwrap_or(now);
    fields.insert("lago_customer_id".into(), customer["lago_id"].clone());
    fields.insert("subscription_at".into(), json!(stamp(at)));
    on_plan(&mut fields, plan);
    match at > now {
        true => {
            fields.insert("status".into(), json!("pending"));
        }
        false => begin(&mut fields, at, now, text(plan, "interval")),
    }
    Ok(fields)
}

fn on_plan(fields: &mut Fields, plan: &Fields) {
    for (theirs, ours) in [
        ("code", "plan_code"),
        ("amount_cents", "plan_amount_cents"),
        ("amount_currency", "plan_amount_currency"),
    ] {
        let value = plan.get(theirs).cloned().unwrap_or_default();
        fields.insert(ours.to_owned(), value);
    }
}

fn begin(fields: &mut Fields, at: DateTime<Utc>, now: DateTime<Utc>, interval: &str) {
    fields.insert("status".into(), json!("active"));
    fields.insert("started_at".into(), json!(stamp(at)));
    let period = period(now.date_naive(), interval);
    for (name, time) in [
        (
            "current_billing_period_started_at",
            period.map(|(from, _)| from.max(at)),
        ),
        ("current_billing_period_ending_at", period.map(|(_, to)| to)),
    ] {
        fields.insert(name.to_owned(), json!(time.map(stamp)));
    }
}

/// The period of the calendar that a day is in, in UTC; none for an interval that is not known.
fn period(day: NaiveDate, interval: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (from, next) = match interval {
        "weekly" => {
            let back = Days::new(u64::from(day.weekday().num_days_from_monday()));
            let from = day.checked_sub_days(back)?;
            (from, from.checked_add_days(Days::new(7))?)
        }
        interval => {
            let months: u32 = match interval {
                "monthly" => 1,
                "quarterly" => 3,
                "semiannual" => 6,
                "yearly" => 12,
                _ => return None,
            };
            let from = day
                .with_day(1)?
                .with_month(day.month0() / months * months + 1)?;
            (from, from.checked_add_months(Months::new(months))?)
        }
    };
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    Some((midnight(from), midnight(next) - TimeDelta::seconds(1)))
}

/// The subscription of that external id with what was sent: on the same plan it is updated; on a dearer one another
/// takes its place at once; on a cheaper one another waits until its period ends.
fn changed(
    store: &mut Store,
    ask: &Ask,
    index: usize,
    sent: &Fields,
    customer: &Fields,
    plan: &Fields,
) -> Outcome {
    let there = store.all(NAME)[index].fields.clone();
    let old = text(&there, "plan_code").to_owned();
    if old == text(plan, "code") {
        let mut fields = there;
        lay(&mut fields, &ask.example(), "subscription", sent, store)?;
        store.all_mut(NAME)[index].fields.clone_from(&fields);
        return Ok(shown(store, ask, &fields));
    }
    if text(&there, "status") == "pending" {
        let mut fields = there;
        on_plan(&mut fields, plan);
        store.all_mut(NAME)[index].fields.clone_from(&fields);
        return Ok(shown(store, ask, &fields));
    }
    let old_plan = store.find("plans", "code", &old);
    let old_plan = old_plan
        .map(|entry| entry.fields.clone())
        .unwrap_or_default();
    let is_upgrade = per_year(plan) >= per_year(&old_plan);
    let mut next = started(store, ask, sent, customer, plan)?;
    next.insert("previous_plan_code".into(), json!(old));
    next.insert(
        "subscription_at".into(),
        there.get("subscription_at").cloned().unwrap_or_default(),
    );
    let now = store.stamp();
    let before = &mut store.all_mut(NAME)[index].fields;
    before.insert("next_plan_code".into(), plan["code"].clone());
    if is_upgrade {
        before.insert("status".into(), json!("terminated"));
        before.insert("terminated_at".into(), json!(now));
        let before = before.clone();
        store.push(NAME, next.clone());
        store.tell("subscription.terminated", &before);
        store.tell("subscription.started", &next);
        return Ok(shown(store, ask, &next));
    }
    let ends = time(before, "current_billing_period_ending_at");
    let date = ends.map(|ends| {
        (ends + TimeDelta::seconds(1))
            .format("%Y-%m-%d")
            .to_string()
    });
    before.insert("downgrade_plan_date".into(), json!(date));
    let before = before.clone();
    next.insert("status".into(), json!("pending"));
    next.insert("started_at".into(), Value::Null);
    // A second downgrade takes the place of the first.
    store.all_mut(NAME).retain(|entry| {
        entry.text("external_id") != text(&next, "external_id") || entry.text("status") != "pending"
    });
    store.push(NAME, next);
    Ok(shown(store, ask, &before))
}

/// What a plan costs in a year, in cents, to be compared with another.
fn per_year(plan: &Fields) -> i64 {
    let cents = plan.get("amount_cents").and_then(Value::as_i64);
    let times = match text(plan, "interval") {
        "weekly" => 52,
        "monthly" => 12,
        "quarterly" => 4,
        "semiannual" => 2,
        _ => 1,
    };
    cents.unwrap_or_default().saturating_mul(times)
}

fn time(fields: &Fields, name: &str) -> Option<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text(fields, name)).ok()?;
    Some(time.to_utc())
}

/// The subscription that a path and a status name, the latest.
fn named(store: &Store, ask: &Ask) -> Result<usize, Refusal> {
    let status = ask.query("status").unwrap_or("active");
    let external_id = ask.parameter("external_id").unwrap_or_default();
    let found = store.all(NAME).iter().rposition(|entry| {
        entry.text("external_id") == external_id && entry.text("status") == status
    });
    found.ok_or_else(|| Refusal::missing("subscription"))
}

pub(super) fn get(store: &mut Store, ask: &Ask) -> Outcome {
    let index = named(store, ask)?;
    Ok(shown(store, ask, &store.all(NAME)[index].fields))
}

pub(super) fn update(store: &mut Store, ask: &Ask) -> Outcome {
    let index = named(store, ask)?;
    let mut fields = store.all(NAME)[index].fields.clone();
    lay(
        &mut fields,
        &ask.example(),
        "subscription",
        &ask.object(),
        store,
    )?;
    store.all_mut(NAME)[index].fields.clone_from(&fields);
    store.tell("subscription.updated", &fields);
    Ok(shown(store, ask, &fields))
}

/// Terminates an active subscription, or cancels a pending one. Nothing is billed, whatever the parameters say.
pub(super) fn delete(store: &mut Store, ask: &Ask) -> Outcome {
    let index = named(store, ask)?;
    let now = store.stamp();
    let fields = &mut store.all_mut(NAME)[index].fields;
    let (status, at) = match text(fields, "status") {
        "pending" => ("canceled", "canceled_at"),
        _ => ("terminated", "terminated_at"),
    };
    fields.insert("status".into(), json!(status));
    fields.insert(at.into(), json!(now));
    for name in ["on_termination_credit_note", "on_termination_invoice"] {
        if let Some(value) = ask.query(name) {
            fields.insert(name.into(), json!(value));
        }
    }
    let fields = fields.clone();
    // What was to follow it does not come either.
    for entry in store.all_mut(NAME) {
        if entry.text("external_id") == text(&fields, "external_id")
            && entry.text("status") == "pending"
        {
            entry.fields.insert("status".into(), json!("canceled"));
            entry.fields.insert("canceled_at".into(), json!(now));
        }
    }
    store.tell("subscription.terminated", &fields);
    Ok(shown(store, ask, &fields))
}

/// What an operation shows: with the plan, where it shows it.
fn shown(store: &Store, ask: &Ask, fields: &Fields) -> Value {
    let mut body = ask.shown(fields);
    let plan = store.find("plans", "code", text(fields, "plan_code"));
    if let Some(plan) = plan
        && let Some(model) = ask.example().get("plan").and_then(Value::as_object)
    {
        body[ask.root()]["plan"] = view(model, &plan.fields);
    }
    let entry = store.find(NAME, "lago_id", text(fields, "lago_id"));
    if let Some(entry) = entry
        && ask.example().contains_key("entitlements")
    {
        body[ask.root()]["entitlements"] = entitlements::of_subscription(store, entry);
    }
    body
}

/// Lets what time has come for happen: subscriptions begin and end.
pub(super) fn tick(store: &mut Store) {
    let now = store.now();
    let mut told = Vec::new();
    let mut entries = std::mem::take(store.all_mut(NAME));
    for index in 0..entries.len() {
        let fields = &entries[index].fields;
        let external_id = text(fields, "external_id").to_owned();
        let starts = match text(fields, "status") {
            "pending" if text(fields, "previous_plan_code").is_empty() => {
                time(fields, "subscription_at").filter(|at| *at <= now)
            }
            // After a downgrade, when the period of the one before has ended.
            "pending" => entries
                .iter()
                .find(|before| {
                    before.text("external_id") == external_id && before.text("status") == "active"
                })
                .and_then(|before| time(&before.fields, "current_billing_period_ending_at"))
                .filter(|ends| *ends < now),
            _ => None,
        };
        if let Some(at) = starts {
            for before in &mut entries {
                if before.text("external_id") == external_id && before.text("status") == "active" {
                    before.fields.insert("status".into(), json!("terminated"));
                    let at = json!(stamp(at));
                    before.fields.insert("terminated_at".into(), at);
                    told.push(("subscription.terminated", before.fields.clone()));
                }
            }
            let plan = store.find("plans", "code", entries[index].text("plan_code"));
            let interval = plan.map_or(String::new(), |plan| plan.text("interval").to_owned());
            begin(&mut entries[index].fields, at, now, &interval);
            told.push(("subscription.started", entries[index].fields.clone()));
        }
        let fields = &mut entries[index].fields;
        if text(fields, "status") == "active"
            && time(fields, "ending_at").is_some_and(|ends| ends <= now)
        {
            fields.insert("status".into(), json!("terminated"));
            let ends = fields.get("ending_at").cloned().unwrap_or_default();
            fields.insert("terminated_at".into(), ends);
            told.push(("subscription.terminated", fields.clone()));
        }
    }
    *store.all_mut(NAME) = entries;
    for (webhook_type, fields) in told {
        store.tell(webhook_type, &fields);
    }
}
