#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/decoder.h"
#include "runtime/format/json/json_column.h"
#include "runtime/format/json/key_prediction.h"

namespace weir {

/// JSON objects to columns. A record is first read by the predicted order of its keys; at the first
/// surprise of any kind (another key, a bad value, malformed text) it is read again from its start
/// with keys in any order, and only this second reading reports errors. Both readings parse values
/// with the same code, so they accept the same records.
class JsonDecoder final : public Decoder {
 public:
  /// `predict` off: every record takes the second way (tests compare the two).
  explicit JsonDecoder(DecodeRequest request, bool predict = true);

  void Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
              DecodeErrors& errors) override;

 private:
  static constexpr size_t kMostPredictedFields = 64;  ///< bits of a word

  bool DecodePredicted(std::string_view record, RowIndex row);
  bool ReadPredictedValue(JsonScanner& scanner, const KeyPrediction::Key& key, RowIndex row);
  void DecodeAny(std::string_view record, RowIndex row, DecodeErrors& errors);
  /// Members up to the closing brace; false on malformed text.
  bool ReadMembers(JsonScanner& scanner, RowIndex row, FieldErrorSink& errors);
  bool ReadMember(JsonScanner& scanner, RowIndex row, FieldErrorSink& errors);
  bool ReadUnknown(JsonScanner& scanner, std::string_view name, FieldErrorSink& errors);
  void FinishAbsent(RowIndex row, FieldErrorSink& errors);
  void SetDefault(size_t field, RowIndex row);
  void Collect(std::string_view name, std::string_view value);
  void StoreCollected(RowIndex row, FieldErrorSink& errors);
  std::string NotAnObject(JsonScanner& scanner, std::string_view record) const;
  std::string Check(std::string_view record, RowIndex row, std::vector<FieldError>& bad);
  void SortBySchema(std::vector<FieldError>& errors) const;

  DecodeRequest request_;
  bool predict_;
  std::vector<JsonColumn> columns_;                      ///< by field
  absl::flat_hash_map<std::string_view, size_t> index_;  ///< of names in `request_`
  KeyPrediction prediction_;
  uint64_t required_ = 0;   ///< bits of fields that must be there
  uint64_t defaulted_ = 0;  ///< bits of fields with a default

  // Defaults: scalars as a column of one row, nested ones as JSON text.
  std::vector<std::shared_ptr<const Column>> default_cells_;
  std::vector<std::shared_ptr<const std::string>> default_texts_;
  std::unique_ptr<JsonColumn> collected_;  ///< of kCollect

  // Of the record being read.
  std::vector<uint8_t> seen_;
  absl::flat_hash_set<std::string> unknown_names_;
  std::string collected_text_;
  std::vector<KeyPrediction::SeenKey> keys_;
  bool learn_ = false;
  std::vector<std::shared_ptr<const void>> batch_owners_;
};

}  // namespace weir
