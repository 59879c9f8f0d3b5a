#include "runtime/format/decoder.h"

#include "runtime/format/csv/csv_decoder.h"
#include "runtime/format/json/json_decoder.h"
#include "runtime/format/raw/raw_decoder.h"

namespace weir {

std::string RecordError::Reason() const {
  const FieldError& first = fields.front();
  return first.field.empty() ? first.reason : first.field + ": " + first.reason;
}

Result<std::unique_ptr<Decoder>> MakeDecoder(std::string_view format, DecodeRequest request) {
  if (format == "json") return std::unique_ptr<Decoder>(new JsonDecoder(std::move(request)));
  if (format == "csv") {
    WEIR_TRY(CsvDecoder::Check(request));
    return std::unique_ptr<Decoder>(new CsvDecoder(std::move(request)));
  }
  if (format == "raw") {
    WEIR_TRY(RawDecoder::Check(request));
    return std::unique_ptr<Decoder>(new RawDecoder(std::move(request)));
  }
  return InvalidArgumentError("format {}: there is no such format to read (json, csv, raw)",
                              format);
}

}  // namespace weir
