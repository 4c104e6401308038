"""The guide for partners on the documentation page. The suite runs its commands, in their order, and its program."""

from html import escape
from typing import Final

COMMANDS: Final = """\
curl {url}/v1/companies -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -H "Idempotency-Key: company-4711" \\
  -d '{{"external_id": "4711", "name": "Acme Roasters", "time_zone": "America/New_York", "currency": "usd"}}'

curl {url}/v1/companies/$COMPANY/payouts -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{{"data": [{{"external_id": "payout-1", "amount": {{"minor_units": 97500, "currency": "usd"}},
        "arrival_date": "2026-06-30", "items": [{{"external_id": "payment-1", "type": "charge",
        "amount": {{"minor_units": 100000, "currency": "usd"}},
        "fee": {{"minor_units": 2500, "currency": "usd"}}}}]}}]}}'

curl {url}/v1/companies/$COMPANY/bank/accounts -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{{"external_id": "checking", "name": "Checking", "currency": "usd"}}'

curl {url}/v1/companies/$COMPANY/deposits -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{{"data": [{{"external_id": "line-1", "account": "checking", "date": "2026-06-30",
        "amount": {{"minor_units": 97500, "currency": "usd"}}, "text": "STRIPE TRANSFER"}}]}}'

curl "{url}/v1/companies/$COMPANY/matches?updated_since=2026-01-01T00:00:00Z" -H "Authorization: Bearer $KEY"

curl {url}/v1/webhook_endpoints -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{{"url": "https://hooks.partner.example/tieout", "event_types": ["deposit.matched", "match.needs_review"]}}'"""

RECEIVER: Final = """\
import base64, hashlib, hmac, time

def is_tieouts(headers, body, secret, now=time.time):
    \"\"\"Of the body as it arrived, before it is parsed. Headers by their names in small letters.\"\"\"
    said = headers["webhook-timestamp"]
    if not said.isascii() or not said.isdigit() or abs(now() - int(said)) > 300:
        return False  # an old one, sent again by somebody else
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{said}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    return any(hmac.compare_digest(expected, each.encode()) for each in headers["webhook-signature"].split(" "))"""


