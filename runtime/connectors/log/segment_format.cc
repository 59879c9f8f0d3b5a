#include "runtime/connectors/log/segment_format.h"

#include <algorithm>

#include "runtime/base/hash.h"
#include "runtime/connectors/log/byte_codec.h"

namespace weir {
namespace {

constexpr std::string_view kSegmentMagic = "WEIRLOG1";
constexpr uint32_t kBatchMagic = 0x31424c57;  // "WLB1"
constexpr uint32_t kAbsent = 0xffffffff;
constexpr size_t kChecksummedFrom = 16;

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string out(kSegmentMagic);
  out += header.topic_id;
  PutNumber(header.partition, out);
  PutNumber(uint32_t{0}, out);
  PutNumber(header.number, out);
  PutNumber(header.created, out);
  PutNumber(HashBytes(out), out);
  return out;
}

Result<SegmentHeader> DecodeSegmentHeader(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return DataLossError("the file's header is cut off");
  if (!bytes.starts_with(kSegmentMagic)) {
    return DataLossError("it does not begin with {}, so it is no segment of a log", kSegmentMagic);
  }
  ByteCursor cursor(bytes.substr(kSegmentMagic.size()));
  SegmentHeader header;
  header.topic_id = std::string(cursor.Bytes(kTopicIdBytes));
  header.partition = cursor.Number<uint32_t>();
  (void)cursor.Number<uint32_t>();
  header.number = cursor.Number<uint64_t>();
  header.created = cursor.Number<int64_t>();
  const uint64_t sum = cursor.Number<uint64_t>();
  if (sum != HashBytes(bytes.substr(0, kSegmentHeaderBytes - sizeof(sum)))) {
    return DataLossError("the checksum of the file's header is wrong");
  }
  return header;
}

uint32_t PeekBatchLength(std::string_view bytes) {
  if (bytes.size() < kBatchHeaderBytes) return 0;
  if (LoadNumber<uint32_t>(bytes.data()) != kBatchMagic) return 0;
  const uint32_t length = LoadNumber<uint32_t>(bytes.data() + 4);
  return length < kBatchHeaderBytes || length > kMostBatchBytes ? 0 : length;
}

Result<LogBatchHeader> DecodeLogBatchHeader(std::string_view bytes) {
  LogBatchHeader header;
  header.length = PeekBatchLength(bytes);
  if (header.length == 0) return DataLossError("no batch begins there");
  if (header.length > bytes.size()) return DataLossError("the batch is cut off");
  const uint64_t sum = LoadNumber<uint64_t>(bytes.data() + 8);
  if (sum != HashBytes(bytes.substr(kChecksummedFrom, header.length - kChecksummedFrom))) {
    return DataLossError("the checksum of the batch is wrong");
  }
  header.first = LoadNumber<uint64_t>(bytes.data() + 16);
  header.time = LoadNumber<int64_t>(bytes.data() + 24);
  header.count = LoadNumber<uint32_t>(bytes.data() + 32);
  if (LoadNumber<uint32_t>(bytes.data() + 36) != 0) {
    return UnimplementedError("the batch is of a newer version of weir");
  }
  return header;
}

bool NextRecord(std::string_view& bytes, LogRecord& record) {
  if (bytes.size() < kRecordHeaderBytes) return false;
  const uint32_t value_size = LoadNumber<uint32_t>(bytes.data());
  const uint32_t key_size = LoadNumber<uint32_t>(bytes.data() + 4);
  const uint32_t headers_size = LoadNumber<uint32_t>(bytes.data() + 8);
  record.time_delta = LoadNumber<uint32_t>(bytes.data() + 12);
  record.has_value = value_size != kAbsent;
  record.has_key = key_size != kAbsent;
  const size_t key = record.has_key ? key_size : 0;
  const size_t value = record.has_value ? value_size : 0;
  bytes.remove_prefix(kRecordHeaderBytes);
  if (bytes.size() < key + headers_size + value) return false;
  record.key = bytes.substr(0, key);
  record.headers = bytes.substr(key, headers_size);
  record.value = bytes.substr(key + headers_size, value);
  bytes.remove_prefix(key + headers_size + value);
  return true;
}

void LogBatchBuilder::Clear() {
  buffer_.assign(kBatchHeaderBytes, '\0');
  count_ = 0;
}

void LogBatchBuilder::Append(const LogRecord& record, Micros now) {
  if (count_ == 0) time_ = max_time_ = now;
  // A clock that was set back must not turn into a time of the far future.
  now = std::max(now, time_);
  max_time_ = std::max(max_time_, now);
  const Micros delta = std::min<Micros>(now - time_, kAbsent - 1);
  char head[kRecordHeaderBytes];
  const uint32_t sizes[4] = {
      record.has_value ? static_cast<uint32_t>(record.value.size()) : kAbsent,
      record.has_key ? static_cast<uint32_t>(record.key.size()) : kAbsent,
      static_cast<uint32_t>(record.headers.size()), static_cast<uint32_t>(delta)};
  std::memcpy(head, sizes, sizeof(head));
  buffer_.append(head, sizeof(head));
  buffer_ += record.key;
  buffer_ += record.headers;
  buffer_ += record.value;
  ++count_;
}

std::string_view LogBatchBuilder::Finish(uint64_t first) {
  char* head = buffer_.data();
  const auto length = static_cast<uint32_t>(buffer_.size());
  std::memcpy(head, &kBatchMagic, 4);
  std::memcpy(head + 4, &length, 4);
  std::memcpy(head + 16, &first, 8);
  std::memcpy(head + 24, &time_, 8);
  std::memcpy(head + 32, &count_, 4);
  const uint64_t sum = HashBytes(std::string_view(buffer_).substr(kChecksummedFrom));
  std::memcpy(head + 8, &sum, 8);
  return buffer_;
}

}  // namespace weir
