#include "runtime/connectors/store/unit_encoding.h"

#include <algorithm>

namespace weir {

void EncodeUnit(NativeEncoder& encoder, DeliveryUnit& unit, std::vector<RefusedRow>& refused) {
  std::vector<NativeRefusal> unfit;
  unit.rows = static_cast<int64_t>(encoder.Encode(unit.batches, unit.bytes, unfit));
  if (unfit.empty()) return;
  for (NativeRefusal& refusal : unfit) {
    refused.push_back(
        {unit.batches[refusal.batch], refusal.row, "does_not_fit", std::move(refusal.message), 1});
  }
  for (size_t i = 0; i < unit.batches.size(); ++i) {
    RowIndices kept;
    unit.batches[i].rows().ForEach([&](RowIndex row) {
      const bool bad = std::any_of(unfit.begin(), unfit.end(), [&](const NativeRefusal& refusal) {
        return refusal.batch == i && refusal.row == row;
      });
      if (!bad) kept.push_back(row);
    });
    unit.batches[i] = unit.batches[i].WithSelection(std::move(kept));
  }
}

}  // namespace weir
