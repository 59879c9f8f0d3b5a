-- Sessions of the shop.
CREATE TABLE shop.sessions (
    session_id UUID,
    started DateTime64(6),
    minutes UInt32,
    total Decimal(10, 2),
    device Enum8('web' = 1, 'app' = 2),
    country LowCardinality(String),
    stored DateTime DEFAULT now(),
    note Nullable(String)
) ENGINE = MergeTree
ORDER BY (started, session_id);
