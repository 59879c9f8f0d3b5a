#include "runtime/connectors/console/console_sink.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/connectors/console/table_printer.h"
#include "runtime/format/encoder.h"

namespace weir {
namespace {

RecordBatch FirstRows(const RecordBatch& batch, uint32_t count) {
  if (count == batch.num_rows()) return batch;
  RowIndices rows;
  for (uint32_t i = 0; i < count; ++i) rows.push_back(batch.rows()[i]);
  return batch.WithSelection(std::move(rows));
}

class ConsoleWriter final : public SinkWriter {
 public:
  ConsoleWriter(ConsoleSink& sink, std::unique_ptr<Encoder> encoder,
                std::unique_ptr<TablePrinter> table)
      : sink_(sink), encoder_(std::move(encoder)), table_(std::move(table)) {}

  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override {
    const uint32_t admitted = sink_.Admit(batch.num_rows());
    if (admitted == 0) return Status::Ok();
    const RecordBatch shown = FirstRows(batch, admitted);
    lines_.clear();
    if (table_ != nullptr) {
      table_->Append(shown, lines_);
    } else {
      encoder_->Append(shown, lines_);
    }
    return sink_.Print(lines_);
  }
  Status Freeze(uint64_t) override { return Status::Ok(); }
  Status Deliver(std::vector<RefusedRow>& refused) override {
    (void)refused;
    return Status::Ok();
  }

 private:
  ConsoleSink& sink_;
  std::unique_ptr<Encoder> encoder_;
  std::unique_ptr<TablePrinter> table_;
  std::string lines_;
};

}  // namespace

ConsoleSink::ConsoleSink(const SinkRequest& request, int output)
    : schema_(request.schema),
      key_(request.key),
      table_(request.options->GetString("format", "json") == "table"),
      left_(request.options->GetInt64("limit", -1)),
      output_(output),
      colours_(::isatty(output) == 1) {}

Result<std::unique_ptr<SinkWriter>> ConsoleSink::MakeWriter(uint32_t worker) {
  (void)worker;
  EncodeRequest request;
  request.schema = schema_;
  request.key = key_;
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, MakeEncoder("json", std::move(request)));
  std::unique_ptr<TablePrinter> table;
  if (table_) table = std::make_unique<TablePrinter>(schema_, colours_);
  return std::unique_ptr<SinkWriter>(
      new ConsoleWriter(*this, std::move(encoder), std::move(table)));
}

uint32_t ConsoleSink::Admit(uint32_t rows) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (left_ < 0) return rows;
  const uint32_t admitted = static_cast<uint32_t>(std::min<int64_t>(left_, rows));
  left_ -= admitted;
  hidden_rows_ += rows - admitted;
  return admitted;
}

Status ConsoleSink::Print(std::string_view lines) {
  const std::lock_guard<std::mutex> lock(mutex_);
  while (!lines.empty()) {
    const ssize_t written = ::write(output_, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return IoError("console: cannot write: {}", std::strerror(errno));
    lines.remove_prefix(static_cast<size_t>(written));
  }
  return Status::Ok();
}

Status ConsoleSink::Close() {
  if (hidden_rows_ == 0) return Status::Ok();
  return Print(fmt::format("… and {} more rows\n", hidden_rows_));
}

}  // namespace weir
