#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/json/json_decoder.h"
#include "runtime/vector/column.h"

namespace weir {

inline DecodeField MakeField(std::string name, DataType type, int output) {
  DecodeField field;
  field.name = std::move(name);
  field.type = std::move(type);
  field.output = output;
  return field;
}

/// The event of the speed layer.
inline DecodeRequest EventRequest() {
  const DataType event_type =
      DataType::Enum({"page_view", "product_view", "search", "add_to_cart", "purchase",
                      "remove_from_cart", "checkout_start", "login", "logout"},
                     "EventType", /*ignore_case=*/true);
  const DataType text = DataType::String();
  const DataType uuid = DataType::Uuid();
  DecodeRequest request;
  int output = 0;
  const auto add = [&](const char* name, DataType type) {
    request.fields.push_back(MakeField(name, std::move(type), output++));
  };
  add("event_id", uuid);
  add("user_id", uuid);
  add("session_id", uuid);
  add("event_type", event_type);
  add("timestamp", DataType::Timestamp());
  add("device_type", text);
  add("browser", text);
  add("ip_address", DataType::Of(TypeKind::kIpv4).AsOptional());
  add("page_url", text.AsOptional());
  add("product_id", uuid.AsOptional());
  add("search_query", text.AsOptional());
  add("transaction_id", uuid.AsOptional());
  add("properties", DataType::Json());
  add("user_tier", DataType::Enum({"bronze", "silver", "gold"}, "Tier").AsOptional());
  request.fields[5].default_value = Value::String("");
  request.fields[6].default_value = Value::String("");
  request.fields[12].default_value = Value(DataType::Json(), std::string("{}"));
  request.num_outputs = output;
  return request;
}

inline std::string EventRecord() {
  return R"({"event_id":"00000000-0000-0000-0000-000000000001",)"
         R"("user_id":"11111111-1111-1111-1111-1111111111Ff",)"
         R"("session_id":"22222222-2222-2222-2222-222222222222","event_type":"page_view",)"
         R"("timestamp":"2026-01-01T10:00:00.25Z","device_type":"mobile","browser":"firefox",)"
         R"("ip_address":"10.1.2.3","page_url":"https://shop.example/","properties":{"a":[1,2.5,"x"]}})";
}

/// Result of one batch; a failed record's row reads as its errors.
struct Decoded {
  std::vector<ColumnPtr> columns;
  DecodeErrors errors;

  std::string Text(int column, uint32_t row) const {
    return columns[static_cast<size_t>(column)]->ValueAt(row).ToJson();
  }
  std::string Row(uint32_t row) const {
    for (const RecordError& error : errors) {
      if (error.record != row) continue;
      std::string text = "!";
      for (const FieldError& field : error.fields) text += " " + field.field + ": " + field.reason;
      return text;
    }
    std::string text;
    for (const ColumnPtr& column : columns) text += column->ValueAt(row).ToJson() + " ";
    return text;
  }
};

inline Decoded DecodeWith(Decoder& decoder, const std::vector<std::string>& records,
                          std::string_view header = {}) {
  // Each record has memory of its own, exactly as long: reading beyond it shows under ASan.
  std::vector<std::shared_ptr<const void>> owners;
  std::vector<std::string_view> views;
  for (const std::string& record : records) {
    std::shared_ptr<char[]> copy(new char[record.size()]);
    std::copy(record.begin(), record.end(), copy.get());
    views.emplace_back(copy.get(), record.size());
    owners.emplace_back(std::move(copy));
  }
  Decoded result;
  decoder.Decode({views, owners, header}, result.columns, result.errors);
  return result;
}

inline Decoded DecodeJson(DecodeRequest request, const std::vector<std::string>& records) {
  JsonDecoder decoder(std::move(request));
  return DecodeWith(decoder, records);
}

/// Reasons why one value is not of a type; "" when it is.
inline std::string ErrorFor(DataType type, const std::string& json) {
  DecodeRequest request;
  request.fields.push_back(MakeField("f", std::move(type), 0));
  request.num_outputs = 1;
  const Decoded decoded = DecodeJson(request, {"{\"f\":" + json + "}"});
  return decoded.errors.empty() ? "" : decoded.errors[0].Reason();
}

/// The value as it is written again.
inline std::string ValueFor(DataType type, const std::string& json) {
  DecodeRequest request;
  request.fields.push_back(MakeField("f", std::move(type), 0));
  request.num_outputs = 1;
  return DecodeJson(request, {"{\"f\":" + json + "}"}).Row(0);
}

}  // namespace weir
