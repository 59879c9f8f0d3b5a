#include "runtime/operators/part_constraint.h"

#include <algorithm>

namespace weir {

Result<PartConstraint> PartConstraint::Compile(const plan::PartDemand& demand) {
  WEIR_ASSIGN(std::unique_ptr<Predicate> predicate, Predicate::Compile(demand.constraint));
  return PartConstraint(demand, std::move(predicate));
}

ColumnPtr PartConstraint::Step(const ColumnPtr& column, int step, std::vector<Place>& places) {
  std::erase_if(places, [&](const Place& place) { return column->IsNull(place.at); });
  if (step != plan::PartDemand::kElement) return column->child(step);
  const bool is_map = column->type().is(TypeKind::kMap);
  const ColumnView<ListEntry> entries(*column);
  std::vector<Place> inner;
  for (const Place& place : places) {
    const ListEntry entry = entries[place.at];
    for (RowIndex i = 0; i < entry.length; ++i) {
      const RowIndex at = entry.offset + i;
      Place element{place.row, at, place.trail};
      element.trail.push_back(is_map ? at : i);
      inner.push_back(std::move(element));
    }
  }
  places = std::move(inner);
  return is_map ? column->child(0)->child(1) : column->child(0);
}

std::string PartConstraint::PathOf(const Place& place,
                                   const std::vector<ColumnPtr>& columns) const {
  std::string path;
  size_t element = 0;
  for (size_t i = 0; i < demand_.path.size(); ++i) {
    const Column& from = *columns[i];
    if (demand_.path[i] != plan::PartDemand::kElement) {
      path += "." + from.type().fields()[static_cast<size_t>(demand_.path[i])].name;
      continue;
    }
    const RowIndex at = place.trail[element++];
    const bool is_map = from.type().is(TypeKind::kMap);
    path +=
        "[" + (is_map ? from.child(0)->child(0)->ValueAt(at).ToString() : std::to_string(at)) + "]";
  }
  return path;
}

void PartConstraint::Check(const ColumnPtr& column, const RowIndices& rows, Micros now,
                           std::vector<Refused>& refused) {
  std::vector<Place> places;
  for (RowIndex row : rows) places.push_back({row, row, {}});
  ColumnPtr part = column;
  std::vector<ColumnPtr> columns;
  for (int step : demand_.path) {
    columns.push_back(part);
    part = Step(part, step, places);
  }
  std::erase_if(places, [&](const Place& place) { return part->IsNull(place.at); });
  if (places.empty()) return;
  RowIndices tested;
  for (const Place& place : places) tested.push_back(place.at);
  std::sort(tested.begin(), tested.end());
  EvalInput input;
  input.columns = &part;
  input.num_columns = 1;
  input.capacity = part->length();
  input.now = now;
  RowErrors errors;
  RowIndices good;
  predicate_->Select(input, RowSet::Of(tested), errors, good);
  if (good.size() == tested.size()) return;
  for (const Place& place : places) {
    if (std::binary_search(good.begin(), good.end(), place.at)) continue;
    if (!refused.empty() && refused.back().row == place.row) continue;
    refused.push_back({place.row, PathOf(place, columns)});
  }
}

}  // namespace weir
