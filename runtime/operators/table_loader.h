#pragma once

#include <memory>

#include "compiler/plan/source_node.h"
#include "runtime/base/result.h"
#include "runtime/connector/source_connector.h"
#include "runtime/operators/lookup_table.h"

namespace weir {

/// Reads all rows of a table through `connector`, keeps those for which its `where` holds, indexes
/// them. A record that does not decode fails the load with the record and its reason: a table with
/// holes would silently change results.
Result<std::shared_ptr<const LookupTable>> LoadTable(const plan::TableSpec& table,
                                                     TableConnector& connector, Micros now);

/// The same from records at hand (`given` of a test).
Result<std::shared_ptr<const LookupTable>> LoadTableRecords(const plan::TableSpec& table,
                                                            const RecordChunk& records,
                                                            std::string_view format, Micros now);

}  // namespace weir
