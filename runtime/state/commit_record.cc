#include "runtime/state/commit_record.h"

#include <cstring>

namespace weir {
namespace {

constexpr char kVersion = 1;

void PutInt(std::string& out, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

uint64_t GetInt(std::string_view& in) {
  uint64_t value = 0;
  for (size_t i = 0; i < sizeof(value); ++i) value = value << 8 | static_cast<uint8_t>(in[i]);
  in.remove_prefix(sizeof(value));
  return value;
}

constexpr size_t kRecordSize = 5 * sizeof(uint64_t) + 1;

}  // namespace

void CommitHistory::Add(const CommitRecord& record) {
  if (records_.size() == kKept) records_.erase(records_.begin());
  records_.push_back(record);
}

std::string CommitHistory::Encode() const {
  std::string out(1, kVersion);
  for (const CommitRecord& record : records_) {
    PutInt(out, record.epoch);
    PutInt(out, static_cast<uint64_t>(record.time));
    PutInt(out, static_cast<uint64_t>(record.duration));
    PutInt(out, record.entries);
    PutInt(out, record.bytes);
    out.push_back(record.as_files ? 1 : 0);
  }
  return out;
}

std::optional<CommitHistory> CommitHistory::Decode(std::string_view bytes) {
  if (bytes.empty() || bytes[0] != kVersion || (bytes.size() - 1) % kRecordSize != 0) {
    return std::nullopt;
  }
  bytes.remove_prefix(1);
  CommitHistory history;
  while (!bytes.empty()) {
    CommitRecord record;
    record.epoch = GetInt(bytes);
    record.time = static_cast<Micros>(GetInt(bytes));
    record.duration = static_cast<Micros>(GetInt(bytes));
    record.entries = GetInt(bytes);
    record.bytes = GetInt(bytes);
    record.as_files = bytes[0] != 0;
    bytes.remove_prefix(1);
    history.Add(record);
  }
  return history;
}

}  // namespace weir
