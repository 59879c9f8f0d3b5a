// Lists and maps by element, structs by field name.
#include "runtime/eval/cast_loop.h"
#include "runtime/eval/column_assembler.h"
#include "runtime/eval/element_casts.h"

namespace weir {
namespace {

/// The entries of `input` for `rows` in a flat list column of type `to`, without a child yet.
MutableColumnPtr CopyEntries(const Column& input, const RowSet& rows, const DataType& to,
                             uint32_t capacity) {
  MutableColumnPtr out = Column::MakeList(to, capacity, nullptr);
  ColumnView<ListEntry> entries(input);
  ListEntry* target = out->mutable_data<ListEntry>();
  rows.ForEach([&](RowIndex row) { target[row] = entries[row]; });
  return out;
}

class ListCast final : public CastKernel {
 public:
  ListCast(const DataType& to, std::unique_ptr<ColumnCaster> element)
      : to_(to), element_(std::move(element)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = CopyEntries(*input, rows, to_, capacity);
    out->set_child(0, CastElements(*element_, input->child(0), rows, *out, errors));
    return out;
  }

 private:
  DataType to_;
  std::unique_ptr<ColumnCaster> element_;
};

class MapCast final : public CastKernel {
 public:
  MapCast(const DataType& to, std::unique_ptr<ColumnCaster> key,
          std::unique_ptr<ColumnCaster> value)
      : to_(to), key_(std::move(key)), value_(std::move(value)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = CopyEntries(*input, rows, to_, capacity);
    const Column& pairs = *input->child(0);
    ColumnPtr keys = CastElements(*key_, pairs.child(0), rows, *out, errors);
    ColumnPtr values = CastElements(*value_, pairs.child(1), rows, *out, errors);
    out->set_child(
        0, Column::MakeStruct(to_.element(), pairs.length(), {std::move(keys), std::move(values)}));
    return out;
  }

 private:
  DataType to_;
  std::unique_ptr<ColumnCaster> key_, value_;
};

class StructCast final : public CastKernel {
 public:
  struct Member {
    int source = -1;  ///< field of the input; -1: absent, null
    std::unique_ptr<ColumnCaster> caster;
  };
  StructCast(const DataType& to, std::vector<Member> members)
      : to_(to), members_(std::move(members)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    std::vector<ColumnPtr> children;
    for (size_t i = 0; i < members_.size(); ++i) {
      const DataType& type = to_.fields()[i].type;
      ColumnPtr child =
          members_[i].source < 0
              ? Column::Nulls(type, capacity)
              : members_[i].caster->Cast(input->child(members_[i].source), rows, capacity, errors);
      children.push_back(Column::Flatten(child));
    }
    return Column::MakeStruct(to_, capacity, std::move(children));
  }

 private:
  DataType to_;
  std::vector<Member> members_;
};

CastKernelPtr MakeStructCast(const DataType& from, const DataType& to) {
  std::vector<StructCast::Member> members;
  for (const StructField& field : to.fields()) {
    StructCast::Member member;
    if (std::optional<int> index = from.FieldIndex(field.name)) {
      member.source = *index;
      auto caster = ColumnCaster::Make(from.fields()[static_cast<size_t>(*index)].type, field.type);
      if (!caster.ok()) return nullptr;
      member.caster = *std::move(caster);
    } else if (!field.type.optional()) {
      return nullptr;
    }
    members.push_back(std::move(member));
  }
  return std::make_unique<StructCast>(to, std::move(members));
}

}  // namespace

CastKernelPtr MakeNestedCast(const DataType& from, const DataType& to) {
  if (!from.is_nested() || from.kind() != to.kind()) return nullptr;
  if (from.is(TypeKind::kStruct)) return MakeStructCast(from, to);
  if (from.is(TypeKind::kList)) {
    auto element = ColumnCaster::Make(from.element(), to.element());
    if (!element.ok()) return nullptr;
    return std::make_unique<ListCast>(to, *std::move(element));
  }
  auto key = ColumnCaster::Make(from.map_key(), to.map_key());
  auto value = ColumnCaster::Make(from.map_value(), to.map_value());
  if (!key.ok() || !value.ok()) return nullptr;
  return std::make_unique<MapCast>(to, *std::move(key), *std::move(value));
}

}  // namespace weir
