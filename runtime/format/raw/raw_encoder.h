#pragma once

#include "runtime/format/encoder.h"

namespace weir {

/// The one column, a string or bytes, and a line end. Nulls are empty lines.
class RawEncoder final : public Encoder {
 public:
  static Status Check(const EncodeRequest& request);

  void Append(const RecordBatch& batch, std::string& out) override;
  std::string_view file_suffix() const override { return "txt"; }
};

}  // namespace weir
