"""Page counts and conversion rates by tumbling window."""

from .comparison import compare, compare_close, read_output
from .limits import MINUTE_US


def in_window(minutes, lateness_minutes=1):
    """Rows that are not late for their tumbling window."""
    size = minutes * MINUTE_US
    return (f"(stamp IS NULL OR (t // {size} + 1) * {size} + {lateness_minutes * MINUTE_US} "
            f"> stamp)"), f"(t // {size}) * {size}"


def check_windows(db, root):
    ok, start = in_window(5)
    read_output(db, "out_pages", root / "log" / "page-view-counts", {
        "page_url": "VARCHAR", "window_start": "TIMESTAMPTZ", "views": "BIGINT",
        "visitors": "BIGINT"})
    pages = (f"SELECT page_url, {start} AS w, count(*) AS views, count(DISTINCT user_id) AS "
             f"visitors FROM enriched WHERE event_type = 'page_view' AND page_url IS NOT NULL "
             f"AND {ok} GROUP BY ALL")
    compare(db, "page counts", f"SELECT page_url, w, views FROM ({pages})",
            "SELECT page_url, epoch_us(window_start), views FROM out_pages")
    compare_close(db, "page visitors (approximate)",
                  f"SELECT e.page_url, e.w, e.visitors, o.visitors FROM ({pages}) e LEFT JOIN "
                  f"out_pages o ON e.page_url = o.page_url AND e.w = epoch_us(o.window_start)")
    read_output(db, "out_rates", root / "log" / "conversion-rates", {
        "user_tier": "VARCHAR", "window_start": "TIMESTAMPTZ", "page_views": "BIGINT",
        "product_views": "BIGINT", "add_to_carts": "BIGINT", "checkout_starts": "BIGINT",
        "purchases": "BIGINT", "conversion_rate": "DOUBLE"})
    counts = ", ".join(f"count(*) FILTER (event_type = '{kind}') AS {name}" for name, kind in (
        ("page_views", "page_view"), ("product_views", "product_view"),
        ("add_to_carts", "add_to_cart"), ("checkout_starts", "checkout_start"),
        ("purchases", "purchase")))
    compare(db, "conversion windows",
            f"SELECT *, CASE WHEN page_views = 0 THEN 0 ELSE purchases::DOUBLE / page_views END "
            f"FROM (SELECT user_tier, {start} AS w, {counts} FROM enriched WHERE {ok} "
            f"GROUP BY user_tier, w)",
            "SELECT user_tier, epoch_us(window_start), page_views, product_views, add_to_carts, "
            "checkout_starts, purchases, conversion_rate FROM out_rates")
    ok, start = in_window(60)
    read_output(db, "out_hours", root / "log" / "conversion-rates-1h", {
        "user_tier": "VARCHAR", "event_type": "VARCHAR", "window_start": "TIMESTAMPTZ",
        "events": "BIGINT"})
    compare(db, "hourly counts",
            f"SELECT user_tier, event_type, {start} AS w, count(*) FROM enriched WHERE {ok} "
            f"GROUP BY ALL",
            "SELECT user_tier, event_type, epoch_us(window_start), events FROM out_hours")
