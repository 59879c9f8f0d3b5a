#include "runtime/connectors/generator/generator_table.h"

#include <algorithm>

#include "runtime/connectors/generator/generator_source.h"

namespace weir {
namespace {

constexpr uint64_t kRowsPerRead = 2048;
constexpr size_t kRowBytes = 128;

}  // namespace

GeneratorTable::GeneratorTable(const TableRequest& request)
    : options_(*request.options), schema_(request.schema) {}

Status GeneratorTable::Open() {
  WEIR_ASSIGN(settings_, GeneratorSettings(options_, schema_));
  if (settings_.model.empty()) {
    rows_ = static_cast<uint64_t>(options_.GetInt64("count", 1000));
  } else if (settings_.stream == "users") {
    rows_ = settings_.of_model.users;
  } else {
    return InvalidArgumentError("generator(stream: \"{}\"): a table can be made of users only",
                                settings_.stream);
  }
  return Rewind();
}

Status GeneratorTable::Rewind() {
  WEIR_ASSIGN(sequence_, RecordSequence::Make(settings_));
  return Status::Ok();
}

Result<bool> GeneratorTable::Read(RecordChunk& chunk) {
  const uint64_t first = sequence_->next();
  const uint64_t count = std::min(kRowsPerRead, rows_ - first);
  if (count == 0) return false;
  auto block = std::make_shared<std::string>();
  block->reserve(count * kRowBytes);
  std::vector<size_t> ends;
  for (uint64_t i = 0; i < count; ++i) {
    sequence_->Append(0, *block);
    ends.push_back(block->size());
  }
  size_t begin = 0;
  for (uint64_t i = 0; i < count; ++i) {
    chunk.records.emplace_back(block->data() + begin, ends[i] - begin);
    chunk.offsets.push_back(static_cast<int64_t>(first + i));
    begin = ends[i];
  }
  chunk.owners.push_back(std::move(block));
  return true;
}

}  // namespace weir
