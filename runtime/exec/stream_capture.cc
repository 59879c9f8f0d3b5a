#include "runtime/exec/stream_capture.h"

namespace weir {
namespace {

class CaptureTap final : public Output {
 public:
  explicit CaptureTap(std::vector<RecordBatch>* batches) : batches_(batches) {}
  void Batch(const RecordBatch& batch) override { batches_->push_back(batch.Compact()); }
  void Send(const Control&) override {}

 private:
  std::vector<RecordBatch>* batches_;
};

}  // namespace

std::unique_ptr<Output> StreamCapture::MakeTap(const std::string& stream) {
  return std::make_unique<CaptureTap>(&streams_[stream]);
}

const std::vector<RecordBatch>& StreamCapture::Batches(const std::string& stream) const {
  static const std::vector<RecordBatch> kNone;
  const auto found = streams_.find(stream);
  return found == streams_.end() ? kNone : found->second;
}

int64_t StreamCapture::num_rows(const std::string& stream) const {
  int64_t rows = 0;
  for (const RecordBatch& batch : Batches(stream)) rows += batch.num_rows();
  return rows;
}

}  // namespace weir
