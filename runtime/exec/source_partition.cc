#include "runtime/exec/source_partition.h"

#include <cstring>

namespace weir {
namespace {

constexpr char kCodecVersion = 1;
constexpr size_t kFixedPart = 2 + 2 * sizeof(Micros);

}  // namespace

std::string EncodePartition(const SourcePartition& partition) {
  std::string value;
  value += kCodecVersion;
  value += partition.ended ? '\1' : '\0';
  for (Micros time : {partition.watermark.current(), partition.watermark.max_event_time()}) {
    char bytes[sizeof(time)];
    std::memcpy(bytes, &time, sizeof(time));
    value.append(bytes, sizeof(bytes));
  }
  value += partition.Position();
  return value;
}

Status DecodePartition(std::string_view value, SourcePartition& partition) {
  if (value.size() < kFixedPart || value[0] != kCodecVersion) {
    return DataLossError("stored position of partition {} is damaged", partition.name);
  }
  Micros current = 0;
  Micros max_event_time = 0;
  std::memcpy(&current, value.data() + 2, sizeof(current));
  std::memcpy(&max_event_time, value.data() + 2 + sizeof(current), sizeof(max_event_time));
  partition.ended = value[1] != 0;
  partition.watermark.Restore(current, max_event_time);
  partition.resume_from = std::string(value.substr(kFixedPart));
  return Status::Ok();
}

}  // namespace weir
