CREATE TABLE plain (
    shop String,
    orders Int64
) ENGINE = MergeTree ORDER BY shop;

CREATE TABLE other_key (
    shop String,
    orders Int64
) ENGINE = ReplacingMergeTree ORDER BY (shop, orders);
