#include "runtime/eval/text_to_scalar.h"

#include <fmt/format.h>

#include "runtime/types/text.h"
#include "runtime/vector/column_text.h"

namespace weir {

TextToScalar::TextToScalar(DataType to) : to_(to.AsRequired()), size_(PhysicalSize(to.physical())) {
  if (!to_.is(TypeKind::kString) && !to_.is(TypeKind::kBytes)) parser_.emplace(to_);
}

void TextToScalar::Store(std::string_view text, RowIndex row, Column& out, RowErrors& errors) {
  if (parser_) {
    if (parser_->Parse(text, out.mutable_data<uint8_t>() + row * size_)) [[likely]]
      return;
    errors.Add(row, RowErrorCode::kCast,
               fmt::format("{}: {}", QuotedForMessage(text), parser_->Explain(text)));
    return;
  }
  std::string_view* target = &out.mutable_data<std::string_view>()[row];
  if (to_.is(TypeKind::kString)) {
    *target = text;
    return;
  }
  if (std::optional<std::string> bytes = ParseBase64(text)) {
    *target = out.arena().Copy(*bytes);
  } else {
    errors.Add(row, RowErrorCode::kCast, QuotedForMessage(text) + " is not base64");
  }
}

}  // namespace weir
