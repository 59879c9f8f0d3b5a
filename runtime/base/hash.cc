#include "runtime/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weir {

uint64_t HashBytes(const void* data, size_t size) { return XXH3_64bits(data, size); }

}  // namespace weir
