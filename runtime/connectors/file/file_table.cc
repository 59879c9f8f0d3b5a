#include "runtime/connectors/file/file_table.h"

#include "runtime/connectors/file/file_paths.h"
#include "runtime/connectors/file/file_source.h"

namespace weir {
namespace {

constexpr size_t kRecordsPerRead = 2048;
/// Each passes over some MiB of one line.
constexpr int kMostEmptyReads = 16;

}  // namespace

FileTable::FileTable(const TableRequest& request)
    : name_(request.name),
      options_(*request.options),
      csv_header_(request.format_options == nullptr ||
                  request.format_options->GetBool("header", true)),
      max_line_(request.max_line) {}

Status FileTable::Open() {
  WEIR_ASSIGN(files_, FindInputFiles(options_, name_));
  format_ = FileFormat(options_, "", files_.front());
  return Rewind();
}

Status FileTable::OpenFile() {
  WEIR_ASSIGN(std::unique_ptr<ByteReader> bytes, OpenByteReader(files_[file_]));
  lines_ = std::make_unique<LineReader>(std::move(bytes),
                                        LineOptionsFor(format_, csv_header_, max_line_));
  return lines_->Open(0, /*skip_line=*/false);
}

Result<bool> FileTable::Read(RecordChunk& chunk) {
  const size_t before = chunk.records.size();
  int empty_reads = 0;
  while (true) {
    WEIR_ASSIGN(const bool more, lines_->Read(kRecordsPerRead, chunk));
    if (chunk.records.size() > before) return true;
    if (more && ++empty_reads > kMostEmptyReads) {
      return DataLossError("table {}: {} has a line that does not end", name_, files_[file_]);
    }
    // A pipe is read to its end: half a table would answer wrongly.
    if (more || !lines_->at_end()) continue;
    if (++file_ == files_.size()) {
      --file_;
      return false;
    }
    WEIR_TRY(OpenFile());
  }
}

Status FileTable::Rewind() {
  file_ = 0;
  return OpenFile();
}

}  // namespace weir
