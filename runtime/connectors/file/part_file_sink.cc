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
  settings.accept_loss = request.accept_resend;
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

/// Before what it tells of, so that the folder never holds rows that an older state takes for new,
/// wherever the process dies; and behind it, since only then the folder has all rows up to the
/// positions. Only a state folder can be compared with a mark.
Status PartFileSink::Mark(uint64_t epoch, bool delivered) {
  if (!settings_.resumable) return Status::Ok();
  SinkMark mark{settings_.incarnation, epoch};
  const bool known = positions_ != nullptr && positions_epoch_ == epoch;
  if (delivered && !known) return Status::Ok();
  if (delivered && !units_.HasFrozen(epoch)) mark.positions = *positions_;
  return mark_.Write(mark, units_.NextUnits());
}

void PartFileSink::NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) {
  positions_ = std::move(positions);
  positions_epoch_ = epoch;
}

Status PartFileSink::Committed(uint64_t epoch) {
  if (!units_.HasDue(epoch)) return units_.Deliver(epoch);
  WEIR_TRY(Mark(epoch, false));
  WEIR_TRY(units_.Deliver(epoch));
  return Mark(epoch, true);
}

Status PartFileSink::Restore(uint64_t epoch, std::string_view state) {
  const bool any = PartUnits::ListsUnits(state);
  if (any) WEIR_TRY(Mark(epoch, false));
  WEIR_TRY(units_.Restore(state, settings_.accept_loss));
  return any ? Mark(epoch, true) : Status::Ok();
}

Result<std::unique_ptr<SinkWriter>> PartFileSink::MakeWriter(uint32_t worker) {
  EncodeRequest request{settings_.schema, settings_.key, settings_.upsert,
                        FormatOptions::From(settings_.format_options)};
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, MakeEncoder(settings_.format, std::move(request)));
  return std::unique_ptr<SinkWriter>(
      new PartFileWriter(settings_, worker, std::move(encoder), &units_));
}

Status PartFileSink::Close() { return DeliverOpen(); }

Status PartFileSink::DeliverOpen() {
  if (!settings_.resumable) return Status::Ok();
  const uint64_t epoch = units_.Publishable();
  if (epoch == 0) return units_.PublishCommitted();
  WEIR_TRY(Mark(epoch, false));
  WEIR_TRY(units_.PublishCommitted());
  return Mark(epoch, true);
}

}  // namespace weir
