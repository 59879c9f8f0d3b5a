#pragma once

#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/delivery/delivery_unit.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

inline constexpr const char* kDeleteNotStored = "delete_not_stored";
inline constexpr const char* kDeleteNotStoredMessage =
    "the table has no column _deleted, so a row can't be deleted in it";

/// Fills in the unit's bytes and rows from its batches. Rows that the table can't hold are taken
/// out of the batches and listed: what the unit holds is what its bytes hold.
void EncodeUnit(NativeEncoder& encoder, DeliveryUnit& unit, std::vector<RefusedRow>& refused);

}  // namespace weir
