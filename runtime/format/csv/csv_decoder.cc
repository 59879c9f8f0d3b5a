#include "runtime/format/csv/csv_decoder.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace weir {
namespace {

std::string_view WithoutDoubledQuotes(std::string_view text, StringArena& arena) {
  char* const result = arena.Allocate(text.size());
  size_t size = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    result[size++] = text[i];
    if (text[i] == '"') ++i;
  }
  arena.Shrink(text.size() - size);
  return {result, size};
}

}  // namespace

CsvDecoder::CsvDecoder(DecodeRequest request)
    : request_(std::move(request)), separator_(request_.options.separator[0]) {
  const size_t count = request_.fields.size();
  columns_.reserve(count);
  default_cells_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const DecodeField& field = request_.fields[i];
    columns_.emplace_back(field.type, field.output >= 0);
    cell_of_field_.push_back(static_cast<int>(i));
    if (field.default_value.has_value() && !field.default_value->is_null()) {
      const MutableColumnPtr cell = Column::Make(field.type, 1);
      cell->SetValue(0, *field.default_value);
      default_cells_[i] = cell;
    }
  }
  if (!request_.options.header) expected_cells_ = count;
}

Status CsvDecoder::Check(const DecodeRequest& request) {
  const std::string& separator = request.options.separator;
  if (separator.size() != 1 || separator == "\"" || separator == "\n" || separator == "\r") {
    return InvalidArgumentError(
        "format csv: separator must be one byte, not a quote or a line end");
  }
  for (const DecodeField& field : request.fields) {
    if (field.type.is_nested() && field.default_value.has_value()) {
      return InvalidArgumentError("format csv: {} of type {} can't have a default", field.name,
                                  field.type.ToString());
    }
  }
  if (request.unknown_keys == UnknownKeyPolicy::kCollect) {
    return InvalidArgumentError(
        "format csv: unknown columns can be ignored or rejected, not collected");
  }
  return Status::Ok();
}

void CsvDecoder::Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
                        DecodeErrors& errors) {
  const uint32_t count = static_cast<uint32_t>(input.records.size());
  arena_ = std::make_shared<StringArena>();
  if (request_.options.header && !input.header.empty() && input.header != header_) {
    MapHeader(input.header);
  }
  for (JsonColumn& column : columns_) column.Begin(count);
  for (uint32_t row = 0; row < count; ++row) DecodeLine(input.records[row], row, errors);
  std::vector<std::shared_ptr<const void>> owners(input.owners.begin(), input.owners.end());
  owners.push_back(arena_);
  for (const auto& cell : default_cells_) {
    if (cell != nullptr) owners.push_back(cell);
  }
  columns.assign(static_cast<size_t>(request_.num_outputs), nullptr);
  for (size_t i = 0; i < columns_.size(); ++i) {
    ColumnPtr column = columns_[i].Finish(owners);
    const int output = request_.fields[i].output;
    if (output >= 0) columns[static_cast<size_t>(output)] = std::move(column);
  }
}

void CsvDecoder::MapHeader(std::string_view header) {
  header_ = std::string(header);
  header_names_.clear();
  std::string_view line = header_;
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  (void)Split(line);
  for (const Cell& cell : cells_) header_names_.emplace_back(cell.text);
  expected_cells_ = header_names_.size();
  for (size_t i = 0; i < request_.fields.size(); ++i) {
    const auto found =
        std::find(header_names_.begin(), header_names_.end(), request_.fields[i].name);
    cell_of_field_[i] =
        found == header_names_.end() ? -1 : static_cast<int>(found - header_names_.begin());
  }
}

std::string CsvDecoder::SplitQuoted(std::string_view line, size_t& at) {
  const size_t start = ++at;
  bool doubled = false;
  while (true) {
    const size_t quote = line.find('"', at);
    if (quote == std::string_view::npos) return "a quoted cell does not end";
    at = quote + 1;
    if (at < line.size() && line[at] == '"') {
      doubled = true;
      ++at;
      continue;
    }
    std::string_view text = line.substr(start, quote - start);
    if (doubled) text = WithoutDoubledQuotes(text, *arena_);
    cells_.push_back({text, true});
    if (at < line.size() && line[at] != separator_) {
      return fmt::format("text after the closing quote at byte {}", at);
    }
    return "";
  }
}

std::string CsvDecoder::Split(std::string_view line) {
  cells_.clear();
  size_t at = 0;
  while (true) {
    if (at < line.size() && line[at] == '"') {
      std::string reason = SplitQuoted(line, at);
      if (!reason.empty()) return reason;
    } else {
      const size_t stop = std::min(line.find(separator_, at), line.size());
      const std::string_view text = line.substr(at, stop - at);
      if (text.find('"') != std::string_view::npos) {
        return fmt::format("a quote inside an unquoted cell at byte {}", at + text.find('"'));
      }
      cells_.push_back({text, false});
      at = stop;
    }
    if (at >= line.size()) return "";
    ++at;  // the separator
  }
}

void CsvDecoder::DecodeLine(std::string_view line, RowIndex row, DecodeErrors& errors) {
  std::vector<FieldError> bad;
  std::string malformed;
  if (static_cast<int64_t>(line.size()) > request_.max_line) {
    malformed = fmt::format("{} bytes, longer than max_line ({})", line.size(), request_.max_line);
  } else if (line.empty()) {
    malformed = "empty line";
  } else if (!simdjson::validate_utf8(line.data(), line.size())) {
    malformed = "invalid UTF-8";
  } else {
    malformed = Split(line);
  }
  if (malformed.empty() && expected_cells_ != 0 && cells_.size() != expected_cells_) {
    malformed = fmt::format("{} cells instead of {}", cells_.size(), expected_cells_);
  }
  if (malformed.empty()) {
    FieldErrorSink sink(bad);
    ReadFields(row, sink);
  } else {
    bad.push_back({"", malformed});
  }
  if (!bad.empty()) errors.push_back({row, std::move(bad)});
}

void CsvDecoder::ReadFields(RowIndex row, FieldErrorSink& errors) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    errors.PushName(request_.fields[i].name);
    ReadField(i, row, errors);
    errors.Pop();
  }
  if (request_.unknown_keys == UnknownKeyPolicy::kReject) CheckUnknown(errors);
}

void CsvDecoder::ReadField(size_t field, RowIndex row, FieldErrorSink& errors) {
  JsonColumn& column = columns_[field];
  const int at = cell_of_field_[field];
  const bool there = at >= 0 && static_cast<size_t>(at) < cells_.size();
  const Cell cell = there ? cells_[static_cast<size_t>(at)] : Cell{};
  const bool empty = !there || (!cell.quoted && cell.text == request_.options.null_text);
  if (!empty) {
    (void)column.ParsePlain(cell.text, row, errors);
  } else if (default_cells_[field] != nullptr) {
    column.CopyCell(*default_cells_[field], row);
  } else if (column.optional()) {
    column.SetNull(row);
  } else if (there && column.type().is(TypeKind::kString) && request_.options.null_text.empty()) {
    (void)column.ParsePlain("", row, errors);
  } else {
    errors.Report("missing");
  }
}

void CsvDecoder::CheckUnknown(FieldErrorSink& errors) const {
  for (size_t i = 0; i < header_names_.size(); ++i) {
    if (std::find(cell_of_field_.begin(), cell_of_field_.end(), static_cast<int>(i)) !=
        cell_of_field_.end()) {
      continue;
    }
    errors.PushName(header_names_[i]);
    errors.Report("unknown field");
    errors.Pop();
  }
}

}  // namespace weir
