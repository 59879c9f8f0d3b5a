CREATE TABLE orders (
    id UUID,
    total Decimal(10, 2),
    paid Bool,
    stored DateTime DEFAULT now()
) ENGINE = MergeTree ORDER BY id;
