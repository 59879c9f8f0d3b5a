#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/types/data_type.h"

namespace weir {

/// Text of one scalar to a cell of its column: numbers, times, uuid, addresses, enums, bool; shared
/// by JSON (the text of a number or the characters of a string) and CSV. The usual forms of uuid
/// and timestamp have code of their own here; everything else goes to runtime/types/text.h, and
/// both accept the same texts. Not for string, bytes, json and nested types. One thread.
class ScalarParser {
 public:
  explicit ScalarParser(DataType type);

  /// Writes the value to `cell` (its physical form); false when `text` is not one.
  bool Parse(std::string_view text, void* cell);
  /// Why `Parse` refused `text`: `not a uuid`, `300 is out of range for uint8`.
  std::string Explain(std::string_view text) const;

  const DataType& type() const { return type_; }

 private:
  bool ParseTime(std::string_view text, int64_t* cell);
  bool ParseInteger(std::string_view text, void* cell) const;
  bool ParseFloat(std::string_view text, double* cell) const;
  bool ParseExactDecimal(std::string_view text, void* cell) const;
  bool ParseEnum(std::string_view text, uint16_t* cell) const;

  DataType type_;
  TypeKind kind_;
  int64_t min_ = 0, max_ = 0;  ///< of an integer type
  std::vector<std::string> enum_values_;
  bool ignore_case_ = false;
  // Events of one day come together: the day is computed once.
  char day_text_[10] = {};
  int64_t day_micros_ = 0;
};

/// `a`, `an`.
std::string_view IndefiniteArticle(std::string_view noun);

}  // namespace weir
