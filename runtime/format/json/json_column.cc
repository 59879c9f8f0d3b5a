#include "runtime/format/json/json_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr uint32_t kFirstChildRows = 64;
constexpr size_t kUuidDigits = 36;

}  // namespace

void FieldErrorSink::Report(std::string reason) {
  FieldError error;
  for (const Part& part : path_) {
    if (part.name.empty()) {
      error.field += fmt::format("[{}]", part.index);
    } else {
      if (!error.field.empty()) error.field += '.';
      error.field += part.name;
    }
  }
  error.reason = std::move(reason);
  errors_.push_back(std::move(error));
}

std::string_view JsonKindAt(char first) {
  switch (first) {
    case '"': return "a string";
    case '{': return "an object";
    case '[': return "an array";
    case 't':
    case 'f': return "a boolean";
    case 'n': return "null";
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return "a number";
    default: return "";
  }
}

JsonColumn::JsonColumn(DataType type, bool materialize, ValueRulesPtr rules)
    : type_(std::move(type)),
      kind_(type_.kind()),
      materialize_(materialize),
      optional_(type_.optional()),
      null_fine_(optional_ && (rules == nullptr || !rules->null_refused)),
      key_required_(rules != nullptr && rules->key_required),
      unknown_refused_(rules != nullptr && rules->unknown_refused),
      cell_size_(PhysicalSize(type_.physical())),
      mask_(materialize ? ~RowIndex{0} : 0),
      scalar_(type_) {
  const auto part = [&rules](size_t i) {
    return rules != nullptr && i < rules->parts.size() ? rules->parts[i] : nullptr;
  };
  if (kind_ == TypeKind::kList) {
    children_.emplace_back(type_.element(), materialize, part(0));
  } else if (kind_ == TypeKind::kMap) {
    ValueRules entry;
    entry.parts = {nullptr, part(0)};
    children_.emplace_back(type_.element(), materialize, std::make_shared<ValueRules>(entry));
  } else if (kind_ == TypeKind::kStruct) {
    for (const StructField& field : type_.fields()) {
      children_.emplace_back(field.type, materialize, part(names_.size()));
      names_.push_back(field.name);
    }
  }
}

void JsonColumn::MakeColumn() {
  const Physical physical = type_.physical();
  if (physical == Physical::kStruct) {
    std::vector<ColumnPtr> columns;
    for (const JsonColumn& child : children_) columns.push_back(child.column_);
    column_ = Column::MakeStruct(type_, capacity_, std::move(columns));
  } else if (physical == Physical::kList) {
    column_ = Column::MakeList(type_, capacity_, children_[0].column_);
  } else {
    column_ = Column::Make(type_, capacity_);
  }
  values_ = column_->mutable_data<uint8_t>();
  validity_ = nullptr;
  if (optional_) {
    validity_ = column_->EnsureValidity();
    std::memset(validity_, 0, capacity_);
  }
}

void JsonColumn::Begin(uint32_t rows) {
  capacity_ = materialize_ ? rows : 1;
  used_ = 0;
  const bool is_struct = kind_ == TypeKind::kStruct;
  for (JsonColumn& child : children_) child.Begin(is_struct ? capacity_ : 0);
  MakeColumn();
}

void JsonColumn::Grow(uint32_t rows) {
  if (rows <= capacity_ || !materialize_) return;
  const uint32_t before = capacity_;
  const MutableColumnPtr old = column_;
  const uint8_t* old_validity = validity_;
  capacity_ = std::max({rows, before * 2, kFirstChildRows});
  if (kind_ == TypeKind::kStruct) {
    for (JsonColumn& child : children_) child.Grow(capacity_);
  }
  MakeColumn();
  if (cell_size_ != 0) std::memcpy(values_, old->data<uint8_t>(), before * cell_size_);
  if (optional_ && before != 0) std::memcpy(validity_, old_validity, before);
  column_->AddOwnersOf(*old);
}

