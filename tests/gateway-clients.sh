#!/usr/bin/env bash
# Lets clients that nobody here wrote use the REST adapter in place of Lago, before the stateful stand-in:
#
#   1. Lago's own client for Python, and
#   2. the one for JavaScript: each makes a metric, a plan, a customer whose id has a dot, a subscription and an event, and
#      reads what that comes to.
#   3. schemathesis calls the adapter, before one that remembers nothing, with whatever the document allows, and checks
#      each response against it.
#
#   tests/gateway-clients.sh [python|javascript|schemathesis]...
#
# Needs node with npm, python3 with venv, and the two registries. Nothing is installed outside of target/gateway-clients.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/servers.sh

clients=${*:-python javascript schemathesis}
folder=$target/gateway-clients
mkdir -p "$folder"

cargo build --quiet -p lago-tests --bin mock --bin gateway
# Starts a stand-in and an adapter before it, whose address is in `url` then.
adapter() { # option of the stand-in...
    local behind port
    behind=$(free_port)
    "$target/debug/mock" --port "$behind" "$@" >>"$folder/mock.log" 2>&1 &
    started+=($!)
    wait_for "$behind" $!
    port=$(free_port)
    LAGO_API_KEY=of-the-adapter "$target/debug/gateway" serve --port "$port" --url "http://127.0.0.1:$behind" \
        2>>"$folder/gateway.log" &
    started+=($!)
    wait_for "$port" $!
    url=http://127.0.0.1:$port
}

rm -f "$folder/mock.log" "$folder/gateway.log"
adapter --stateful

venv() { # package
    [[ -x $folder/venv/bin/python ]] || python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet "$1"
}

failed=0
if [[ " $clients " == *" python "* ]]; then
    venv lago-python-client==1.55.0
    "$folder/venv/bin/python" - "$url" <<'PYTHON' || failed=1
import sys, time

from lago_python_client.client import Client
from lago_python_client.exceptions import LagoApiError
from lago_python_client.models import BillableMetric, Charge, Charges, Customer, Event, Plan, Subscription

lago = Client(api_key="of-nobody", api_url=sys.argv[1])
metric = lago.billable_metrics.create(BillableMetric(name="Calls", code="py_calls", aggregation_type="count_agg"))
charge = Charge(billable_metric_id=metric.lago_id, charge_model="standard", pay_in_advance=False, invoiceable=True,
                properties={"amount": "0.5"})
lago.plans.create(Plan(name="Pro", code="py_pro", interval="monthly", amount_cents=1000, amount_currency="EUR",
                       pay_in_advance=False, charges=Charges(__root__=[charge])))
lago.customers.create(Customer(external_id="py.acme", name="Acme", currency="EUR"))
lago.subscriptions.create(
    Subscription(external_customer_id="py.acme", plan_code="py_pro", external_id="py_sub"))
lago.events.create(Event(transaction_id="py-1", external_subscription_id="py_sub", code="py_calls",
                         timestamp=int(time.time())))
usage = lago.customers.current_usage("py.acme", "py_sub")
assert (usage.charges_usage[0].units, usage.amount_cents) == ("1.0", 50), usage
assert lago.customers.find("py.acme").external_id == "py.acme"
try:
    lago.plans.find("nothing")
    raise AssertionError("there is such a plan")
except LagoApiError as error:
    assert (error.status_code, error.response["code"]) == (404, "plan_not_found"), error
print("python: 8 calls as expected")
PYTHON
fi
if [[ " $clients " == *" javascript "* ]]; then
    npm install --silent --no-audit --no-fund --prefix "$folder" lago-javascript-client@1.53.0
    cat >"$folder/client.mjs" <<'JAVASCRIPT'
import assert from 'node:assert/strict';
import { Client, getLagoError } from 'lago-javascript-client';

const lago = Client('of-nobody', { baseUrl: `${process.argv[2]}/api/v1` });
const { data: { billable_metric } } = await lago.billableMetrics.createBillableMetric(
    { billable_metric: { name: 'Calls', code: 'js_calls', aggregation_type: 'count_agg' } });
const charge = { billable_metric_id: billable_metric.lago_id, charge_model: 'standard', pay_in_advance: false,
    invoiceable: true, properties: { amount: '0.5' } };
await lago.plans.createPlan({ plan: { name: 'Pro', code: 'js_pro', interval: 'monthly', amount_cents: 1000,
    amount_currency: 'EUR', pay_in_advance: false, charges: [charge] } });
await lago.customers.createCustomer({ customer: { external_id: 'js.acme', name: 'Acme', currency: 'EUR' } });
await lago.subscriptions.createSubscription(
    { subscription: { external_customer_id: 'js.acme', plan_code: 'js_pro', external_id: 'js_sub' } });
await lago.events.createEvent({ event: { transaction_id: 'js-1', external_subscription_id: 'js_sub', code: 'js_calls',
    timestamp: Math.floor(Date.now() / 1000) } });
const { data: { customer_usage } } = await lago.customers.findCustomerCurrentUsage(
    'js.acme', { external_subscription_id: 'js_sub' });
assert.deepEqual([customer_usage.charges_usage[0].units, customer_usage.amount_cents], ['1.0', 50]);
const page = await lago.invoices.findAllInvoices({ page: 1, per_page: 2 });
assert.equal(page.data.invoices.length, 0);
const refusal = await lago.plans.findPlan('nothing').catch((error) => getLagoError(error));
assert.equal(refusal.code, 'plan_not_found');
console.log('javascript: 8 calls as expected');
JAVASCRIPT
    node "$folder/client.mjs" "$url" || failed=1
fi
if [[ " $clients " == *" schemathesis "* ]]; then
    venv schemathesis==4.32.5
    cargo xtask spec merged --format json >"$folder/merged.json"
    # Without a prefix paths are those of the first version.
    python3 - "$folder/merged.json" "$folder/first.json" <<'PYTHON'
import json, sys

source, target = sys.argv[1:]
document = json.load(open(source))
for item in document["paths"].values():
    for key in [key for key, operation in item.items() if isinstance(operation, dict) and "servers" in operation]:
        del item[key]
document["paths"] = {path: item for path, item in document["paths"].items() if item}
document["servers"] = [{"url": "/"}]
json.dump(document, open(target, "w"))
PYTHON
    # As tests/referee.sh does it with the stand-in alone, where the reasons stand: what is remembered is what was sent, by
    # chance, and no response that Lago would give. It leaves a folder where it runs.
    adapter
    (cd "$folder" && venv/bin/schemathesis run first.json --url "$url" --seed 1 --max-examples "${EXAMPLES:-5}" \
        --mode positive --checks not_a_server_error,content_type_conformance,response_schema_conformance \
        --exclude-operation-id createEvent --exclude-operation-id createBatchEvents --continue-on-failure) || failed=1
fi
requests=$(grep -c ' attempts=' "$folder/gateway.log" || true)
echo "gateway: $requests requests passed on, $(grep -c ' attempts=1 ' "$folder/gateway.log" || true) of them sent once"
exit "$failed"
