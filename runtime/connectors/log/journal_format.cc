#include "runtime/connectors/log/journal_format.h"

#include "runtime/base/hash.h"
#include "runtime/connectors/log/byte_codec.h"
#include "runtime/connectors/log/segment_format.h"

namespace weir {
namespace {

constexpr uint32_t kJournalMagic = 0x314a4c57;  // "WLJ1"
constexpr size_t kSummedHeaderBytes = 12;

void PutUnit(const LogUnit& unit, std::string& out) {
  PutText(unit.lane, out);
  PutNumber(unit.number, out);
  PutNumber(unit.time, out);
  PutText(unit.note, out);
  PutNumber(static_cast<uint32_t>(unit.extents.size()), out);
  for (const LogExtent& extent : unit.extents) {
    PutNumber(extent.partition, out);
    PutNumber(extent.file, out);
    PutNumber(extent.begin, out);
    PutNumber(extent.end, out);
    PutNumber(extent.records, out);
    PutNumber(extent.min_time, out);
    PutNumber(extent.max_time, out);
    PutNumber(extent.base_offset, out);
  }
}

constexpr size_t kExtentBytes = 4 + 7 * 8;

void ReadUnit(ByteCursor& in, LogUnit& unit) {
  unit.lane = std::string(in.Text());
  unit.number = in.Number<uint64_t>();
  unit.time = in.Number<int64_t>();
  unit.note = std::string(in.Text());
  const auto count = in.Number<uint32_t>();
  if (!in.HasRoomFor(count, kExtentBytes)) return;
  unit.extents.resize(count);
  for (LogExtent& extent : unit.extents) {
    extent.partition = in.Number<uint32_t>();
    extent.file = in.Number<uint64_t>();
    extent.begin = in.Number<int64_t>();
    extent.end = in.Number<int64_t>();
    extent.records = in.Number<int64_t>();
    extent.min_time = in.Number<int64_t>();
    extent.max_time = in.Number<int64_t>();
    extent.base_offset = in.Number<int64_t>();
  }
}

void PutBounds(const std::vector<PartitionBounds>& bounds, std::string& out) {
  PutNumber(static_cast<uint32_t>(bounds.size()), out);
  for (const PartitionBounds& one : bounds) {
    PutNumber(one.start, out);
    PutNumber(one.next, out);
  }
}

void ReadBounds(ByteCursor& in, std::vector<PartitionBounds>& bounds) {
  const auto count = in.Number<uint32_t>();
  if (!in.HasRoomFor(count, 2 * sizeof(int64_t))) return;
  bounds.resize(count);
  for (PartitionBounds& one : bounds) {
    one.start = in.Number<int64_t>();
    one.next = in.Number<int64_t>();
  }
}

void PutMarks(const std::vector<LaneMark>& marks, std::string& out) {
  PutNumber(static_cast<uint32_t>(marks.size()), out);
  for (const LaneMark& mark : marks) {
    PutText(mark.lane, out);
    PutNumber(mark.unit, out);
    PutText(mark.note, out);
  }
}

void ReadMarks(ByteCursor& in, std::vector<LaneMark>& marks) {
  const auto count = in.Number<uint32_t>();
  if (!in.HasRoomFor(count, 16)) return;
  marks.resize(count);
  for (LaneMark& mark : marks) {
    mark.lane = std::string(in.Text());
    mark.unit = in.Number<uint64_t>();
    mark.note = std::string(in.Text());
  }
}

}  // namespace

std::string EncodeJournalRecord(const JournalRecord& record) {
  std::string body;
  switch (record.type) {
    case JournalType::kStart:
      body += record.topic_id;
      PutBounds(record.bounds, body);
      PutMarks(record.marks, body);
      break;
    case JournalType::kPrepare:
    case JournalType::kCommit:
    case JournalType::kAbort: PutUnit(record.unit, body); break;
    case JournalType::kRetain: PutBounds(record.bounds, body); break;
  }
  std::string out;
  PutNumber(kJournalMagic, out);
  PutNumber(static_cast<uint32_t>(body.size()), out);
  PutNumber(static_cast<uint32_t>(record.type), out);
  PutNumber(static_cast<uint32_t>(HashBytes(out)), out);
  PutNumber(HashBytes(body), out);
  return out + body;
}

bool DecodeJournalHeader(std::string_view bytes, JournalHeader& header) {
  ByteCursor in(bytes);
  const auto magic = in.Number<uint32_t>();
  header.body_length = in.Number<uint32_t>();
  header.type = static_cast<JournalType>(in.Number<uint32_t>());
  const auto sum = in.Number<uint32_t>();
  header.body_sum = in.Number<uint64_t>();
  return in.ok() && magic == kJournalMagic &&
         sum == static_cast<uint32_t>(HashBytes(bytes.substr(0, kSummedHeaderBytes)));
}

Result<JournalRecord> DecodeJournalBody(JournalType type, std::string_view body) {
  JournalRecord record;
  record.type = type;
  ByteCursor in(body);
  switch (type) {
    case JournalType::kStart:
      record.topic_id = std::string(in.Bytes(kTopicIdBytes));
      ReadBounds(in, record.bounds);
      ReadMarks(in, record.marks);
      break;
    case JournalType::kPrepare:
    case JournalType::kCommit:
    case JournalType::kAbort: ReadUnit(in, record.unit); break;
    case JournalType::kRetain: ReadBounds(in, record.bounds); break;
    default:
      return UnimplementedError("a record of type {} is of a newer version of weir",
                                static_cast<uint32_t>(type));
  }
  if (!in.ok() || !in.at_end()) return DataLossError("a record does not have its declared parts");
  return record;
}

}  // namespace weir
