#include "runtime/connectors/log/topic_head.h"

#include <filesystem>

#include "runtime/base/durable_files.h"
#include "runtime/base/hash.h"
#include "runtime/connectors/log/byte_codec.h"
#include "runtime/connectors/log/segment_format.h"

namespace weir {
namespace {

constexpr std::string_view kHeadMagic = "WEIRHED1";
/// Apart by more than what a disk writes at once.
constexpr int64_t kSlotDistance = 4096;
constexpr size_t kSlotBytes = 8 + 8 + kTopicIdBytes + 4 * 8 + 8;

struct Slot {
  uint64_t sequence = 0;
  HeadMark mark;
};

std::string EncodeSlot(const Slot& slot) {
  std::string out(kHeadMagic);
  PutNumber(slot.sequence, out);
  out += slot.mark.topic_id;
  PutNumber(slot.mark.journal, out);
  PutNumber(slot.mark.position, out);
  PutNumber(slot.mark.sum, out);
  PutNumber(slot.mark.records, out);
  PutNumber(HashBytes(out), out);
  return out;
}

std::optional<Slot> DecodeSlot(std::string_view bytes) {
  if (bytes.size() < kSlotBytes || !bytes.starts_with(kHeadMagic)) return std::nullopt;
  ByteCursor in(bytes.substr(kHeadMagic.size()));
  Slot slot;
  slot.sequence = in.Number<uint64_t>();
  slot.mark.topic_id = std::string(in.Bytes(kTopicIdBytes));
  slot.mark.journal = in.Number<uint64_t>();
  slot.mark.position = in.Number<int64_t>();
  slot.mark.sum = in.Number<uint64_t>();
  slot.mark.records = in.Number<int64_t>();
  const auto sum = in.Number<uint64_t>();
  if (sum != HashBytes(bytes.substr(0, kSlotBytes - sizeof(sum)))) return std::nullopt;
  return slot;
}

int64_t SlotPosition(uint64_t sequence) {
  return static_cast<int64_t>(sequence % 2) * kSlotDistance;
}

Result<Slot> ReadNewest(const LogFile& file) {
  std::optional<Slot> newest;
  for (const uint64_t index : {0, 1}) {
    char bytes[kSlotBytes];
    WEIR_ASSIGN(const size_t got, file.ReadAt(SlotPosition(index), bytes, sizeof(bytes)));
    std::optional<Slot> slot = DecodeSlot({bytes, got});
    if (slot && (!newest || slot->sequence > newest->sequence)) newest = std::move(slot);
  }
  if (newest) return *std::move(newest);
  return DataLossError(
      "{}: damaged: restore this file from a copy; when the topic's journal files are known to be "
      "whole, delete it, and the next writer makes it anew",
      file.path());
}

}  // namespace

std::string TopicHead::Path(const std::string& folder) { return folder + "/head"; }

Result<std::optional<HeadMark>> TopicHead::Read(const std::string& folder) {
  const Result<LogFile> file = LogFile::OpenToRead(Path(folder));
  if (!file.ok()) {
    if (file.status().code() == StatusCode::kNotFound) return std::optional<HeadMark>();
    return file.status();
  }
  WEIR_ASSIGN(Slot slot, ReadNewest(*file));
  return std::optional<HeadMark>(std::move(slot.mark));
}

Status TopicHead::Open(const std::string& folder, const HeadMark& mark, bool sync) {
  const std::string path = Path(folder);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    // Under its name only when it is whole: a head without a whole slot is damage.
    const std::string aside = folder + "/.head";
    std::string bytes = EncodeSlot({0, mark});
    bytes.resize(static_cast<size_t>(2 * kSlotDistance), '\0');
    WEIR_ASSIGN(LogFile file, LogFile::OpenToWrite(aside));
    WEIR_TRY(file.WriteAt(0, bytes));
    WEIR_TRY(file.Sync());
    std::filesystem::rename(aside, path, error);
    if (error) return LogFileError("rename to", path, error.value());
    WEIR_TRY(FsyncFolder(folder));
  }
  WEIR_ASSIGN(file_, LogFile::OpenToWrite(path));
  WEIR_ASSIGN(const Slot slot, ReadNewest(file_));
  mark_ = slot.mark;
  sequence_ = slot.sequence;
  return Advance(mark, sync);
}

Status TopicHead::Advance(const HeadMark& mark, bool sync) {
  if (!mark_.IsBehind(mark)) return Status::Ok();
  WEIR_TRY(file_.WriteAt(SlotPosition(sequence_ + 1), EncodeSlot({sequence_ + 1, mark})));
  if (sync) WEIR_TRY(file_.Sync());
  ++sequence_;
  mark_ = mark;
  return Status::Ok();
}

}  // namespace weir
