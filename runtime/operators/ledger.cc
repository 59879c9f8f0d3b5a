#include "runtime/operators/ledger.h"

#include <fmt/format.h>

namespace weir {
namespace {

template <typename Map>
int64_t Total(const Map& counts) {
  int64_t total = 0;
  for (const auto& [reason, count] : counts) total += count;
  return total;
}

template <typename Map>
void AddCounts(Map& target, const Map& source) {
  for (const auto& [reason, count] : source) target[reason] += count;
}

}  // namespace

void CountReason(std::map<std::string, int64_t, std::less<>>& counts, std::string_view reason) {
  constexpr size_t kMostReasons = 256;
  const auto found = counts.find(reason);
  if (found != counts.end()) {
    ++found->second;
  } else if (counts.size() < kMostReasons) {
    counts.emplace(reason, 1);
  } else {
    ++counts["other reasons"];
  }
}

int64_t Ledger::TotalDiscarded() const { return Total(discarded); }
int64_t Ledger::TotalDeadLettered() const { return Total(dead_lettered); }
int64_t Ledger::TotalProduced() const { return Total(produced); }

void Ledger::Add(const Ledger& other) {
  rows_in += other.rows_in;
  passed += other.passed;
  absorbed += other.absorbed;
  late += other.late;
  pending += other.pending;
  AddCounts(discarded, other.discarded);
  AddCounts(dead_lettered, other.dead_lettered);
  rows_out += other.rows_out;
  AddCounts(produced, other.produced);
  routed += other.routed;
  muted += other.muted;
  partly_late += other.partly_late;
  AddCounts(failed_results, other.failed_results);
  AddCounts(gauges, other.gauges);
  records_read += other.records_read;
  bytes_read += other.bytes_read;
}

std::string Ledger::Check() const {
  const int64_t fates = passed + absorbed + TotalDiscarded() + TotalDeadLettered() + late + pending;
  if (rows_in != fates) {
    return fmt::format(
        "rows in {} != passed {} + absorbed {} + discarded {} + dead-lettered {} + late {} + "
        "pending {} = {}",
        rows_in, passed, absorbed, TotalDiscarded(), TotalDeadLettered(), late, pending, fates);
  }
  if (rows_out != passed + TotalProduced()) {
    return fmt::format("rows out {} != passed {} + produced {}", rows_out, passed, TotalProduced());
  }
  return "";
}

}  // namespace weir
