#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/part_file_sink.h"
#include "runtime/format/encoder.h"

namespace weir {

/// The rows of one worker on their way into part files. One thread.
class PartFileWriter final : public SinkWriter {
 public:
  PartFileWriter(const FileSinkSettings& settings, uint32_t lane, std::unique_ptr<Encoder> encoder,
                 PartUnits* units);

  Status Open() override;
  Status Append(const RecordBatch& batch) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(std::vector<RefusedRow>&) override { return Status::Ok(); }
  Status Tick(Micros now) override;
  Status Close() override;

 private:
  bool IsFull() const;
  bool IsDue(Micros now) const;
  Status StartUnit();
  Status WriteBuffer();
  Status EndUnit();

  const FileSinkSettings& settings_;
  std::unique_ptr<Encoder> encoder_;
  PartUnits* const units_;
  const uint32_t lane_;
  std::string buffer_;
  std::unique_ptr<ByteWriter> file_;  ///< into the file of unit_
  PartUnit unit_;                     ///< being written
  uint64_t next_unit_ = 0;
  int64_t unit_rows_ = 0, unit_bytes_ = 0;
  Micros unit_start_ = 0;
  std::vector<PartUnit> ended_;  ///< since the last barrier
};

}  // namespace weir
