#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Headers of a record as one text: for each u32 size and bytes of its name, u32 size (ffffffff: a
/// null value) and bytes of its value.
void AppendRecordHeader(std::string_view name, std::optional<std::string_view> value,
                        std::string& list);

struct RecordHeader {
  std::string_view name;
  std::optional<std::string_view> value;
};

/// Takes the next header off `list`; false at its end, or where it is cut off.
bool NextRecordHeader(std::string_view& list, RecordHeader& header);

}  // namespace weir
