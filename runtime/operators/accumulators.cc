#include "runtime/operators/accumulators.h"

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
    std::vector<DataType> types;
    for (const plan::ExprPtr& argument : call.arguments) types.push_back(argument->type);
    slot.kernel = call.overload->kernel(types, call.type);
    WEIR_ASSIGN(slot.bound, Bind(call));
    slot.type = call.type;
    slot.offset = offset;
    offset += RoundUp(slot.kernel.state_size);
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

void Accumulators::Update(const HiddenColumns& hidden, uint8_t* const* blocks,
                          const std::vector<std::vector<const Column*>>& arguments,
                          const std::vector<RowSet>& rows, uint32_t capacity, RowErrors& errors) {
  states_.resize(capacity);
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (rows[i].empty()) continue;
    const Slot& slot = slots_[i];
    rows[i].ForEach([&](RowIndex row) { states_[row] = blocks[row] + slot.offset; });
    AggregateContext context = ContextOf(slot);
    context.event_time = hidden.event_time.get();
    context.order = hidden.offset.get();
    context.errors = &errors;
    slot.kernel.update(context, states_.data(), arguments[i], rows[i]);
  }
}

std::vector<ColumnPtr> Accumulators::Finish(std::span<uint8_t* const> blocks) const {
  std::vector<ColumnPtr> columns;
  std::vector<uint8_t*> states(blocks.size());
  for (const Slot& slot : slots_) {
    for (size_t i = 0; i < blocks.size(); ++i) states[i] = blocks[i] + slot.offset;
    MutableColumnPtr column = Column::Make(slot.type, static_cast<uint32_t>(blocks.size()));
    slot.kernel.finish(ContextOf(slot), states, *column);
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
