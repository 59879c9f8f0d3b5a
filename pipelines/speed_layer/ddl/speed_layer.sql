-- Tables and views of the speed layer in ClickHouse. Engines are for a replicated cluster; on a
-- single server (and in the embedded store) ReplicatedMergeTree becomes MergeTree.
--
-- Why the views are not SummingMergeTree with uniq() and avgIf(): once parts merge, such columns
-- are summed and give wrong numbers. AggregatingMergeTree keeps their states; the plain views
-- under the known names finish them.

CREATE TABLE user_events_realtime (
    event_id UUID,
    user_id UUID,
    session_id UUID,
    event_type LowCardinality(String),
    timestamp DateTime64(6),
    device_type LowCardinality(String),
    browser LowCardinality(String),
    ip_address Nullable(IPv4),
    page_url Nullable(String),
    product_id Nullable(UUID),
    search_query Nullable(String),
    transaction_id Nullable(UUID),
    user_tier LowCardinality(String),
    properties String,
    processing_time DateTime64(3) DEFAULT now64(),
    batch_id String
) ENGINE = ReplicatedMergeTree()
ORDER BY (timestamp, event_type, user_id)
PARTITION BY toYYYYMM(timestamp)
SETTINGS index_granularity = 8192, replicated_deduplication_window = 10000;

CREATE TABLE transactions_realtime (
    transaction_id UUID,
    user_id UUID,
    product_id UUID,
    quantity UInt32,
    unit_price Decimal(10, 2),
    total_amount Decimal(10, 2),
    discount_amount Decimal(10, 2),
    tax_amount Decimal(10, 2),
    status LowCardinality(String),
    payment_method LowCardinality(String),
    user_tier LowCardinality(String),
    created_at DateTime64(6),
    processing_time DateTime64(3) DEFAULT now64()
) ENGINE = ReplicatedMergeTree()
ORDER BY (created_at, user_id, transaction_id)
PARTITION BY toYYYYMM(created_at)
SETTINGS index_granularity = 8192, replicated_deduplication_window = 10000;

-- Complete sessions only; partial ones go to the topic and the cache.
CREATE TABLE user_sessions_realtime (
    session_id UUID,
    user_id UUID,
    user_tier LowCardinality(String),
    session_start DateTime64(6),
    session_end DateTime64(6),
    session_duration_minutes UInt32,
    page_views UInt32,
    product_views UInt32,
    searches UInt32,
    add_to_cart_events UInt32,
    purchases UInt32,
    total_spent Decimal(18, 2),
    items_purchased UInt32,
    device_type LowCardinality(String),
    browser LowCardinality(String),
    converted_to_purchase Boolean,
    processing_time DateTime64(3) DEFAULT now64()
) ENGINE = ReplicatedMergeTree()
ORDER BY (session_start, user_id, session_id)
PARTITION BY toYYYYMM(session_start)
SETTINGS index_granularity = 8192, replicated_deduplication_window = 10000;

CREATE TABLE conversion_funnel_state (
    date Date,
    hour UInt8,
    user_tier LowCardinality(String),
    page_views SimpleAggregateFunction(sum, UInt64),
    product_views SimpleAggregateFunction(sum, UInt64),
    searches SimpleAggregateFunction(sum, UInt64),
    add_to_carts SimpleAggregateFunction(sum, UInt64),
    remove_from_cart SimpleAggregateFunction(sum, UInt64),
    checkout_starts SimpleAggregateFunction(sum, UInt64),
    purchases SimpleAggregateFunction(sum, UInt64),
    logins SimpleAggregateFunction(sum, UInt64),
    logouts SimpleAggregateFunction(sum, UInt64),
    unique_users AggregateFunction(uniq, UUID),
    unique_sessions AggregateFunction(uniq, UUID)
) ENGINE = ReplicatedAggregatingMergeTree()
ORDER BY (date, user_tier, hour)
SETTINGS replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW conversion_funnel_feed TO conversion_funnel_state
AS SELECT
    toDate(timestamp) AS date,
    toHour(timestamp) AS hour,
    user_tier,
    countIf(event_type = 'page_view') AS page_views,
    countIf(event_type = 'product_view') AS product_views,
    countIf(event_type = 'search') AS searches,
    countIf(event_type = 'add_to_cart') AS add_to_carts,
    countIf(event_type = 'remove_from_cart') AS remove_from_cart,
    countIf(event_type = 'checkout_start') AS checkout_starts,
    countIf(event_type = 'purchase') AS purchases,
    countIf(event_type = 'login') AS logins,
    countIf(event_type = 'logout') AS logouts,
    uniqState(user_id) AS unique_users,
    uniqState(session_id) AS unique_sessions
