#include "runtime/connectors/file/part_file_writer.h"

#include <fmt/format.h>

namespace weir {
namespace {

constexpr size_t kWriteBytes = 256 * 1024;
/// A unit never grows beyond this, whatever `batch` says.
constexpr int64_t kMostUnitBytes = 128 << 20;

}  // namespace

PartFileWriter::PartFileWriter(const FileSinkSettings& settings, uint32_t lane,
                               std::unique_ptr<Encoder> encoder, PartUnits* units)
    : settings_(settings), encoder_(std::move(encoder)), units_(units), lane_(lane) {}

Status PartFileWriter::Open() {
  next_unit_ = units_->NextUnit(lane_);
  return Status::Ok();
}

Status PartFileWriter::Append(const RecordBatch& batch) {
  if (batch.empty()) return Status::Ok();
  if (file_ == nullptr) WEIR_TRY(StartUnit());
  const size_t before = buffer_.size();
  encoder_->Append(batch, buffer_);
  unit_bytes_ += static_cast<int64_t>(buffer_.size() - before);
  unit_rows_ += batch.num_rows();
  if (buffer_.size() >= kWriteBytes) WEIR_TRY(WriteBuffer());
  if (unit_bytes_ >= kMostUnitBytes || IsFull()) return EndUnit();
  return Status::Ok();
}

Status PartFileWriter::Freeze(uint64_t epoch) {
  const bool batched =
      settings_.batch_rows > 0 || settings_.batch_bytes > 0 || settings_.batch_time > 0;
  if (file_ != nullptr) {
    if (!batched || IsDue(settings_.clock->Now())) {
      WEIR_TRY(EndUnit());
    } else {
      WEIR_TRY(WriteBuffer());
      // Only whole frames can be cut off at a length after a crash.
      if (settings_.resumable) WEIR_TRY(file_->EndFrame());
      unit_.length = file_->size();
      unit_.epoch = epoch;
      units_->Freeze(unit_);
    }
  }
  for (PartUnit& unit : ended_) {
    unit.epoch = epoch;
    units_->Freeze(std::move(unit));
  }
  ended_.clear();
  return Status::Ok();
}

Status PartFileWriter::Tick(Micros now) {
  WEIR_TRY(units_->MakeRoom());
  return file_ != nullptr && settings_.batch_time > 0 && IsDue(now) ? EndUnit() : Status::Ok();
}

/// With a state folder, rows behind the last barrier are not the sink's: the next run reads them
/// again. Without one nobody will.
Status PartFileWriter::Close() {
  if (settings_.resumable) {
    file_ = nullptr;
    return Status::Ok();
  }
  if (file_ != nullptr) WEIR_TRY(EndUnit());
  WEIR_TRY(Freeze(UINT64_MAX));
  WEIR_TRY(units_->Prepare(UINT64_MAX, false).status());
  return units_->Deliver(UINT64_MAX);
}

bool PartFileWriter::IsFull() const {
  return (settings_.batch_rows > 0 && unit_rows_ >= settings_.batch_rows) ||
         (settings_.batch_bytes > 0 && unit_bytes_ >= settings_.batch_bytes);
}

bool PartFileWriter::IsDue(Micros now) const {
  return IsFull() || (settings_.batch_time > 0 && now - unit_start_ >= settings_.batch_time);
}

Status PartFileWriter::StartUnit() {
  unit_ = PartUnit();
  unit_.lane = lane_;
  unit_.number = next_unit_++;
  unit_.name = fmt::format("part-{}-{}-{:06}.{}{}", settings_.incarnation, lane_, unit_.number,
                           encoder_->file_suffix(), CompressionSuffix(settings_.compression));
  WEIR_ASSIGN(unit_.file, PartFile::Create(units_->Hidden(unit_.name)));
  units_->Watch(unit_.file);
  file_ = WriteInto(unit_.file, settings_.compression);
  unit_rows_ = unit_bytes_ = 0;
  unit_start_ = settings_.clock->Now();
  encoder_->AppendHeader(buffer_);
  return Status::Ok();
}

Status PartFileWriter::WriteBuffer() {
  WEIR_TRY(file_->Write(buffer_));
  buffer_.clear();
  if (unit_.file->kept() > 0) units_->NoteFull();
  return Status::Ok();
}

Status PartFileWriter::EndUnit() {
  WEIR_TRY(WriteBuffer());
  WEIR_TRY(file_->EndFrame());
  unit_.length = file_->size();
  WEIR_TRY(file_->Finish());
  if (unit_.file->kept() > 0) units_->NoteFull();
  file_ = nullptr;
  unit_.ended = true;
  ended_.push_back(std::move(unit_));
  return Status::Ok();
}

}  // namespace weir
