CREATE TABLE orders (
    id UUID,
    total Decimal(10, 2,
    paid Bool
) ENGINE = MergeTree ORDER BY id;
