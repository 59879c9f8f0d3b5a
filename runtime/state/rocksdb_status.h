#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "runtime/base/status.h"

namespace weir {

/// What RocksDB's failure means to us; `doing` says what was tried. Its messages name the file.
Status StatusFromRocksDb(const rocksdb::Status& status, std::string_view doing);

}  // namespace weir
