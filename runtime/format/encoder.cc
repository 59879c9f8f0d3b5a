#include "runtime/format/encoder.h"

#include "runtime/format/csv/csv_encoder.h"
#include "runtime/format/json/json_encoder.h"
#include "runtime/format/raw/raw_encoder.h"

namespace weir {

Result<std::unique_ptr<Encoder>> MakeEncoder(std::string_view format, EncodeRequest request) {
  if (format == "json") return std::unique_ptr<Encoder>(new JsonEncoder(std::move(request)));
  if (format == "csv") {
    WEIR_TRY(CsvEncoder::Check(request));
    return std::unique_ptr<Encoder>(new CsvEncoder(std::move(request)));
  }
  if (format == "raw") {
    WEIR_TRY(RawEncoder::Check(request));
    return std::unique_ptr<Encoder>(new RawEncoder(request));
  }
  return InvalidArgumentError("format {}: there is no such format to write (json, csv, raw)",
                              format);
}

}  // namespace weir
