CREATE TABLE per_shop (
    shop String,
    orders Int64
) ENGINE = ReplacingMergeTree ORDER BY shop;
