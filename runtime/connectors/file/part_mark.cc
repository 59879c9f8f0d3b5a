#include "runtime/connectors/file/part_mark.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "runtime/base/durable_files.h"
#include "runtime/base/kill_point.h"
#include "runtime/base/take_number.h"
#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/file_paths.h"
#include "runtime/connectors/file/part_units.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKind = "weir-mark";
constexpr int kVersion = 2;
constexpr std::string_view kNone = "-";

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
  std::string lanes;
  file >> kind >> version;
  if (file && kind == kKind && version > kVersion) {
    return UnimplementedError(
        "{}: a mark of version {}; this version of weir reads up to {}: use "
        "the one that wrote it or a newer one",
        path_, version, kVersion);
  }
  file >> mark.incarnation >> mark.epoch;
  if (version == kVersion) file >> lanes >> mark.positions;
  if (!file || kind != kKind || version < 1) {
    return DataLossError("{} is damaged: it tells which rows are in {}", path_, folder_);
  }
  if (mark.positions == kNone) mark.positions.clear();
  if (!mark.positions.empty()) {
    WEIR_ASSIGN(const bool knows, KnowsAllParts(mark, lanes));
    if (!knows) mark.positions.clear();
  }
  known_ = mark;
  return known_;
}

/// Whether all visible parts of its incarnation were there when the mark was written.
Result<bool> PartMark::KnowsAllParts(const SinkMark& mark, const std::string& lanes) const {
  std::map<uint32_t, uint64_t> next;
  std::string_view rest = lanes == kNone ? std::string_view() : lanes;
  while (!rest.empty()) {
    uint32_t lane = 0;
    uint64_t number = 0;
    bool good = TakeNumber(rest, lane) && rest.starts_with(':');
    if (good) rest.remove_prefix(1);
    good = good && TakeNumber(rest, number) && (rest.empty() || rest.starts_with(','));
    if (!good) return DataLossError("{} is damaged: it tells which rows are in {}", path_, folder_);
    if (!rest.empty()) rest.remove_prefix(1);
    next[lane] = number;
  }
  std::error_code error;
  bool knows = true;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const auto part = PartNumberOf(it->path().filename().string(), mark.incarnation);
    if (part) knows &= next.contains(part->lane) && part->number < next[part->lane];
  }
  if (error) return FileError("read folder", folder_, error.value());
  return knows;
}

Status PartMark::Write(const SinkMark& mark, const std::map<uint32_t, uint64_t>& next) {
  if (known_ == mark) return Status::Ok();
  const std::string aside = path_ + ".tmp";
  WEIR_ASSIGN(const std::unique_ptr<ByteWriter> file, OpenByteWriter(aside, "none"));
  std::string lanes;
  for (const auto& [lane, number] : next) {
    fmt::format_to(std::back_inserter(lanes), "{}{}:{}", lanes.empty() ? "" : ",", lane, number);
  }
  WEIR_TRY(file->Write(fmt::format("{} {} {} {} {} {}\n", kKind, kVersion, mark.incarnation,
                                   mark.epoch, lanes.empty() ? kNone : lanes,
                                   mark.positions.empty() ? kNone : mark.positions)));
  WEIR_TRY(file->Finish());
  WEIR_TRY(FsyncFile(aside));
  KillPoint::Pass("mark-written-aside");
  WEIR_TRY(RenameDurably(aside, path_));
  KillPoint::Pass("mark-written");
  known_ = mark;
  return Status::Ok();
}

}  // namespace weir
