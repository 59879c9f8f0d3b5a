#include "tests/simulation/simulated_source.h"

#include <charconv>

namespace weir::simulation {
namespace {

constexpr Micros kLookAgain = kMicrosPerSecond;

class SimulatedReader final : public PartitionReader {
 public:
  SimulatedReader(const SourceView& view, size_t partition)
      : records_((*view.input)[partition]), view_(view), partition_(partition) {}

  Status Open(std::string_view position) override {
    (*view_.begins)[partition_] = 0;
    if (position.empty()) return Status::Ok();
    const auto parsed = std::from_chars(position.data(), position.data() + position.size(), next_);
    if (parsed.ec != std::errc() || next_ > records_.size()) {
      return DataLossError("position {} is damaged", position);
    }
    (*view_.begins)[partition_] = next_;
    return Status::Ok();
  }

  Result<PollResult> Poll(size_t max_records, Micros now, RecordChunk& chunk) override {
    while (max_records > 0 && next_ < records_.size() && records_[next_].arrival <= now) {
      chunk.records.push_back(records_[next_].json);
      chunk.offsets.push_back(static_cast<int64_t>(next_));
      ++next_;
      --max_records;
    }
    if (next_ == records_.size()) {
      if (view_.ends) return PollResult{PollState::kEnd, kMinTimestamp};
      return PollResult{PollState::kEmpty, now + kLookAgain};
    }
    if (records_[next_].arrival <= now) return PollResult{PollState::kData, kMinTimestamp};
    return PollResult{PollState::kEmpty, records_[next_].arrival};
  }

  std::string Position(int64_t offset) const override { return std::to_string(offset + 1); }

 private:
  const std::vector<InputRecord>& records_;
  const SourceView view_;
  const size_t partition_;
  size_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<PartitionReader>> SimulatedSource::MakeReader(size_t partition) {
  return std::unique_ptr<PartitionReader>(new SimulatedReader(view_, partition));
}

}  // namespace weir::simulation
