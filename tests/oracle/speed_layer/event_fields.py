"""The fields of an event in schema order, and what a good value of each is, as SQL."""

from .patterns import IPV4, TIME, UUID

EVENT_TYPES = ("page_view", "product_view", "search", "add_to_cart", "purchase",
               "remove_from_cart", "checkout_start", "login", "logout")
TIERS = ("bronze", "silver", "gold", "platinum", "unknown")

NAMES = ("event_id", "user_id", "session_id", "event_type", "timestamp", "device_type", "browser",
         "ip_address", "page_url", "product_id", "search_query", "transaction_id", "user_tier")
PATHS = "[" + ", ".join(f"'$.{name}'" for name in
                        NAMES + ("properties.amount", "properties.quantity")) + "]"
AMOUNT, QUANTITY = f"v[{len(NAMES) + 1}]", f"v[{len(NAMES) + 2}]"


# `k` and `v` hold the type and text of each path of a line: a line is parsed twice in all, not
# once per field and question.
def kind(name):
    return f"k[{NAMES.index(name) + 1}]"


def value(name):
    return f"v[{NAMES.index(name) + 1}]"


# Field checks in schema order: (field, what a good value is).
def text_field(name, good=None, required=False):
    ok = f"{kind(name)} = 'VARCHAR'" + (
        " AND " + good.replace("{v}", value(name)) if good else "")
    if required:
        return name, f"coalesce({ok}, false)"
    return name, f"({kind(name)} IS NULL OR {kind(name)} = 'NULL' OR ({ok}))"


def defaulted_text(name):
    return name, f"({kind(name)} IS NULL OR {kind(name)} = 'VARCHAR')"  # null is an error


FIELDS = [
    text_field("event_id", "regexp_full_match({v}, " + UUID + ")", required=True),
    text_field("user_id", "regexp_full_match({v}, " + UUID + ")", required=True),
    text_field("session_id", "regexp_full_match({v}, " + UUID + ")", required=True),
    text_field("event_type", "lower({v}) IN " + str(EVENT_TYPES), required=True),
    text_field("timestamp", "regexp_full_match({v}, " + TIME + ") AND "
               "try_cast({v} AS TIMESTAMPTZ) IS NOT NULL", required=True),
    defaulted_text("device_type"),
    defaulted_text("browser"),
    text_field("ip_address", "regexp_full_match({v}, " + IPV4 + ")"),
    text_field("page_url"),
    text_field("product_id", "regexp_full_match({v}, " + UUID + ")"),
    text_field("search_query"),
    text_field("transaction_id", "regexp_full_match({v}, " + UUID + ")"),
    text_field("user_tier", "{v} IN " + str(TIERS)),
]
