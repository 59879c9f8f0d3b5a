// now() and parts of times and durations. All in UTC; int64 results, rounded down.
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/time/civil_time.h"
#include "stdlib/scalar/time/time_functions.h"

namespace weir {
namespace {

const DataType kDate = DataType::Of(TypeKind::kDate);

int64_t Now(KernelRow& row) { return row.now(); }

int64_t HourOf(int64_t micros) { return FloorMod(micros, kMicrosPerDay) / kMicrosPerHour; }
int64_t MinuteOf(int64_t micros) { return FloorMod(micros, kMicrosPerHour) / kMicrosPerMinute; }
int64_t SecondOf(int64_t micros) { return FloorMod(micros, kMicrosPerMinute) / kMicrosPerSecond; }
int64_t MillisecondOf(int64_t micros) { return FloorMod(micros, kMicrosPerSecond) / 1000; }

int64_t YearOf(int64_t days) { return CivilFromDays(days).year; }
int64_t MonthOf(int64_t days) { return CivilFromDays(days).month; }
int64_t QuarterOf(int64_t days) { return (CivilFromDays(days).month + 2) / 3; }
int64_t DayOfMonth(int64_t days) { return CivilFromDays(days).day; }

template <auto OfDay>
int64_t OfTimestamp(int64_t micros) {
  return OfDay(DayOf(micros));
}

template <int64_t kUnit>
int64_t WholeUnits(int64_t micros) {
  return FloorDiv(micros, kUnit);
}

FunctionDef OfTime(const char* name, const char* doc, ScalarKernel kernel, const char* result) {
  return FunctionBuilder(name, "time", doc)
      .Takes({Param("time", DataType::Timestamp(), "a time, read in UTC")}, DataType::Int64(),
             kernel)
      .Example(std::string(name) + "(@2026-03-04T05:06:07.089Z)", result);
}

FunctionDef OfDate(const char* name, const char* doc, ScalarKernel of_time, ScalarKernel of_day,
                   const char* result) {
  return FunctionBuilder(name, "time", doc)
      .Takes({Param("time", DataType::Timestamp(), "a time, read in UTC")}, DataType::Int64(),
             of_time)
      .Takes({Param("date", kDate, "a date")}, DataType::Int64(), of_day)
      .Example(std::string(name) + "(@2026-03-04T05:06:07Z)", result);
}

FunctionDef OfDuration(const char* name, const char* doc, ScalarKernel kernel, const char* result,
                       const char* negative) {
  return FunctionBuilder(name, "time", doc)
      .Takes({Param("duration", DataType::Duration(), "a length of time")}, DataType::Int64(),
             kernel)
      .Example(std::string(name) + "(50h30m10s500ms)", result)
      .Example(std::string(name) + "(-90s)", negative);
}

}  // namespace

const std::vector<FunctionDef>& TimePartFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("now", "time",
                      "The time of the engine's clock, one for all rows of a batch. Not the same "
                      "after a replay: see ingest_time().")
          .Takes({}, DataType::Timestamp(), &RowKernel<Now>)
          .DependsOn(Volatility::kVolatile)
          .Example("now() > @2020-01-01T00:00:00Z", "true"),
      FunctionBuilder("date", "time", "The day of a time, in UTC.")
          .Takes({Param("time", DataType::Timestamp(), "a time")}, kDate, &RowKernel<DayOf>)
          .Example("to_string(date(@2026-03-04T05:06:07Z))", "\"2026-03-04\""),
      OfTime("hour", "Hour of the day, 0 to 23, in UTC.", &RowKernel<HourOf>, "5"),
      OfTime("minute", "Minute of the hour, 0 to 59.", &RowKernel<MinuteOf>, "6"),
      OfTime("second", "Second of the minute, 0 to 59.", &RowKernel<SecondOf>, "7"),
      OfTime("millisecond", "Millisecond of the second, 0 to 999.", &RowKernel<MillisecondOf>,
             "89"),
      OfDate("year", "Year, in UTC.", &RowKernel<OfTimestamp<YearOf>>, &RowKernel<YearOf>, "2026"),
      OfDate("quarter", "Quarter of the year, 1 to 4.", &RowKernel<OfTimestamp<QuarterOf>>,
             &RowKernel<QuarterOf>, "1"),
      OfDate("month", "Month of the year, 1 to 12.", &RowKernel<OfTimestamp<MonthOf>>,
             &RowKernel<MonthOf>, "3"),
      OfDate("week", "Week of the year as ISO 8601 counts, 1 to 53.",
             &RowKernel<OfTimestamp<WeekOfYear>>, &RowKernel<WeekOfYear>, "10"),
      OfDate("day", "Day of the month, 1 to 31.", &RowKernel<OfTimestamp<DayOfMonth>>,
             &RowKernel<DayOfMonth>, "4"),
      OfDate("day_of_week", "Day of the week: Monday is 1, Sunday 7.",
             &RowKernel<OfTimestamp<DayOfWeek>>, &RowKernel<DayOfWeek>, "3"),
      OfDate("day_of_year", "Day of the year, 1 to 366.", &RowKernel<OfTimestamp<DayOfYear>>,
             &RowKernel<DayOfYear>, "63"),
      OfDuration("days", "Whole days of 24 hours, rounded down.",
                 &RowKernel<WholeUnits<kMicrosPerDay>>, "2", "-1"),
      OfDuration("hours", "Whole hours, rounded down.", &RowKernel<WholeUnits<kMicrosPerHour>>,
                 "50", "-1"),
      OfDuration("minutes", "Whole minutes, rounded down.",
                 &RowKernel<WholeUnits<kMicrosPerMinute>>, "3030", "-2"),
      OfDuration("seconds", "Whole seconds, rounded down.",
                 &RowKernel<WholeUnits<kMicrosPerSecond>>, "181810", "-90"),
      OfDuration("millis", "Whole milliseconds, rounded down.", &RowKernel<WholeUnits<1000>>,
                 "181810500", "-90000"),
  };
  return functions;
}

}  // namespace weir
