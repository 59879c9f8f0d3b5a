// Lists, maps and structs of `JsonColumn`.
#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>

#include "runtime/format/json/json_column.h"

namespace weir {
namespace {

/// Keeps the worst of several outcomes.
void Merge(ParseOutcome& outcome, ParseOutcome further) { outcome = std::max(outcome, further); }

bool HasDuplicate(const std::vector<std::string_view>& keys) {
  constexpr size_t kLinear = 16;
  if (keys.size() > kLinear) {
    return absl::flat_hash_set<std::string_view>(keys.begin(), keys.end()).size() != keys.size();
  }
  for (size_t i = 1; i < keys.size(); ++i) {
    if (std::find(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(i), keys[i]) !=
        keys.begin() + static_cast<ptrdiff_t>(i)) {
      return true;
    }
  }
  return false;
}

}  // namespace

ParseOutcome JsonColumn::ParseList(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (!scanner.Consume('[')) return WrongType(scanner, errors);
  JsonColumn& child = children_[0];
  const uint32_t offset = child.used_;
  ParseOutcome outcome = ParseOutcome::kOk;
  scanner.SkipSpace();
  if (!scanner.Consume(']')) {
    while (true) {
      if (errors != nullptr) errors->PushIndex(child.used_ - offset);
      Merge(outcome, child.Parse(scanner, child.Append(), errors));
      if (errors != nullptr) errors->Pop();
      if (outcome == ParseOutcome::kBroken) return outcome;
      if (outcome == ParseOutcome::kBad && errors == nullptr) return outcome;
      scanner.SkipSpace();
      if (scanner.Consume(']')) break;
      if (!scanner.Expect(',')) return ParseOutcome::kBroken;
      scanner.SkipSpace();
    }
  }
  *static_cast<ListEntry*>(Cell(row)) = {offset, child.used_ - offset};
  MarkValid(row);
  return outcome;
}

ParseOutcome JsonColumn::ParseMapEntry(JsonScanner& scanner, std::vector<std::string_view>& keys,
                                       FieldErrorSink* errors) {
  JsonColumn& entries = children_[0];
  JsonStringToken token;
  if (!scanner.ScanString(token)) return ParseOutcome::kBroken;
  const RowIndex at = entries.Append();
  entries.MarkValid(at);
  JsonColumn& key = entries.children_[0];
  const std::string_view text =
      token.escaped ? UnescapeJson(token, key.column_->arena()) : token.text;
  keys.push_back(text);
  ParseOutcome outcome = ParseOutcome::kOk;
  if (key.type_.is(TypeKind::kString)) {
    key.StoreString(at, text);
  } else {
    Merge(outcome, key.StoreScalar(text, at, errors));
  }
  scanner.SkipSpace();
  if (!scanner.Expect(':')) return ParseOutcome::kBroken;
  scanner.SkipSpace();
  if (errors != nullptr) errors->PushName(text);
  Merge(outcome, entries.children_[1].Parse(scanner, at, errors));
  if (errors != nullptr) errors->Pop();
  return outcome;
}

ParseOutcome JsonColumn::ParseMap(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (!scanner.Consume('{')) return WrongType(scanner, errors);
  const uint32_t offset = children_[0].used_;
  std::vector<std::string_view> keys;
  ParseOutcome outcome = ParseOutcome::kOk;
  scanner.SkipSpace();
  if (!scanner.Consume('}')) {
    while (true) {
      Merge(outcome, ParseMapEntry(scanner, keys, errors));
      if (outcome == ParseOutcome::kBroken) return outcome;
      if (outcome == ParseOutcome::kBad && errors == nullptr) return outcome;
      scanner.SkipSpace();
      if (scanner.Consume('}')) break;
      if (!scanner.Expect(',')) return ParseOutcome::kBroken;
      scanner.SkipSpace();
    }
  }
  if (HasDuplicate(keys)) {
    if (errors != nullptr) errors->Report("has the same key twice");
    outcome = ParseOutcome::kBad;
  }
  *static_cast<ListEntry*>(Cell(row)) = {offset, children_[0].used_ - offset};
  MarkValid(row);
  return outcome;
}

ParseOutcome JsonColumn::ParseMember(JsonScanner& scanner, RowIndex row, SeenFields& seen,
                                     FieldErrorSink* errors) {
  JsonStringToken token;
  if (!scanner.ScanString(token)) return ParseOutcome::kBroken;
  scanner.SkipSpace();
  if (!scanner.Expect(':')) return ParseOutcome::kBroken;
  scanner.SkipSpace();
  StringArena arena;
  const std::string_view name = UnescapeJson(token, arena);
  const auto found = std::find(names_.begin(), names_.end(), name);
  std::string_view ignored;
  if (found == names_.end()) {
    if (!scanner.SkipValue(ignored)) return ParseOutcome::kBroken;
    if (!unknown_refused_) return ParseOutcome::kOk;
    if (errors != nullptr) {
      errors->PushName(name);
      errors->Report("unknown field");
      errors->Pop();
    }
    return ParseOutcome::kBad;
  }
  const size_t index = static_cast<size_t>(found - names_.begin());
  ParseOutcome outcome = ParseOutcome::kOk;
  if (errors != nullptr) errors->PushName(names_[index]);
  if (seen[index]) {
    outcome = scanner.SkipValue(ignored) ? ParseOutcome::kBad : ParseOutcome::kBroken;
    if (errors != nullptr && outcome == ParseOutcome::kBad) errors->Report("duplicate key");
  } else {
    seen[index] = true;
    outcome = children_[index].Parse(scanner, row, errors);
  }
  if (errors != nullptr) errors->Pop();
  return outcome;
}

ParseOutcome JsonColumn::FinishMembers(RowIndex row, const SeenFields& seen,
                                       FieldErrorSink* errors) {
  ParseOutcome outcome = ParseOutcome::kOk;
  for (size_t i = 0; i < children_.size(); ++i) {
    if (seen[i]) continue;
    if (!children_[i].key_required()) {
      children_[i].SetNull(row);
      continue;
    }
    outcome = ParseOutcome::kBad;
    if (errors == nullptr) return outcome;
    errors->PushName(names_[i]);
    errors->Report("missing");
    errors->Pop();
  }
  return outcome;
}

ParseOutcome JsonColumn::ParseStruct(JsonScanner& scanner, RowIndex row, FieldErrorSink* errors) {
  if (!scanner.Consume('{')) return WrongType(scanner, errors);
  SeenFields seen(children_.size(), false);
  ParseOutcome outcome = ParseOutcome::kOk;
  scanner.SkipSpace();
  if (!scanner.Consume('}')) {
    while (true) {
      Merge(outcome, ParseMember(scanner, row, seen, errors));
      if (outcome == ParseOutcome::kBroken) return outcome;
      if (outcome == ParseOutcome::kBad && errors == nullptr) return outcome;
      scanner.SkipSpace();
      if (scanner.Consume('}')) break;
      if (!scanner.Expect(',')) return ParseOutcome::kBroken;
      scanner.SkipSpace();
    }
  }
  Merge(outcome, FinishMembers(row, seen, errors));
  MarkValid(row);
  return outcome;
}

}  // namespace weir
