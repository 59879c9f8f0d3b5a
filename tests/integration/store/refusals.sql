CREATE TABLE small (n Int64, at DateTime64(6, 'UTC'), due DateTime64(6, 'UTC'), CONSTRAINT even CHECK n % 1000 != 7)
ENGINE = MergeTree PARTITION BY n % 3 ORDER BY n;

CREATE TABLE small_hours (hour DateTime, rows SimpleAggregateFunction(sum, UInt64),
                          sum SimpleAggregateFunction(sum, Int64))
ENGINE = AggregatingMergeTree ORDER BY hour;

CREATE MATERIALIZED VIEW small_hours_feed TO small_hours AS
SELECT toStartOfHour(at) AS hour, count() AS rows, sum(toInt64(n)) AS sum FROM small GROUP BY hour;
