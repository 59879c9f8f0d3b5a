#include "runtime/exec/memory_connectors.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "compiler/plan/source_node.h"
#include "runtime/base/take_number.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/connector/source_connector.h"

namespace weir {
namespace {

using Records = MemoryConnectors::Records;

void Append(const Records& records, size_t index, RecordChunk& chunk) {
  chunk.records.push_back(records.lines[index]);
  chunk.offsets.push_back(static_cast<int64_t>(index));
}

class MemoryReader final : public PartitionReader {
 public:
  explicit MemoryReader(const Records* records) : records_(records) {}

  Status Open(std::string_view position) override {
    if (position.empty()) return Status::Ok();
    const auto parsed = std::from_chars(position.data(), position.data() + position.size(), next_);
    if (parsed.ec != std::errc()) return DataLossError("position {} is damaged", position);
    return Status::Ok();
  }
  Result<PollResult> Poll(size_t max_records, Micros, RecordChunk& chunk) override {
    for (; max_records > 0 && next_ < records_->lines.size(); --max_records) {
      Append(*records_, next_++, chunk);
    }
    if (next_ < records_->lines.size()) return PollResult{PollState::kData, kMinTimestamp};
    if (records_->ended) return PollResult{PollState::kEnd, kMinTimestamp};
    return PollResult{PollState::kEmpty, kMaxTimestamp};
  }
  std::string Position(int64_t offset) const override { return std::to_string(offset + 1); }
  Result<int64_t> OffsetBefore(std::string_view position) const override {
    int64_t next = 0;
    if (!position.empty() && !TakeNumber(position, next)) {
      return DataLossError("position {} is damaged", position);
    }
    return next - 1;
  }

 private:
  const Records* records_;
  size_t next_ = 0;
};

class MemorySource final : public SourceConnector {
 public:
  explicit MemorySource(const std::deque<Records>* partitions) : partitions_(partitions) {}
  Status Open() override { return Status::Ok(); }
  size_t num_partitions() const override { return partitions_->size(); }
  std::string partition_name(size_t partition) const override { return std::to_string(partition); }
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override {
    return std::unique_ptr<PartitionReader>(
        std::make_unique<MemoryReader>(&(*partitions_)[partition]));
  }

 private:
  const std::deque<Records>* partitions_;
};

class MemoryTable final : public TableConnector {
 public:
  explicit MemoryTable(const Records* records) : records_(records) {}
  Status Open() override { return Status::Ok(); }
  std::string format() const override { return "json"; }
  Result<bool> Read(RecordChunk& chunk) override {
    for (size_t i = 0; i < records_->lines.size(); ++i) Append(*records_, i, chunk);
    return false;
  }
  Status Rewind() override { return Status::Ok(); }

 private:
  const Records* records_;
};

/// Takes everything at once: tests look into streams, not into sinks.
class AcceptingWriter final : public SinkWriter {
 public:
  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch&) override { return Status::Ok(); }
  Status Freeze(uint64_t) override { return Status::Ok(); }
  Status Deliver(std::vector<RefusedRow>&) override { return Status::Ok(); }
};

class AcceptingSink final : public SinkConnector {
 public:
  Status Open() override { return Status::Ok(); }
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t) override {
    return std::unique_ptr<SinkWriter>(std::make_unique<AcceptingWriter>());
  }
};

}  // namespace

std::deque<Records>& MemoryConnectors::Source(const std::string& name) {
  std::deque<Records>& partitions = sources_[name];
  while (partitions.size() < partitions_) partitions.push_back({{}, ended_});
  return partitions;
}

void MemoryConnectors::Give(const std::string& source, std::string record) {
  std::deque<Records>& partitions = Source(source);
  auto fewest = std::min_element(
      partitions.begin(), partitions.end(),
      [](const Records& a, const Records& b) { return a.lines.size() < b.lines.size(); });
  fewest->lines.push_back(std::move(record));
}

void MemoryConnectors::GiveTable(const std::string& table, std::string record) {
  tables_[table].lines.push_back(std::move(record));
}

void MemoryConnectors::End() {
  ended_ = true;
  for (auto& [name, partitions] : sources_) {
    for (Records& records : partitions) records.ended = true;
  }
}

Result<std::unique_ptr<SourceConnector>> MemoryConnectors::MakeSource(const plan::SourceNode& node,
                                                                      const JobOptions&) {
  return std::unique_ptr<SourceConnector>(std::make_unique<MemorySource>(&Source(node.source)));
}

Result<std::unique_ptr<TableConnector>> MemoryConnectors::MakeTable(const plan::TableSpec& table,
                                                                    const JobOptions&) {
  return std::unique_ptr<TableConnector>(std::make_unique<MemoryTable>(&tables_[table.name]));
}

Result<std::unique_ptr<SinkConnector>> MemoryConnectors::MakeSink(const plan::LogicalPlan&,
                                                                  const plan::SinkNode&,
                                                                  const JobOptions&) {
  return std::unique_ptr<SinkConnector>(std::make_unique<AcceptingSink>());
}

Result<std::unique_ptr<SinkConnector>> MemoryConnectors::MakeView(const plan::LogicalPlan&,
                                                                  const plan::ViewNode&,
                                                                  const JobOptions&) {
  return std::unique_ptr<SinkConnector>();
}

}  // namespace weir
