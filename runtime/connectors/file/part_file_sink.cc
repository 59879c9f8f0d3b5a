#include "runtime/connectors/file/part_file_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/durable_files.h"
#include "runtime/connectors/file/file_paths.h"
#include "runtime/connectors/file/part_file_writer.h"
#include "runtime/format/encoder.h"

namespace weir {

Result<FileSinkSettings> FileSinkSettings::From(const SinkRequest& request) {
  FileSinkSettings settings;
  settings.pipeline = request.pipeline;
  settings.sink = request.name;
  WEIR_ASSIGN(settings.path, OutputPath(*request.options, request.name));
  while (settings.path.size() > 1 && settings.path.ends_with('/')) settings.path.pop_back();
  settings.format = FileFormat(*request.options, request.format, settings.path);
  settings.compression = request.options->GetString("compression", "none");
  if (request.format_options != nullptr) settings.format_options = *request.format_options;
  settings.schema = request.schema;
  settings.key = request.key;
  settings.upsert = request.upsert;
  settings.batch_rows = request.batch_rows;
  settings.batch_bytes = request.batch_bytes;
  settings.batch_time = request.batch_time;
  settings.resumable = request.resumable;
  settings.clock = request.clock == nullptr ? &SystemClock::Instance() : request.clock;
  settings.incarnation = request.incarnation.empty() ? fmt::format("{:x}", settings.clock->Now())
                                                     : request.incarnation;
  return settings;
}

Status PrepareFolder(const std::string& folder) {
  // What is delivered must not go with the folder when the power fails.
  WEIR_TRY(MakeFolderDurably(folder).WithContext("cannot make folder " + folder));
  const std::string probe = fmt::format("{}/.weir-probe-{}", folder, ::getpid());
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return FileError("write into folder", folder, errno);
  ::close(file);
  ::unlink(probe.c_str());
  return Status::Ok();
}

PartFileSink::PartFileSink(FileSinkSettings settings)
    : settings_(std::move(settings)),
      units_(settings_.path, settings_.incarnation),
      mark_(settings_.path, settings_.pipeline, settings_.sink) {}

Status PartFileSink::Open() {
  WEIR_TRY(PrepareFolder(settings_.path));
  WEIR_TRY(claim_.Take(settings_.path));
  RemoveAbandonedParts(settings_.path);
  if (settings_.resumable) return Status::Ok();
  return lease_.Take(settings_.path, settings_.incarnation);
}

Result<std::string> PartFileSink::Prepare(uint64_t epoch) {
  return units_.Prepare(epoch, settings_.resumable);
}

Result<std::optional<SinkMark>> PartFileSink::ReadMark() { return mark_.Read(); }

/// Before what it tells of: the folder never holds rows that an older state takes for new, wherever
/// the process dies. Only a state folder can be compared with a mark.
Status PartFileSink::Mark(uint64_t epoch) {
  if (!settings_.resumable) return Status::Ok();
  return mark_.Write({settings_.incarnation, epoch});
}

Status PartFileSink::Committed(uint64_t epoch) {
  if (units_.HasDue(epoch)) WEIR_TRY(Mark(epoch));
  return units_.Deliver(epoch);
}

Status PartFileSink::Restore(uint64_t epoch, std::string_view state) {
  if (PartUnits::ListsUnits(state)) WEIR_TRY(Mark(epoch));
  return units_.Restore(state);
}

Result<std::unique_ptr<SinkWriter>> PartFileSink::MakeWriter(uint32_t worker) {
  EncodeRequest request{settings_.schema, settings_.key, settings_.upsert,
                        FormatOptions::From(settings_.format_options)};
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, MakeEncoder(settings_.format, std::move(request)));
  return std::unique_ptr<SinkWriter>(
      new PartFileWriter(settings_, worker, std::move(encoder), &units_));
}

Status PartFileSink::Close() {
  if (!settings_.resumable) return Status::Ok();
  if (const uint64_t epoch = units_.Publishable(); epoch > 0) WEIR_TRY(Mark(epoch));
  return units_.PublishCommitted();
}

}  // namespace weir