FROM user_events_realtime
GROUP BY date, hour, user_tier;

CREATE VIEW conversion_funnel_mv AS SELECT
    date, hour, user_tier,
    sum(page_views) AS page_views,
    sum(product_views) AS product_views,
    sum(searches) AS searches,
    sum(add_to_carts) AS add_to_carts,
    sum(remove_from_cart) AS remove_from_cart,
    sum(checkout_starts) AS checkout_starts,
    sum(purchases) AS purchases,
    sum(logins) AS logins,
    sum(logouts) AS logouts,
    uniqMerge(unique_users) AS unique_users,
    uniqMerge(unique_sessions) AS unique_sessions
FROM conversion_funnel_state
GROUP BY date, hour, user_tier;

CREATE TABLE user_tier_performance_state (
    date Date,
    user_tier LowCardinality(String),
    total_events SimpleAggregateFunction(sum, UInt64),
    active_users AggregateFunction(uniq, UUID),
    sessions AggregateFunction(uniq, UUID),
    purchases SimpleAggregateFunction(sum, UInt64),
    avg_order_value AggregateFunction(avgIf, Float64, UInt8)
) ENGINE = ReplicatedAggregatingMergeTree()
ORDER BY (date, user_tier)
SETTINGS replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW user_tier_performance_feed TO user_tier_performance_state
AS SELECT
    toDate(timestamp) AS date,
    user_tier,
    count() AS total_events,
    uniqState(user_id) AS active_users,
    uniqState(session_id) AS sessions,
    countIf(event_type = 'purchase') AS purchases,
    avgIfState(toFloat64OrZero(JSONExtractString(properties, 'amount')),
               event_type = 'purchase') AS avg_order_value
FROM user_events_realtime
GROUP BY date, user_tier;

CREATE VIEW user_tier_performance_mv AS SELECT
    date, user_tier,
    sum(total_events) AS total_events,
    uniqMerge(active_users) AS active_users,
    uniqMerge(sessions) AS sessions,
    sum(purchases) AS purchases,
    avgIfMerge(avg_order_value) AS avg_order_value
FROM user_tier_performance_state
GROUP BY date, user_tier;

CREATE TABLE product_performance_state (
    date Date,
    product_id UUID,
    views SimpleAggregateFunction(sum, UInt64),
    add_to_carts SimpleAggregateFunction(sum, UInt64),
    purchases SimpleAggregateFunction(sum, UInt64),
    unique_viewers AggregateFunction(uniq, UUID),
    unique_sessions AggregateFunction(uniq, UUID)
) ENGINE = ReplicatedAggregatingMergeTree()
ORDER BY (date, product_id)
SETTINGS replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW product_performance_feed TO product_performance_state
AS SELECT
    toDate(timestamp) AS date,
    assumeNotNull(product_id) AS product_id,
    countIf(event_type = 'product_view') AS views,
    countIf(event_type = 'add_to_cart') AS add_to_carts,
    countIf(event_type = 'purchase') AS purchases,
    uniqState(user_id) AS unique_viewers,
    uniqState(session_id) AS unique_sessions
FROM user_events_realtime
-- With the table's name: product_id alone is the column of this SELECT, which is never null.
WHERE user_events_realtime.product_id IS NOT NULL
GROUP BY date, product_id;

CREATE VIEW product_performance_mv AS SELECT
    date, product_id,
    sum(views) AS views,
    sum(add_to_carts) AS add_to_carts,
    sum(purchases) AS purchases,
    uniqMerge(unique_viewers) AS unique_viewers,
    uniqMerge(unique_sessions) AS unique_sessions
FROM product_performance_state
GROUP BY date, product_id;
