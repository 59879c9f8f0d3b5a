CREATE TABLE orders (id UUID) ENGINE = Memory;
CREATE TABLE foo.others (id UUID) ENGINE = MergeTree ORDER BY id;
CREATE TABLE kept (id UUID) ENGINE = MergeTree ORDER BY id;
DROP TABLE kept;
