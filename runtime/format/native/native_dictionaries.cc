// LowCardinality(String): each text of a block once, rows as numbers.
#include <absl/container/flat_hash_map.h>

#include <limits>

#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

constexpr int64_t kVersion = 1;       ///< of the prefix: keys are shared within a block
constexpr uint64_t kOwnKeys = 0x600;  ///< the block has its keys with it, for it alone
constexpr uint64_t kIndexBytes8 = 0, kIndexBytes16 = 1, kIndexBytes32 = 2;

class DictionaryNativeColumn final : public NativeColumn {
 public:
  DictionaryNativeColumn(const DataType& from, bool nullable)
      : NativeColumn(nullable ? "LowCardinality(Nullable(String))" : "LowCardinality(String)"),
        nullable_(nullable),
        is_enum_(from.is(TypeKind::kEnum)) {
    if (is_enum_) values_ = from.enum_values();
  }

  void WritePrefix(std::string& out) const override { AppendFixed(kVersion, out); }

  void Write(ColumnSlices slices, NativeErrors&, std::string& out) override {
    const size_t rows = CountRows(slices);
    if (rows == 0) return;  // as ClickHouse does
    keys_.clear();
    // Number 0 is null if there can be one, and the default follows it.
    if (nullable_) keys_.emplace_back();
    keys_.emplace_back();
    indices_.clear();
    indices_.reserve(rows);
    if (is_enum_) {
      NumberEnums(slices);
    } else {
      NumberTexts(slices);
    }
    WriteDictionary(out);
  }

 private:
  static constexpr uint32_t kUnknown = std::numeric_limits<uint32_t>::max();

  uint32_t NullIndex() const { return 0; }
  uint32_t NewKey(std::string_view text) {
    keys_.push_back(text);
    return static_cast<uint32_t>(keys_.size() - 1);
  }

  void NumberEnums(ColumnSlices slices) {
    std::vector<uint32_t> by_code(values_.size(), kUnknown);
    for (const ColumnSlice& slice : slices) {
      const ColumnView<uint16_t> codes(*slice.column);
      slice.rows.ForEach([&](RowIndex row) {
        if (codes.IsNull(row)) {
          indices_.push_back(NullIndex());
          return;
        }
        uint32_t& index = by_code[codes[row]];
        if (index == kUnknown) index = NewKey(values_[codes[row]]);
        indices_.push_back(index);
      });
    }
  }

  void NumberTexts(ColumnSlices slices) {
    absl::flat_hash_map<absl::string_view, uint32_t> numbers;
    numbers.emplace(absl::string_view(), nullable_ ? 1 : 0);
    std::string_view last;
    uint32_t last_index = nullable_ ? 1 : 0;
    for (const ColumnSlice& slice : slices) {
      const ColumnView<std::string_view> texts(*slice.column);
      slice.rows.ForEach([&](RowIndex row) {
        if (texts.IsNull(row)) {
          indices_.push_back(NullIndex());
          return;
        }
        const std::string_view text = texts[row];
        if (text != last) {
          const auto [found, added] =
              numbers.try_emplace(absl::string_view(text.data(), text.size()), 0);
          if (added) found->second = NewKey(text);
          last = text;
          last_index = found->second;
        }
        indices_.push_back(last_index);
      });
    }
  }

  template <typename Index>
  void WriteIndices(std::string& out) const {
    const size_t begin = out.size();
    out.resize(begin + indices_.size() * sizeof(Index));
    char* at = out.data() + begin;
    for (const uint32_t index : indices_) {
      const auto narrow = static_cast<Index>(index);
      std::memcpy(at, &narrow, sizeof(Index));
      at += sizeof(Index);
    }
  }

  void WriteDictionary(std::string& out) const {
    const uint64_t width = keys_.size() <= 0x100     ? kIndexBytes8
                           : keys_.size() <= 0x10000 ? kIndexBytes16
                                                     : kIndexBytes32;
    AppendFixed(kOwnKeys | width, out);
    AppendFixed(static_cast<uint64_t>(keys_.size()), out);
    for (const std::string_view key : keys_) AppendNativeString(key, out);
    AppendFixed(static_cast<uint64_t>(indices_.size()), out);
    if (width == kIndexBytes8) return WriteIndices<uint8_t>(out);
    if (width == kIndexBytes16) return WriteIndices<uint16_t>(out);
    WriteIndices<uint32_t>(out);
  }

  bool nullable_;
  bool is_enum_;
  std::vector<std::string> values_;     ///< of an enum
  std::vector<std::string_view> keys_;  ///< of this block
  std::vector<uint32_t> indices_;
};

}  // namespace

NativeColumnPtr MakeDictionaryColumn(const DataType& from, bool nullable) {
  if (!from.is(TypeKind::kEnum) && !from.is_string_like()) return nullptr;
  return std::make_unique<DictionaryNativeColumn>(from, nullable);
}

}  // namespace weir
