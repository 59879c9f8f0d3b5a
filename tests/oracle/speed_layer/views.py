"""Views by their last updates: the engine's own, or those that the DDL derives from events."""

from .comparison import compare, compare_close, latest


def check_views(db, root, folder="views"):
    """`folder`/<view>: the engine's own views, or those that the DDL derives from events."""
    kinds = (("page_views", "page_view"), ("product_views", "product_view"),
             ("searches", "search"), ("add_to_carts", "add_to_cart"),
             ("remove_from_cart", "remove_from_cart"), ("checkout_starts", "checkout_start"),
             ("purchases", "purchase"), ("logins", "login"), ("logouts", "logout"))
    day = "make_timestamp(t)::DATE"
    latest(db, "out_funnel", root / folder / "conversion_funnel",
           {"date": "DATE", "hour": "BIGINT", "user_tier": "VARCHAR"}
           | {name: "BIGINT" for name, _ in kinds}
           | {"unique_users": "BIGINT", "unique_sessions": "BIGINT"},
           ("date", "hour", "user_tier"))
    counts = ", ".join(f"count(*) FILTER (event_type = '{kind}') AS {name}"
                       for name, kind in kinds)
    names = ", ".join(name for name, _ in kinds)
    funnel = (f"SELECT {day} AS date, hour(make_timestamp(t)) AS hour, user_tier, {counts}, "
              f"count(DISTINCT user_id) AS u, count(DISTINCT session_id) AS s FROM enriched "
              f"GROUP BY ALL")
    compare(db, f"{folder} conversion_funnel",
            f"SELECT date, hour, user_tier, {names} FROM ({funnel})",
            f"SELECT date, hour, user_tier, {names} FROM out_funnel")
    for mine, theirs in (("u", "unique_users"), ("s", "unique_sessions")):
        compare_close(db, f"{folder} conversion_funnel {theirs} (approximate)",
                      f"SELECT e.date, e.hour, e.user_tier, e.{mine}, o.{theirs} FROM ({funnel}) e "
                      f"LEFT JOIN out_funnel o USING (date, hour, user_tier)")
    latest(db, "out_tiers", root / folder / "user_tier_performance",
           {"date": "DATE", "user_tier": "VARCHAR", "total_events": "BIGINT",
            "purchases": "BIGINT", "avg_order_value": "DECIMAL(38, 6)",
            "active_users": "BIGINT", "sessions": "BIGINT"}, ("date", "user_tier"))
    tiers = (f"SELECT {day} AS date, user_tier, count(*) AS total_events, count(*) FILTER "
             f"(event_type = 'purchase') AS purchases, "
             f"CAST(sum(amount) FILTER (event_type = 'purchase') AS DECIMAL(38, 6)) AS amount "
             f"FROM enriched GROUP BY ALL")
    compare(db, f"{folder} user_tier_performance",
            f"SELECT date, user_tier, total_events, purchases FROM ({tiers})",
            "SELECT date, user_tier, total_events, purchases FROM out_tiers")
    compare_close(db, f"{folder} user_tier_performance average order (exact to 6 digits)",
                  f"SELECT e.date, e.user_tier, e.amount::DOUBLE / e.purchases, "
                  f"o.avg_order_value::DOUBLE FROM ({tiers}) e LEFT JOIN out_tiers o "
                  f"USING (date, user_tier) WHERE e.purchases > 0", tolerance=1e-7)
    latest(db, "out_products", root / folder / "product_performance",
           {"date": "DATE", "product_id": "VARCHAR", "views": "BIGINT", "add_to_carts": "BIGINT",
            "purchases": "BIGINT", "unique_viewers": "BIGINT", "unique_sessions": "BIGINT"},
           ("date", "product_id"))
    products = (f"SELECT {day} AS date, product_id, "
                f"count(*) FILTER (event_type = 'product_view') AS views, "
                f"count(*) FILTER (event_type = 'add_to_cart') AS add_to_carts, "
                f"count(*) FILTER (event_type = 'purchase') AS purchases, "
                f"count(DISTINCT user_id) AS u, count(DISTINCT session_id) AS s "
                f"FROM enriched WHERE product_id IS NOT NULL GROUP BY ALL")
    compare(db, f"{folder} product_performance",
            f"SELECT date, product_id, views, add_to_carts, purchases FROM ({products})",
            "SELECT date, product_id, views, add_to_carts, purchases FROM out_products")
    for mine, theirs in (("u", "unique_viewers"), ("s", "unique_sessions")):
        compare_close(db, f"{folder} product_performance {theirs} (approximate)",
                      f"SELECT e.date, e.product_id, e.{mine}, o.{theirs} FROM ({products}) e "
                      f"LEFT JOIN out_products o USING (date, product_id)")


def check_ddl_views(db, root):
    if (root / "ddl_views").is_dir():
        check_views(db, root, "ddl_views")
