#include "runtime/exec/stream_capture.h"

namespace weir {

class StreamCapture::Tap final : public Output {
 public:
  Tap(Stream* stream, uint64_t barrier) : stream_(stream), barrier_(barrier) {}
  void Batch(const RecordBatch& batch) override {
    stream_->batches.push_back(batch.Compact());
    stream_->epochs.push_back(barrier_ + 1);
  }
  void Send(const Control& control) override {
    if (control.kind == Control::Kind::kBarrier) barrier_ = control.epoch;
  }

 private:
  Stream* stream_;
  uint64_t barrier_;  ///< the last one that came through
};

std::unique_ptr<Output> StreamCapture::MakeTap(const std::string& stream) {
  return std::make_unique<Tap>(&streams_[stream], restored_);
}

const std::vector<RecordBatch>& StreamCapture::Batches(const std::string& stream) const {
  static const std::vector<RecordBatch> kNone;
  const auto found = streams_.find(stream);
  return found == streams_.end() ? kNone : found->second.batches;
}

int64_t StreamCapture::num_rows(const std::string& stream) const {
  int64_t rows = 0;
  for (const RecordBatch& batch : Batches(stream)) rows += batch.num_rows();
  return rows;
}

void StreamCapture::DropAfter(uint64_t epoch) {
  restored_ = epoch;
  for (auto& [name, stream] : streams_) {
    size_t kept = 0;
    for (size_t i = 0; i < stream.batches.size(); ++i) {
      if (stream.epochs[i] > epoch) continue;
      stream.batches[kept] = stream.batches[i];
      stream.epochs[kept++] = stream.epochs[i];
    }
    stream.batches.erase(stream.batches.begin() + static_cast<int64_t>(kept), stream.batches.end());
    stream.epochs.resize(kept);
  }
}

}  // namespace weir
