#include "runtime/format/json/json_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

JsonDecoder::JsonDecoder(DecodeRequest request, bool predict)
    : request_(std::move(request)),
      predict_(predict && request_.fields.size() <= kMostPredictedFields) {
  const size_t count = request_.fields.size();
  columns_.reserve(count);
  default_cells_.resize(count);
  default_texts_.resize(count);
  seen_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const DecodeField& field = request_.fields[i];
    columns_.emplace_back(field.type, field.output >= 0, field.rules);
    index_.emplace(field.name, i);
    const uint64_t bit = i < kMostPredictedFields ? uint64_t{1} << i : 0;
    if (field.default_value.has_value() && !field.default_value->is_null()) {
      defaulted_ |= bit;
      if (!field.type.is_nested()) {
        const MutableColumnPtr cell = Column::Make(field.type, 1);
        cell->SetValue(0, *field.default_value);
        default_cells_[i] = cell;
      } else {
        default_texts_[i] = std::make_shared<const std::string>(field.default_value->ToJson());
      }
    } else if (columns_.back().key_required()) {
      required_ |= bit;
    }
  }
  if (request_.unknown_keys == UnknownKeyPolicy::kCollect) {
    collected_ = std::make_unique<JsonColumn>(request_.collect_type, request_.collect_output >= 0);
  }
}

void JsonDecoder::Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
                         DecodeErrors& errors) {
  const uint32_t count = static_cast<uint32_t>(input.records.size());
  for (JsonColumn& column : columns_) column.Begin(count);
  if (collected_ != nullptr) collected_->Begin(count);
  batch_owners_.assign(input.owners.begin(), input.owners.end());
  for (const auto& cell : default_cells_) {
    if (cell != nullptr && cell->type().is_string_like()) batch_owners_.push_back(cell);
  }
  for (const auto& text : default_texts_) {
    if (text != nullptr) batch_owners_.push_back(text);
  }
  for (uint32_t row = 0; row < count; ++row) {
    const std::string_view record = input.records[row];
    if (predict_ && prediction_.enabled()) {
      if (DecodePredicted(record, row)) {
        prediction_.CountHit();
        continue;
      }
      prediction_.CountMiss();
    } else {
      prediction_.CountPaused();
    }
    DecodeAny(record, row, errors);
  }
  columns.assign(static_cast<size_t>(request_.num_outputs), nullptr);
  for (size_t i = 0; i < columns_.size(); ++i) {
    ColumnPtr column = columns_[i].Finish(batch_owners_);
    const int output = request_.fields[i].output;
    if (output >= 0) columns[static_cast<size_t>(output)] = std::move(column);
  }
  if (collected_ != nullptr) {
    ColumnPtr column = collected_->Finish(batch_owners_);
    if (request_.collect_output >= 0) {
      columns[static_cast<size_t>(request_.collect_output)] = std::move(column);
    }
  }
}

bool JsonDecoder::DecodePredicted(std::string_view record, RowIndex row) {
  if (static_cast<int64_t>(record.size()) > request_.max_line) return false;
  if (collected_ != nullptr) return false;
  JsonScanner scanner(record);
  if (!scanner.Consume('{')) return false;
  uint64_t seen = 0;
  size_t next = 0;
  while (true) {
    scanner.SkipSpace();
    next = prediction_.Match(scanner, next);
    if (next == prediction_.size()) return false;
    const KeyPrediction::Key& key = prediction_.key(next);
    ++next;
    if (!ReadPredictedValue(scanner, key, row)) return false;
    if (key.field >= 0) seen |= uint64_t{1} << key.field;
    scanner.SkipSpace();
    if (scanner.Consume(',')) continue;
    if (!scanner.Consume('}')) return false;
    break;
  }
  scanner.SkipSpace();
  if (!scanner.AtEnd() || (seen & required_) != required_) return false;
  for (uint64_t absent = defaulted_ & ~seen; absent != 0; absent &= absent - 1) {
    SetDefault(static_cast<size_t>(__builtin_ctzll(absent)), row);
  }
  return true;
}

bool JsonDecoder::ReadPredictedValue(JsonScanner& scanner, const KeyPrediction::Key& key,
                                     RowIndex row) {
  scanner.SkipSpace();
  if (!scanner.Consume(':')) return false;
  scanner.SkipSpace();
  if (key.field >= 0) {
    JsonColumn& column = columns_[static_cast<size_t>(key.field)];
    return column.Parse(scanner, row, nullptr) == ParseOutcome::kOk;
  }
  std::string_view ignored;
  return request_.unknown_keys == UnknownKeyPolicy::kIgnore && scanner.SkipValue(ignored);
}

void JsonDecoder::SetDefault(size_t field, RowIndex row) {
  if (default_cells_[field] != nullptr) {
    columns_[field].CopyCell(*default_cells_[field], row);
    return;
  }
  JsonScanner scanner(*default_texts_[field]);
  const ParseOutcome outcome = columns_[field].Parse(scanner, row, nullptr);
  WEIR_CHECK(outcome == ParseOutcome::kOk, "default of {} is {}", request_.fields[field].name,
             *default_texts_[field]);
}

void JsonDecoder::DecodeAny(std::string_view record, RowIndex row, DecodeErrors& errors) {
  std::vector<FieldError> bad;
  const std::string malformed = Check(record, row, bad);
  if (!malformed.empty()) {
    bad.clear();
    bad.push_back({"", malformed});
  }
  if (!bad.empty()) {
    SortBySchema(bad);
    errors.push_back({row, std::move(bad)});
    return;
  }
  if (predict_ && learn_ && !prediction_.paused()) prediction_.Learn(keys_);
}

