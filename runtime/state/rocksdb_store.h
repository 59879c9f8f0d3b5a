#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>

#include "runtime/base/result.h"
#include "runtime/state/rocksdb_state_backend.h"

namespace weir {

/// Version of the layout in rocksdb_keys.h.
inline constexpr uint32_t kStateFormat = 2;

/// Opens `<folder>/db` for writing. It is made under another name and renamed, so that a `db` is
/// always whole: one without its files has lost them and is never filled anew.
Result<std::unique_ptr<rocksdb::DB>> OpenStoreForWriting(const std::string& folder,
                                                         const RocksDbStateOptions& options);
/// Beside whoever writes it; nothing in the folder changes.
Result<std::unique_ptr<rocksdb::DB>> OpenStoreForReading(const std::string& folder,
                                                         const RocksDbStateOptions& options);

}  // namespace weir
