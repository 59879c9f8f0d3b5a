CREATE TABLE orders (
    id Nullable(UUID),
    total Decimal(10, 2),
    paid Bool
) ENGINE = MergeTree ORDER BY (paid, id);
