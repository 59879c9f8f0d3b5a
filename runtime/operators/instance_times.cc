#include "runtime/operators/instance_times.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr std::string_view kSlot = "times";

}  // namespace

void InstanceTimes::Put(const OperatorContext& context, std::initializer_list<Micros> times,
                        StateWriter& out) {
  if (context.worker == 0) {
    for (const std::string& worker : read_) {
      const std::optional<int64_t> number = ParseInt64(worker);
      if (!number || *number >= context.num_workers) out.Delete(kSlot, kUnkeyedGroup, worker);
    }
  }
  read_.clear();
  out.Put(kSlot, kUnkeyedGroup, fmt::format("{}", context.worker),
          fmt::format("{}", fmt::join(times, " ")));
}

Status InstanceTimes::Read(const StateReader& in, std::string_view op,
                           std::initializer_list<Micros*> times) {
  bool first = true;
  return in.ForEachUnkeyed(kSlot, [&](std::string_view worker, std::string_view value) -> Status {
    read_.emplace_back(worker);
    for (Micros* time : times) {
      if (value.empty() && time != *times.begin()) break;
      const size_t end = std::min(value.find(' '), value.size());
      const std::optional<int64_t> saved = ParseInt64(value.substr(0, end));
      if (!saved) return DataLossError("{}: stored times are damaged", op);
      *time = first ? *saved : std::min(*time, *saved);
      value.remove_prefix(std::min(end + 1, value.size()));
    }
    first = false;
    return Status::Ok();
  });
}

}  // namespace weir