RowIndex JsonColumn::Append() {
  Grow(used_ + 1);
  return used_++;
}

ColumnPtr JsonColumn::Finish(std::span<const std::shared_ptr<const void>> owners) {
  if (type_.physical() == Physical::kString) {
    for (const auto& owner : owners) column_->AddOwner(owner);
  }
  for (size_t i = 0; i < children_.size(); ++i) {
    column_->set_child(static_cast<int>(i), children_[i].Finish(owners));
  }
  const bool all_valid =
      validity_ == nullptr || capacity_ == 0 || std::memchr(validity_, 0, capacity_) == nullptr;
  if (all_valid) column_->DropValidity();
  values_ = nullptr;
  validity_ = nullptr;
  return std::move(column_);
}

void JsonColumn::CopyCell(const Column& source, RowIndex row) {
  std::memcpy(Cell(row), source.data<uint8_t>(), cell_size_);
  MarkValid(row);
}

void JsonColumn::StoreString(RowIndex row, std::string_view text) {
  *static_cast<std::string_view*>(Cell(row)) = text;
  MarkValid(row);
}

ParseOutcome JsonColumn::Parse(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (scanner.Peek() == 'n') [[unlikely]]
    return ParseNull(scanner, row, errors);
  return ParseByKind(scanner, row, errors);
}

ParseOutcome JsonColumn::ParseNull(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (!scanner.ScanLiteral("null")) return ParseOutcome::kBroken;
  if (null_fine_) {
    SetNull(row);
    return ParseOutcome::kOk;
  }
  if (errors != nullptr) errors->Report("null is not allowed");
  return ParseOutcome::kBad;
}

ParseOutcome JsonColumn::ParseByKind(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  switch (kind_) {
    case TypeKind::kString: return ParseString(scanner, row, errors);
    case TypeKind::kBool: return ParseBool(scanner, row, errors);
    case TypeKind::kJson: return ParseJson(scanner, row);
    case TypeKind::kBytes: return ParseBytes(scanner, row, errors);
    case TypeKind::kList: return ParseList(scanner, row, errors);
    case TypeKind::kMap: return ParseMap(scanner, row, errors);
    case TypeKind::kStruct: return ParseStruct(scanner, row, errors);
    case TypeKind::kDecimal:
      if (scanner.Peek() == '"') return ParseText(scanner, row, errors);
      return ParseNumber(scanner, row, errors);
    case TypeKind::kUuid:
    case TypeKind::kIpv4:
    case TypeKind::kIpv6:
    case TypeKind::kTimestamp:
    case TypeKind::kDate:
    case TypeKind::kDuration:
    case TypeKind::kEnum: return ParseText(scanner, row, errors);
    default: return ParseNumber(scanner, row, errors);
  }
}

std::string_view JsonColumn::ExpectedJson() const {
  switch (kind_) {
    case TypeKind::kBool: return "true or false";
    case TypeKind::kList: return "an array";
    case TypeKind::kMap:
    case TypeKind::kStruct: return "an object";
    case TypeKind::kDecimal: return "a number or a string";
    default: return type_.is_numeric() ? "a number" : "a string";
  }
}

ParseOutcome JsonColumn::WrongType(JsonScanner& scanner, FieldErrorSink* errors) const {
  if (errors == nullptr) return ParseOutcome::kBad;
  const std::string_view found = JsonKindAt(scanner.Peek());
  std::string_view ignored;
  if (!scanner.SkipValue(ignored)) return ParseOutcome::kBroken;
  errors->Report(fmt::format("needs {}, got {}", ExpectedJson(), found));
  return ParseOutcome::kBad;
}

ParseOutcome JsonColumn::StoreScalar(std::string_view text, RowIndex row, FieldErrorSink* errors) {
  if (scalar_.Parse(text, Cell(row))) [[likely]] {
    MarkValid(row);
    return ParseOutcome::kOk;
  }
  if (errors != nullptr) errors->Report(scalar_.Explain(text));
  return ParseOutcome::kBad;
}