def partner_guide(public_url: str) -> str:
    """The guide, as HTML. It tells of what there is, not of what will be."""
    hooks = f"{escape(public_url)}/webhooks/stripe/YOUR_ID"
    return f"""<h2>Guide for partners</h2>
<h3>Keys: test, then live</h3>
<p>Every call bears a secret: <code>Authorization: Bearer tie_test_…</code>. Test and live keys see two worlds that
never meet, with their own companies, endpoints and events. Develop with a test key; go live with a live one, and the
same code. A new key takes an old one's place with <code>POST /v1/api_keys</code>: for as long as you say, both work.
People get sessions of an hour, as owner or bookkeeper of one company, by a token that your server makes and their
page exchanges. Who sends many wrong secrets from one address must wait.</p>
<h3>From a company to a match</h3>
<pre>{escape(COMMANDS.format(url=public_url))}</pre>
<p>Money is whole minor units. Everything is known by your own <code>external_id</code>: telling the same again
changes nothing, telling something else corrects, and a list of many is taken whole or not at all. Statement files go
to <code>/bank/statements</code>. Stripe accounts that are connected are read for you (below);
nothing is read from Plaid yet: push what you read there.</p>
<p>Reconciliation runs by itself after each change, usually in a moment. What is sure is matched; the rest waits with
its candidates, for a person to confirm, reject, or match by hand, each of which can be reversed. A payout is not
called late before the bank's lines up to its day are known. <code>/proof</code> shows that nothing is missing.</p>
<h3>Your Stripe platform: test, then live</h3>
<p>Give your platform's keys with <code>PUT /v1/integrations/stripe</code>, once with your test key and, when all is
well, once with your live one; each mode takes only keys of its own. A restricted key (<code>rk_…</code>) is enough:
Stripe is asked what it may read, and the answer names the permissions that are missing. The <code>client_id</code>
(<code>ca_…</code>) is in Stripe's Connect settings, under OAuth; add the <code>redirect_url</code> of the answer there.
Secrets are sealed, and never shown again.</p>
<p>Then make two endpoints in Stripe's Workbench, one for events of your account and one for events of connected
accounts, both with the <code>webhook_url</code> of the answer. In test mode that is
<code>{hooks}/test</code>, in live mode <code>{hooks}/live</code>. Choose API version
<code>2026-10-28.endive</code> and the snapshot style. Give both signing secrets (<code>whsec_…</code>) as
<code>webhook_secrets</code>; while you roll one, give the old and the new one. What is not given stays as it is.</p>
<h3>Connecting your companies' Stripe accounts</h3>
<p>To connect an account that a user has, <code>POST /v1/companies/$COMPANY/stripe/authorizations</code> with your
<code>return_url</code> and <code>state</code>, and send the user to the <code>url</code> of the answer, once, within 15
minutes. The visit ends at your page with <code>result=connected</code> and <code>account</code>, or with
<code>result=error</code> and <code>error</code>, and your <code>state</code>: check that it is that user's session
which you gave it. For an account that your platform makes, use <code>method: account_link</code>;
<code>result=incomplete</code> means that its owner has not told Stripe everything: begin again with that
<code>account</code>. Accounts that your platform reaches already, or its own, are connected by
<code>POST …/stripe/accounts</code>. An account is one company's for good. <code>DELETE</code> ends the reading,
and with <code>deauthorize=true</code> the access at Stripe; what was read stays. <code>connection.broken</code> and
<code>connection.restored</code> tell of accounts that were withdrawn, and that came back.</p>
<p>The whole history is read, then whatever is new, by your webhooks' hints and without them;
<code>GET …/stripe/accounts</code> shows how far. Once a day everything is listed anew, and
<code>GET …/feed_integrity</code> says whether it is complete, and if not, why.</p>
<h3>Invoices, and being paid</h3>
<p><code>POST /v1/companies/$COMPANY/invoices</code> makes a draft on the company's account, for a customer by
<code>id</code>, or by <code>name</code> and <code>email</code>, with your <code>application_fee</code>;
<code>/send</code> below its id finalises it and lets Stripe e-mail it, and the customer pays at its
<code>hosted_invoice_url</code>. <code>/void</code> takes it back. The account must be connected with
<code>scope: read_write</code>, and your key needs to write customers and invoices; an account that cannot take payments
yet is refused with what its owner has to do. Give an <code>Idempotency-Key</code>: after a 503, or no answer at all,
repeat the request with it, and it is done once at Stripe too. Invoices made at Stripe itself are read as well.
<code>GET …/invoices</code> follows each payment to its balance transaction, payout and deposits, and
<code>invoice.updated</code> tells of each change, in the invoice or in where its money is, once.</p>
<h3>What would come of it?</h3>
<p><code>POST /what_if</code> takes rules to add or remove, verdicts on matches, bank lines that are not Stripe's and
matches by hand, in the shapes in which they are made elsewhere, and answers what would be other: matches that would
appear, change or be reversed, payouts and bank lines before and after, breaks, and the figures of the proof.
Each list ends at 250; <code>counts</code> has all. Nothing is changed by it, and what would be refused is refused here
too. <code>POST /apply</code> below its id then does just that, once, as the one who applies it, and what was
foretold comes with the reconciliation right after. It is refused, with what moved (<code>outdated</code>), if facts,
decisions or rules are others by then, if the company's day is over, or if <code>up_to_date</code> was false, because
what had been told before was still being worked out: then ask again. A decision is answered from the records that it
touches, however large the company. A rule changes what everything is learned from: of more than 50,000 payouts and bank
lines together, its effect is not worked out, and the rule can only be added.</p>
<h3>Lists, and what changed</h3>
<p>Lists are <code>{{"data": […], "has_more": …}}</code>, of at most 250: pass the last id as
<code>starting_after</code> while <code>has_more</code> is true. With <code>updated_since</code> the oldest change
comes first; to go on, give the last record's <code>updated</code> in it, and its id as <code>starting_after</code>.
To miss nothing, remember that place.</p>
<h3>Repeating a request</h3>
<p>Write with an <code>Idempotency-Key</code>, and repeat with the same key and body whenever no answer came: the
first answer is given again for 24 hours, with <code>Idempotent-Replayed: true</code>, secrets left out. Another body
is 422, a first request that is still under way 409. A refusal is not kept. 429 and 503 bear <code>Retry-After</code>;
after a 503, nothing was changed, or all of it: repeat.</p>
<h3>Events</h3>
<p>An endpoint gets each event of its types at least once, signed by <a
href="https://www.standardwebhooks.com">Standard Webhooks</a>. A company's events come in the order of their
<code>sequence</code>, but one that failed a few times is set aside and tried again for days, while the next ones go
on: tell repeated ones by <code>webhook-id</code>. Answer 2xx within seconds, then work. Redirects are not followed,
and private addresses are refused. An endpoint that answers 410, or takes nothing for days, is disabled.
<code>/deliveries</code> is the log, <code>/redeliver</code> sends once more, and <code>GET /v1/events</code> has them
all, so that an endpoint is a convenience, not the only way to know.</p>
<pre>{escape(RECEIVER)}</pre>
<p>The secret is shown once, when the endpoint is added; <code>/rotate</code> gives a new one, and for as long as you
say both sign. Libraries of Standard Webhooks do the same.</p>
<h3>When something is refused</h3>
<p>Refusals are <code>application/problem+json</code> with a lasting <code>type</code>; <code>errors</code> points to
each wrong field; nothing was changed. What is somebody else's looks the same as what does not exist: 404. All of them
are <a href="#problems">below</a>. Send a <code>Request-Id</code> of your own, or quote ours.</p>"""
