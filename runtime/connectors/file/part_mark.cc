#include "runtime/connectors/file/part_mark.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "runtime/base/durable_files.h"
#include "runtime/base/kill_point.h"
#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKind = "weir-mark";

/// Sinks without a name of their own are called `stream/into`.
std::string FileName(std::string sink) {
  std::replace(sink.begin(), sink.end(), '/', '.');
  return sink;
}

}  // namespace

PartMark::PartMark(const std::string& folder, const std::string& pipeline, const std::string& sink)
    : folder_(folder),
      path_(fmt::format("{}/.{}-{}-{}", folder, kKind, pipeline, FileName(sink))) {}

Result<std::optional<SinkMark>> PartMark::Read() {
  if (known_) return known_;
  std::error_code error;
  if (!fs::exists(path_, error)) return known_;
  std::ifstream file(path_);
  std::string kind;
  int version = 0;
  SinkMark mark;
  file >> kind >> version >> mark.incarnation >> mark.epoch;
  if (!file || kind != kKind || version != 1) {
    return DataLossError("{} is damaged: it tells which rows are in {}", path_, folder_);
  }
  known_ = mark;
  return known_;
}

Status PartMark::Write(const SinkMark& mark) {
  if (known_ == mark) return Status::Ok();
  const std::string aside = path_ + ".tmp";
  WEIR_ASSIGN(const std::unique_ptr<ByteWriter> file, OpenByteWriter(aside, "none"));
  WEIR_TRY(file->Write(fmt::format("{} 1 {} {}\n", kKind, mark.incarnation, mark.epoch)));
  WEIR_TRY(file->Finish());
  WEIR_TRY(FsyncFile(aside));
  KillPoint::Pass("mark-written-aside");
  WEIR_TRY(RenameDurably(aside, path_));
  KillPoint::Pass("mark-written");
  known_ = mark;
  return Status::Ok();
}

}  // namespace weir
