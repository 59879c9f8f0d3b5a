#pragma once

#include "runtime/types/schema.h"

namespace weir::plan {

/// Columns of std.errors.DeadLetter, in this order. The module stdlib/modules/std/errors.flow
/// declares the same; a test compares the two.
struct DeadLetterColumns {
  enum : int {
    kStage,        ///< string: `stream/label`, `source/decode`
    kRules,        ///< list<string>: every rule that failed
    kErrors,       ///< list<struct { field: string reason: string }>: every bad field
    kReason,       ///< string: the first one, `field: reason`
    kSource,       ///< string: declared name
    kPartition,    ///< int64
    kOffset,       ///< int64
    kEventTime,    ///< timestamp?
    kIngestTime,   ///< timestamp
    kPayload,      ///< string: the record's bytes, later the row as JSON; at most 64 KiB of it
    kPayloadKind,  ///< string: original | base64 (original, no UTF-8) | row | tombstone
    kPayloadSize,  ///< int64: true length in bytes
    kPayloadHash,  ///< string: XXH3-64 of all bytes, 16 hex digits
    kEnvelope,     ///< json?: what the record had beside its value: `{"key", "headers"}`
    kGeneration,   ///< int64: of the pipeline
    kCount,
  };
};
SchemaPtr DeadLetterSchema();

/// Columns of std.errors.FailedWrite: what a sink's error route gets.
struct FailedWriteColumns {
  enum : int { kSink, kCode, kMessage, kAttempts, kRow, kCount };
};
SchemaPtr FailedWriteSchema();

inline constexpr size_t kMaxDeadLetterPayload = 64 * 1024;

}  // namespace weir::plan
