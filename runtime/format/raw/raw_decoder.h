#pragma once

#include <vector>

#include "runtime/format/decoder.h"

namespace weir {

/// The whole record as the one declared field, a string or bytes.
class RawDecoder final : public Decoder {
 public:
  explicit RawDecoder(DecodeRequest request) : request_(std::move(request)) {}
  static Status Check(const DecodeRequest& request);

  void Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
              DecodeErrors& errors) override;

 private:
  DecodeRequest request_;
};

}  // namespace weir
