#include "compiler/flowc/live_tap.h"

#include "runtime/operators/row_json.h"

namespace weir::flowc {
namespace {

constexpr size_t kKeptBatches = 8;

}  // namespace

class LiveTaps::Tap final : public Output {
 public:
  explicit Tap(Stream* stream) : stream_(stream) {}
  void Batch(const RecordBatch& batch) override {
    std::lock_guard lock(stream_->mutex);
    stream_->batches.push_front(batch);
    if (stream_->batches.size() > kKeptBatches) stream_->batches.pop_back();
  }
  void Send(const Control&) override {}

 private:
  Stream* stream_;
};

LiveTaps::LiveTaps(std::vector<std::string> streams) : names_(std::move(streams)) {
  for (const std::string& name : names_) streams_[name] = std::make_unique<Stream>();
}

std::unique_ptr<Output> LiveTaps::MakeTap(const std::string& stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return nullptr;
  return std::make_unique<Tap>(found->second.get());
}

std::vector<std::string> LiveTaps::LastRows(const std::string& stream, size_t count) const {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return {};
  std::deque<RecordBatch> batches;
  {
    std::lock_guard lock(found->second->mutex);
    batches = found->second->batches;
  }
  std::vector<std::string> rows;
  for (const RecordBatch& batch : batches) {
    const RowSet selected = batch.rows();
    const ColumnPtr& op = batch.hidden().op;
    for (uint32_t i = selected.count(); i > 0 && rows.size() < count; --i) {
      // A delete carries only the key of a row that is no more.
      const bool is_delete = op != nullptr && ColumnView<uint8_t>(*op)[selected[i - 1]] ==
                                                  static_cast<uint8_t>(RowOp::kDelete);
      if (is_delete) continue;
      std::string json;
      AppendRowJson(batch, selected[i - 1], json);
      rows.push_back(std::move(json));
    }
  }
  return rows;
}

}  // namespace weir::flowc
