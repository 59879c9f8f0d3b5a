#pragma once

#include "runtime/format/encoder.h"

namespace weir {

/// The one column that is not part of the key, a string or bytes, and a line end. Nulls are empty
/// lines. So a record may have a key beside its bytes where the target keeps one (log, kafka).
class RawEncoder final : public Encoder {
 public:
  explicit RawEncoder(const EncodeRequest& request);
  static Status Check(const EncodeRequest& request);

  void Append(const RecordBatch& batch, std::string& out) override;
  void AppendRecords(const RecordBatch& batch, std::string& out,
                     std::vector<size_t>& ends) override;
  std::string_view file_suffix() const override { return "txt"; }

 private:
  int column_;
};

}  // namespace weir
