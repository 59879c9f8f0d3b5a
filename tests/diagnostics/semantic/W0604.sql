CREATE TABLE orders (
    id UUID,
    total Decimal(10, 2),
    paid Bool,
    at DateTime64(3)
) ENGINE = MergeTree ORDER BY id;
