// Truncation of times, and times from and to numbers and text.
#include <fmt/format.h>

#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/time/civil_time.h"
#include "stdlib/scalar/time/time_functions.h"
#include "stdlib/scalar/time/time_pattern.h"

namespace weir {
namespace {

enum class TimeUnit : uint8_t {
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kUnknown
};

TimeUnit UnitOf(std::string_view name) {
  constexpr std::string_view kNames[] = {"second", "minute", "hour",    "day",
                                         "week",   "month",  "quarter", "year"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<TimeUnit>(i);
  }
  return TimeUnit::kUnknown;
}

Result<std::shared_ptr<const void>> BindUnit(std::span<const Value* const> constants) {
  const Value* name = constants[1];
  const TimeUnit unit =
      name == nullptr || name->is_null() ? TimeUnit::kUnknown : UnitOf(name->as_string());
  if (unit == TimeUnit::kUnknown) {
    return InvalidArgumentError(
        "units of time are second, minute, hour, day, week, month, quarter and year");
  }
  return std::shared_ptr<const void>(std::make_shared<TimeUnit>(unit));
}

int64_t Floor(int64_t micros, int64_t unit) { return FloorDiv(micros, unit) * unit; }

int64_t TruncateToUnit(KernelRow& row, int64_t micros, std::string_view) {
  const int64_t days = DayOf(micros);
  const CivilDate date = CivilFromDays(days);
  switch (row.bound<TimeUnit>()) {
    case TimeUnit::kSecond: return Floor(micros, kMicrosPerSecond);
    case TimeUnit::kMinute: return Floor(micros, kMicrosPerMinute);
    case TimeUnit::kHour: return Floor(micros, kMicrosPerHour);
    case TimeUnit::kDay: return days * kMicrosPerDay;
    case TimeUnit::kWeek: return (days - DayOfWeek(days) + 1) * kMicrosPerDay;
    case TimeUnit::kMonth: return DaysFromCivil(date.year, date.month, 1) * kMicrosPerDay;
    case TimeUnit::kQuarter:
      return DaysFromCivil(date.year, (date.month - 1) / 3 * 3 + 1, 1) * kMicrosPerDay;
    case TimeUnit::kYear: return DaysFromCivil(date.year, 1, 1) * kMicrosPerDay;
    case TimeUnit::kUnknown: break;
  }
  return micros;
}

int64_t TruncateToDuration(KernelRow& row, int64_t micros, int64_t unit) {
  if (unit <= 0) {
    row.Fail(RowErrorCode::kInvalidArgument, "times are cut to a duration above 0");
    return 0;
  }
  return Floor(micros, unit);
}

int64_t UnixSeconds(int64_t micros) { return FloorDiv(micros, kMicrosPerSecond); }
int64_t UnixMillis(int64_t micros) { return FloorDiv(micros, 1000); }

template <int64_t kUnit>
int64_t FromUnix(KernelRow& row, int64_t count) {
  int64_t micros = 0;
  if (__builtin_mul_overflow(count, kUnit, &micros) || !IsPrintableTime(micros)) {
    row.Fail(RowErrorCode::kOverflow, fmt::format("{} is outside the years 0000 to 9999", count));
  }
  return micros;
}

Result<std::shared_ptr<const void>> BindTimePattern(std::span<const Value* const> constants) {
  if (constants[1] == nullptr || constants[1]->is_null()) {
    return InvalidArgumentError("the pattern must be a constant");
  }
  WEIR_ASSIGN(TimePattern pattern, TimePattern::Parse(constants[1]->as_string()));
  return std::shared_ptr<const void>(std::make_shared<TimePattern>(std::move(pattern)));
}

Text FormatTime(KernelRow& row, int64_t micros, std::string_view) {
  row.bound<TimePattern>().Append(micros, row.text);
  return {};
}

int64_t ParseTime(KernelRow& row, std::string_view text, std::string_view pattern) {
  const std::optional<int64_t> micros = row.bound<TimePattern>().Read(text);
  if (!micros) {
    row.Fail(RowErrorCode::kCast,
             fmt::format("\"{}\" is not a time such as \"{}\"", text.substr(0, 60), pattern));
  }
  return micros.value_or(0);
}

ParamDef Time() { return Param("time", DataType::Timestamp(), "a time, in UTC"); }
ParamDef Pattern() {
  return ConstantParam(Param("pattern", DataType::String(),
                             "%Y year, %m month, %d day, %H hour, %M minute, %S second, %f "
                             "microseconds, %j day of the year, %a and %b names, %z offset, %%"));
}

}  // namespace

const std::vector<FunctionDef>& TimeConversionFunctions() {
  const DataType time = DataType::Timestamp();
  const DataType number = DataType::Int64();
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("truncate_time", "time",
                      "The beginning of the unit of time that holds it, in UTC; weeks begin on "
                      "Monday. Durations are counted from 1970.")
          .Fallible()
          .Takes({Time(), ConstantParam(Param("unit", DataType::String(),
                                              "second, minute, hour, day, week, month, quarter or "
                                              "year"))},
                 time, &RowKernel<TruncateToUnit>, &BindUnit)
          .Infallible()
          .Takes({Time(), Param("step", DataType::Duration(), "such as 15m")}, time,
                 &RowKernel<TruncateToDuration>)
          .Example("truncate_time(@2026-03-04T05:06:07Z, \"month\")", "@2026-03-01T00:00:00Z")
          .Example("truncate_time(@2026-03-04T05:06:07Z, \"week\")", "@2026-03-02T00:00:00Z")
          .Example("truncate_time(@2026-03-04T05:26:07Z, 15m)", "@2026-03-04T05:15:00Z")
          .Example("truncate_time(@2026-03-04T05:26:07Z, 0s)", "error: above 0"),
      FunctionBuilder("unix_seconds", "time", "Seconds since 1970, rounded down.")
          .Takes({Time()}, number, &RowKernel<UnixSeconds>)
          .Example("unix_seconds(@1970-01-02T00:00:00Z)", "86400"),
      FunctionBuilder("unix_millis", "time", "Milliseconds since 1970, rounded down.")
          .Takes({Time()}, number, &RowKernel<UnixMillis>)
          .Example("unix_millis(@1970-01-01T00:00:01.5Z)", "1500"),
      FunctionBuilder("from_unix_seconds", "time", "The time so many seconds after 1970.")
          .Fallible()
          .Takes({Param("seconds", number, "since 1970-01-01T00:00:00Z")}, time,
                 &RowKernel<FromUnix<kMicrosPerSecond>>)
          .Example("from_unix_seconds(86400)", "@1970-01-02T00:00:00Z")
          .Example("from_unix_seconds(9_000_000_000_000)", "error: outside the years"),
      FunctionBuilder("from_unix_millis", "time", "The time so many milliseconds after 1970.")
          .Fallible()
          .Takes({Param("millis", number, "since 1970-01-01T00:00:00Z")}, time,
                 &RowKernel<FromUnix<1000>>)
          .Example("from_unix_millis(1500)", "@1970-01-01T00:00:01.5Z"),
      FunctionBuilder("format_time", "time", "The time as a text of a form of your own, in UTC.")
          .Takes({Time(), Pattern()}, DataType::String(), &RowKernel<FormatTime>, &BindTimePattern)
          .Example("format_time(@2026-03-04T05:06:07Z, \"%d.%m.%Y %H:%M\")", "\"04.03.2026 05:06\"")
          .Example("format_time(@2026-03-04T05:06:07Z, \"%a, %d %b %Y\")", "\"Wed, 04 Mar 2026\""),
      FunctionBuilder("parse_time", "time",
                      "The time that a text of a form of your own says; UTC unless it has %z. What "
                      "the pattern leaves out is that of 1970-01-01.")
          .Fallible()
          .Takes({Param("text", DataType::String(), "the text of a time"), Pattern()}, time,
                 &RowKernel<ParseTime>, &BindTimePattern)
          .Example("parse_time(\"04.03.2026 05:06\", \"%d.%m.%Y %H:%M\")", "@2026-03-04T05:06:00Z")
          .Example("parse_time(\"2026-03-04 05:06:07+0200\", \"%Y-%m-%d %H:%M:%S%z\")",
                   "@2026-03-04T03:06:07Z")
          .Example("parse_time(\"31.02.2026\", \"%d.%m.%Y\")", "error: is not a time"),
  };
  return functions;
}

}  // namespace weir