std::string JsonDecoder::NotAnObject(JsonScanner& scanner, std::string_view record) const {
  if (scanner.AtEnd()) return "empty line";
  if (record.starts_with(kByteOrderMark)) return "starts with a byte order mark";
  const std::string_view kind = JsonKindAt(scanner.Peek());
  std::string_view ignored;
  if (kind.empty() || !scanner.SkipValue(ignored)) {
    if (kind.empty()) scanner.FailHere();
    return scanner.DescribeError();
  }
  return fmt::format("needs an object, got {}", kind);
}

std::string JsonDecoder::Check(std::string_view record, RowIndex row,
                               std::vector<FieldError>& bad) {
  if (static_cast<int64_t>(record.size()) > request_.max_line) {
    return fmt::format("{} bytes, longer than max_line ({})", record.size(), request_.max_line);
  }
  FieldErrorSink errors(bad);
  std::fill(seen_.begin(), seen_.end(), uint8_t{0});
  unknown_names_.clear();
  keys_.clear();
  collected_text_ = "{";
  learn_ = true;
  // An attempt by predicted order may have written some.
  for (JsonColumn& column : columns_) {
    if (column.optional()) column.SetNull(row);
  }
  JsonScanner scanner(record);
  scanner.SkipSpace();
  if (!scanner.Consume('{')) return NotAnObject(scanner, record);
  if (!ReadMembers(scanner, row, errors)) return scanner.DescribeError();
  scanner.SkipSpace();
  if (!scanner.AtEnd()) {
    return fmt::format("more text after the object at byte {}", scanner.cursor() - record.data());
  }
  FinishAbsent(row, errors);
  if (collected_ != nullptr && bad.empty()) StoreCollected(row, errors);
  return "";
}

bool JsonDecoder::ReadMembers(JsonScanner& scanner, RowIndex row, FieldErrorSink& errors) {
  scanner.SkipSpace();
  if (scanner.Consume('}')) return true;
  while (true) {
    if (!ReadMember(scanner, row, errors)) return false;
    scanner.SkipSpace();
    if (scanner.Consume('}')) return true;
    if (!scanner.Expect(',')) return false;
    scanner.SkipSpace();
  }
}

bool JsonDecoder::ReadMember(JsonScanner& scanner, RowIndex row, FieldErrorSink& errors) {
  JsonStringToken token;
  if (!scanner.ScanString(token)) return false;
  scanner.SkipSpace();
  if (!scanner.Expect(':')) return false;
  scanner.SkipSpace();
  StringArena arena;
  const std::string_view name = UnescapeJson(token, arena);
  const auto found = index_.find(name);
  if (token.escaped) {
    learn_ = false;
  } else {
    const int field = found == index_.end() ? -1 : static_cast<int>(found->second);
    keys_.push_back({{token.text.data() - 1, token.text.size() + 2}, field});
  }
  if (found == index_.end()) return ReadUnknown(scanner, name, errors);
  const size_t field = found->second;
  errors.PushName(request_.fields[field].name);
  bool well_formed = true;
  if (seen_[field] != 0) {
    std::string_view ignored;
    well_formed = scanner.SkipValue(ignored);
    errors.Report("duplicate key");
  } else {
    seen_[field] = 1;
    well_formed = columns_[field].Parse(scanner, row, &errors) != ParseOutcome::kBroken;
  }
  errors.Pop();
  return well_formed;
}

bool JsonDecoder::ReadUnknown(JsonScanner& scanner, std::string_view name, FieldErrorSink& errors) {
  std::string_view value;
  if (!scanner.SkipValue(value)) return false;
  const bool again = !unknown_names_.emplace(name).second;
  if (again || request_.unknown_keys == UnknownKeyPolicy::kReject) {
    errors.PushName(name);
    errors.Report(again ? "duplicate key" : "unknown field");
    errors.Pop();
  }
  if (collected_ != nullptr && !again) Collect(name, value);
  return true;
}

void JsonDecoder::Collect(std::string_view name, std::string_view value) {
  if (collected_text_.size() > 1) collected_text_ += ',';
  AppendJsonString(name, collected_text_);
  collected_text_ += ':';
  const DataType type = request_.collect_type.map_value();
  const bool null_is_fine = value == "null" && type.optional();
  // Into map<string, string> everything goes as its text.
  if (type.is(TypeKind::kString) && value[0] != '"' && !null_is_fine) {
    AppendJsonString(value, collected_text_);
  } else {
    collected_text_ += value;
  }
}

void JsonDecoder::FinishAbsent(RowIndex row, FieldErrorSink& errors) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (seen_[i] != 0) continue;
    if (default_cells_[i] != nullptr || default_texts_[i] != nullptr) {
      SetDefault(i, row);
    } else if (columns_[i].key_required()) {
      errors.PushName(request_.fields[i].name);
      errors.Report("missing");
      errors.Pop();
    }
  }
}

void JsonDecoder::StoreCollected(RowIndex row, FieldErrorSink& errors) {
  collected_text_ += '}';
  // Strings of the column point into the text: it lives as long as the batch.
  const auto text = std::make_shared<const std::string>(collected_text_);
  batch_owners_.push_back(text);
  JsonScanner scanner(*text);
  (void)collected_->Parse(scanner, row, &errors);
}

void JsonDecoder::SortBySchema(std::vector<FieldError>& errors) const {
  const auto rank = [this](const FieldError& error) {
    const std::string_view path = error.field;
    const std::string_view name = path.substr(0, path.find_first_of(".["));
    const auto exact = index_.find(path);
    const auto found = exact != index_.end() ? exact : index_.find(name);
    return found == index_.end() ? request_.fields.size() : found->second;
  };
  std::stable_sort(errors.begin(), errors.end(),
                   [&rank](const FieldError& a, const FieldError& b) { return rank(a) < rank(b); });
}

}  // namespace weir
