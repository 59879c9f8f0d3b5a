#include "tests/simulation/recording_sink.h"

#include "tests/simulation/remote_writer.h"

namespace weir::simulation {
namespace {

class RecordingWriter final : public SinkWriter {
 public:
  RecordingWriter(std::unique_ptr<SinkWriter> writer, std::string name, uint32_t worker,
                  Trail* trail)
      : writer_(std::move(writer)), name_(std::move(name)), worker_(worker), trail_(trail) {}

  Status Open() override { return writer_->Open(); }
  Status Append(const RecordBatch& batch) override {
    batch.rows().ForEach([&](RowIndex row) { rows_ += RowText(batch, row) + "\n"; });
    return writer_->Append(batch);
  }
  void TakeRefused(std::vector<RefusedRow>& refused) override { writer_->TakeRefused(refused); }
  Status Freeze(uint64_t epoch) override {
    if (!rows_.empty()) trail_->Append({Tag::kFrozen, epoch, worker_, 0, name_, rows_});
    rows_.clear();
    return writer_->Freeze(epoch);
  }
  Status Deliver(std::vector<RefusedRow>& refused) override { return writer_->Deliver(refused); }
  bool HasUndelivered() const override { return writer_->HasUndelivered(); }
  int64_t undelivered_rows() const override { return writer_->undelivered_rows(); }
  Status Tick(Micros now) override { return writer_->Tick(now); }
  Status Close() override { return writer_->Close(); }

 private:
  const std::unique_ptr<SinkWriter> writer_;
  const std::string name_;
  const uint32_t worker_;
  Trail* const trail_;
  std::string rows_;  ///< since the last barrier
};

}  // namespace

Status RecordingSink::Committed(uint64_t epoch) {
  trail_->Append({Tag::kCommitted, epoch, 0, 0, name_, {}});
  return sink_->Committed(epoch);
}

Result<std::unique_ptr<SinkWriter>> RecordingSink::MakeWriter(uint32_t worker) {
  WEIR_ASSIGN(std::unique_ptr<SinkWriter> writer, sink_->MakeWriter(worker));
  return std::unique_ptr<SinkWriter>(new RecordingWriter(std::move(writer), name_, worker, trail_));
}

}  // namespace weir::simulation