ParseOutcome JsonColumn::ParseString(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (scanner.Peek() != '"') return WrongType(scanner, errors);
  JsonStringToken token;
  if (!scanner.ScanString(token)) return ParseOutcome::kBroken;
  StoreString(row, token.escaped ? UnescapeJson(token, column_->arena()) : token.text);
  return ParseOutcome::kOk;
}

ParseOutcome JsonColumn::ParseText(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (kind_ == TypeKind::kUuid) {
    // Its digits are checked anyway: no need to look for the end of the string first.
    const std::string_view digits = scanner.PeekString(kUuidDigits);
    if (!digits.empty() && scalar_.Parse(digits, Cell(row))) {
      scanner.PassString(kUuidDigits);
      MarkValid(row);
      return ParseOutcome::kOk;
    }
  }
  if (scanner.Peek() != '"') return WrongType(scanner, errors);
  JsonStringToken token;
  if (!scanner.ScanString(token)) return ParseOutcome::kBroken;
  if (!token.escaped) [[likely]]
    return StoreScalar(token.text, row, errors);
  StringArena arena;
  return StoreScalar(UnescapeJson(token, arena), row, errors);
}

ParseOutcome JsonColumn::ParseNumber(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  const char first = scanner.Peek();
  if (first != '-' && (first < '0' || first > '9')) return WrongType(scanner, errors);
  std::string_view text;
  if (!scanner.ScanNumber(text)) return ParseOutcome::kBroken;
  return StoreScalar(text, row, errors);
}

ParseOutcome JsonColumn::ParseBool(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  const char first = scanner.Peek();
  if (first != 't' && first != 'f') return WrongType(scanner, errors);
  if (!scanner.ScanLiteral(first == 't' ? "true" : "false")) return ParseOutcome::kBroken;
  *static_cast<uint8_t*>(Cell(row)) = first == 't' ? 1 : 0;
  MarkValid(row);
  return ParseOutcome::kOk;
}

ParseOutcome JsonColumn::ParseJson(JsonScanner& scanner, RowIndex row) {
  std::string_view raw;
  if (!scanner.SkipValue(raw)) return ParseOutcome::kBroken;
  StoreString(row, raw);
  return ParseOutcome::kOk;
}

ParseOutcome JsonColumn::ParseBytes(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (scanner.Peek() != '"') return WrongType(scanner, errors);
  JsonStringToken token;
  if (!scanner.ScanString(token)) return ParseOutcome::kBroken;
  return StoreBase64(UnescapeJson(token, column_->arena()), row, errors);
}

ParseOutcome JsonColumn::ParsePlain(std::string_view text, RowIndex row, FieldErrorSink& errors) {
  if (kind_ == TypeKind::kString) {
    StoreString(row, text);
    return ParseOutcome::kOk;
  }
  if (kind_ == TypeKind::kBytes) return StoreBase64(text, row, &errors);
  if (kind_ != TypeKind::kJson && !type_.is_nested()) return StoreScalar(text, row, &errors);
  JsonScanner scanner(text);
  scanner.SkipSpace();
  ParseOutcome outcome = ParseByKind(scanner, row, &errors);
  scanner.SkipSpace();
  if (outcome != ParseOutcome::kBroken && !scanner.AtEnd()) {
    scanner.FailHere();
    outcome = ParseOutcome::kBroken;
  }
  if (outcome == ParseOutcome::kBroken) errors.Report(scanner.DescribeError());
  return outcome;
}

ParseOutcome JsonColumn::StoreBase64(std::string_view text, RowIndex row, FieldErrorSink* errors) {
  const std::optional<std::string> bytes = ParseBase64(text);
  if (bytes.has_value()) {
    StoreString(row, column_->arena().Copy(*bytes));
    return ParseOutcome::kOk;
  }
  if (errors != nullptr) errors->Report("not base64");
  return ParseOutcome::kBad;
}

}  // namespace weir
