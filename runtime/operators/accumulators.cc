#include "runtime/operators/accumulators.h"

#include "runtime/base/check.h"

namespace weir {
namespace {

constexpr size_t kAlign = 16;
size_t RoundUp(size_t size) { return (size + kAlign - 1) & ~(kAlign - 1); }

Result<std::shared_ptr<const void>> Bind(const plan::AggregateCall& call) {
  if (call.overload->bind == nullptr) return std::shared_ptr<const void>();
  std::vector<const Value*> constants;
  for (const std::optional<Value>& constant : call.constants) {
    constants.push_back(constant ? &*constant : nullptr);
  }
  return call.overload->bind(constants);
}

}  // namespace

Result<std::unique_ptr<Accumulators>> Accumulators::Make(
    const std::vector<plan::AggregateCall>& calls, size_t prefix) {
  auto made = std::make_unique<Accumulators>();
  size_t offset = RoundUp(prefix);
  for (const plan::AggregateCall& call : calls) {
    Slot slot;
    slot.kernel = call.Kernel();
    WEIR_ASSIGN(slot.bound, Bind(call));
    slot.type = call.type;
    slot.offset = offset;
    offset += RoundUp(slot.kernel.state_size);
    (slot.kernel.retract != nullptr ? made->fallible_ : made->safe_).push_back(made->slots_.size());
    made->slots_.push_back(std::move(slot));
  }
  made->block_size_ = offset;
  return made;
}

AggregateContext Accumulators::ContextOf(const Slot& slot) const {
  AggregateContext context;
  context.bound = slot.bound.get();
  return context;
}

void Accumulators::Init(uint8_t* block) const {
  for (const Slot& slot : slots_) slot.kernel.init(block + slot.offset, ContextOf(slot));
}

void Accumulators::Destroy(uint8_t* block) const {
  for (const Slot& slot : slots_) {
    if (slot.kernel.destroy != nullptr) slot.kernel.destroy(block + slot.offset);
  }
}

void Accumulators::Merge(uint8_t* target, const uint8_t* source) const {
  for (const Slot& slot : slots_) {
    slot.kernel.merge(ContextOf(slot), target + slot.offset, source + slot.offset);
  }
}

void Accumulators::Apply(Kernel kernel, size_t slot_index, const Rows& input, const RowSet& rows,
                         RowErrors& errors) {
  if (rows.empty()) return;
  const Slot& slot = slots_[slot_index];
  rows.ForEach([&](RowIndex row) { states_[row] = input.blocks[row] + slot.offset; });
  AggregateContext context = ContextOf(slot);
  context.event_time = input.hidden.event_time.get();
  context.order = input.hidden.offset.get();
  context.errors = &errors;
  (slot.kernel.*kernel)(context, states_.data(), input.arguments[slot_index], rows);
}

// The accumulators that can refuse a row come first: what they refuse the others never see. When
// there are several, each row must pass all of them before the next one is looked at, or which rows
// fail would depend on the batches; that is only done for batches in which one fails.
void Accumulators::UpdateFallible(const Rows& input, const std::vector<RowSet>& rows,
                                  uint32_t capacity, RowErrors& errors) {
  RowErrors refused;
  size_t done = 0;
  for (; done < fallible_.size() && refused.empty(); ++done) {
    Apply(&AggregateKernel::update, fallible_[done], input, rows[fallible_[done]], refused);
  }
  if (refused.empty()) return;
  if (fallible_.size() == 1) {
    errors = std::move(refused);
    return;
  }
  const RowIndices not_added = refused.Rows();
  for (size_t i = 0; i < done; ++i) {
    const RowSet& tried = rows[fallible_[i]];
    RowIndices added;
    SubtractRows(tried, i + 1 == done ? not_added : RowIndices(), added);
    Apply(&AggregateKernel::retract, fallible_[i], input, RowSet::Of(added), refused);
  }
  UpdateRowByRow(input, rows, capacity, errors);
}

void Accumulators::UpdateRowByRow(const Rows& input, const std::vector<RowSet>& rows,
                                  uint32_t capacity, RowErrors& errors) {
  std::vector<std::vector<size_t>> slots_of(capacity);
  for (size_t slot : fallible_) {
    rows[slot].ForEach([&](RowIndex row) { slots_of[row].push_back(slot); });
  }
  for (RowIndex row = 0; row < capacity; ++row) {
    const RowIndices one{row};
    const size_t before = errors.errors().size();
    const std::vector<size_t>& slots = slots_of[row];
    for (size_t i = 0; i < slots.size(); ++i) {
      Apply(&AggregateKernel::update, slots[i], input, RowSet::Of(one), errors);
      if (errors.errors().size() == before) continue;
      for (size_t earlier = 0; earlier < i; ++earlier) {
        Apply(&AggregateKernel::retract, slots[earlier], input, RowSet::Of(one), errors);
      }
      break;
    }
  }
}

void Accumulators::Update(const HiddenColumns& hidden, uint8_t* const* blocks,
                          const std::vector<std::vector<const Column*>>& arguments,
                          const std::vector<RowSet>& rows, uint32_t capacity, RowErrors& errors) {
  states_.resize(capacity);
  const Rows input{hidden, blocks, arguments};
  errors.Clear();
  UpdateFallible(input, rows, capacity, errors);
  const RowIndices failed = errors.Rows();
  RowErrors none;
  for (size_t slot : safe_) {
    if (failed.empty()) {
      Apply(&AggregateKernel::update, slot, input, rows[slot], none);
      continue;
    }
    RowIndices good;
    SubtractRows(rows[slot], failed, good);
    Apply(&AggregateKernel::update, slot, input, RowSet::Of(good), none);
  }
  WEIR_CHECK(none.empty(), "an aggregate that never fails failed: {}",
             none.errors().front().message);
}

std::vector<ColumnPtr> Accumulators::Finish(std::span<uint8_t* const> blocks,
                                            RowErrors& errors) const {
  std::vector<ColumnPtr> columns;
  std::vector<uint8_t*> states(blocks.size());
  for (const Slot& slot : slots_) {
    for (size_t i = 0; i < blocks.size(); ++i) states[i] = blocks[i] + slot.offset;
    MutableColumnPtr column = Column::Make(slot.type, static_cast<uint32_t>(blocks.size()));
    AggregateContext context = ContextOf(slot);
    context.errors = &errors;
    slot.kernel.finish(context, states, *column);
    columns.push_back(std::move(column));
  }
  return columns;
}

void Accumulators::Serialize(const uint8_t* block, std::string& out) const {
  for (const Slot& slot : slots_) slot.kernel.serialize(block + slot.offset, out);
}

Status Accumulators::Deserialize(std::string_view& in, uint8_t* block) const {
  for (const Slot& slot : slots_) WEIR_TRY(slot.kernel.deserialize(in, block + slot.offset));
  return Status::Ok();
}

}  // namespace weir
