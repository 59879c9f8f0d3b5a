#pragma once

#include <absl/container/inlined_vector.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/decoder.h"
#include "runtime/format/json/json_scanner.h"
#include "runtime/format/scalar_parser.h"
#include "runtime/vector/column.h"

namespace weir {

/// Where bad values are reported, with the path of the value inside the record.
class FieldErrorSink {
 public:
  explicit FieldErrorSink(std::vector<FieldError>& errors) : errors_(errors) {}

  void Report(std::string reason);
  void PushName(std::string_view name) { path_.push_back({name, 0}); }
  void PushIndex(size_t index) { path_.push_back({{}, index}); }
  void Pop() { path_.pop_back(); }

 private:
  struct Part {
    std::string_view name;  ///< empty: an index
    size_t index;
  };
  std::vector<FieldError>& errors_;
  std::vector<Part> path_;
};

enum class ParseOutcome : uint8_t {
  kOk,
  kBad,     ///< a well-formed value that does not fit the type
  kBroken,  ///< not JSON: see the scanner's error
};

/// Parses JSON values of one type into a column; nested types own further ones. A column that is
/// only checked has one row that all values overwrite.
class JsonColumn {
 public:
  /// `rules`: see ValueRules; null: none.
  JsonColumn(DataType type, bool materialize, ValueRulesPtr rules = nullptr);

  /// Starts a batch. Rows of optional columns are null until written.
  void Begin(uint32_t rows);
  /// Reads the value at the scanner into `row`. Without `errors` it stops at the first problem (the
  /// scanner is then anywhere); with it, bad values are reported and passed.
  ParseOutcome Parse(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  /// Reads text that is not JSON (a cell of csv): strings and scalars as they are, nested values
  /// and json as JSON.
  ParseOutcome ParsePlain(std::string_view text, RowIndex row, FieldErrorSink& errors);
  void SetNull(RowIndex row) { validity_[row & mask_] = 0; }
  /// Copies the only row of `source`, of the same scalar type; strings must outlive the column.
  void CopyCell(const Column& source, RowIndex row);

  /// The batch's column; string bytes belong to `owners` and to the column itself.
  ColumnPtr Finish(std::span<const std::shared_ptr<const void>> owners);

  const DataType& type() const { return type_; }
  bool optional() const { return type_.optional(); }
  /// Whether an absent key is an error (unless there is a default).
  bool key_required() const { return !optional_ || key_required_; }

 private:
  using SeenFields = absl::InlinedVector<bool, 32>;

  void* Cell(RowIndex row) { return values_ + (row & mask_) * cell_size_; }
  void StoreString(RowIndex row, std::string_view text);
  void MarkValid(RowIndex row) {
    if (validity_ != nullptr) validity_[row & mask_] = 1;
  }
  void MakeColumn();
  void Grow(uint32_t rows);
  /// A further row of a list's child.
  RowIndex Append();

  ParseOutcome ParseByKind(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseNull(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseString(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseText(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseNumber(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseBool(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseJson(JsonScanner& scanner, RowIndex row);
  ParseOutcome ParseBytes(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseList(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseMap(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseMapEntry(JsonScanner& scanner, std::vector<std::string_view>& keys,
                             FieldErrorSink* errors);
  ParseOutcome ParseStruct(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors);
  ParseOutcome ParseMember(JsonScanner& scanner, RowIndex row, SeenFields& seen,
                           FieldErrorSink* errors);
  ParseOutcome FinishMembers(RowIndex row, const SeenFields& seen, FieldErrorSink* errors);
  ParseOutcome StoreScalar(std::string_view text, RowIndex row, FieldErrorSink* errors);
  ParseOutcome StoreBase64(std::string_view text, RowIndex row, FieldErrorSink* errors);
  ParseOutcome WrongType(JsonScanner& scanner, FieldErrorSink* errors) const;
  std::string_view ExpectedJson() const;

  DataType type_;
  TypeKind kind_;
  bool materialize_;
  bool optional_;
  bool null_fine_;        ///< null is a value
  bool key_required_;     ///< although optional
  bool unknown_refused_;  ///< of a struct
  size_t cell_size_;
  RowIndex mask_;  ///< 0 when only checked: every value goes to row 0
  ScalarParser scalar_;
  std::vector<std::string> names_;  ///< of a struct's fields
  std::vector<JsonColumn>
      children_;       ///< list: element; map: its {key, value} struct; struct: fields
  uint32_t used_ = 0;  ///< rows appended so far, of a list's child
  uint32_t capacity_ = 0;

  MutableColumnPtr column_;  ///< of this batch
  uint8_t* values_ = nullptr;
  uint8_t* validity_ = nullptr;
};

/// `a string`, `a number`, `an object`…: what starts with this character; "" when nothing does.
std::string_view JsonKindAt(char first);

}  // namespace weir
