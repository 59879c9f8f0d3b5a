#pragma once

#include "runtime/types/schema.h"

namespace weir::plan {

/// Columns of std.errors.DeadLetter, in the order in which the runtime fills them in.
enum class DeadLetterColumn : int {
  kStage,        ///< string: name of the stage, `source/decode` for a decoder
  kRules,        ///< list<string>: every rule that failed
  kErrors,       ///< list<struct { field: string reason: string }>: every bad field
  kReason,       ///< string: the first in schema order
  kSource,       ///< string: name of the source; "" for a row made of several
  kPartition,    ///< int64?: null for a row made of several
  kOffset,       ///< int64?: null for a row made of several
  kEventTime,    ///< timestamp?
  kIngestTime,   ///< timestamp
  kPayload,      ///< string: at most 64 KiB of it; bytes that are no UTF-8 are replaced
  kPayloadKind,  ///< string: "original" bytes of the record, or "row": the row as JSON
  kPayloadSize,  ///< int64: true length in bytes
  kPayloadHash,  ///< string: xxh3-64 of all bytes, 16 hex digits
  kGeneration,   ///< int64: of the pipeline
};
inline constexpr int kDeadLetterColumns = 14;

/// Columns of std.errors.FailedWrite.
enum class FailedWriteColumn : int {
  kSink,      ///< string
  kCode,      ///< string
  kMessage,   ///< string
  kAttempts,  ///< int64
  kRow,       ///< json
};
inline constexpr int kFailedWriteColumns = 5;

/// What `-> junction` wraps a row in. The same as stdlib/modules/std/errors.flow (a test compares
/// them): the compiler types junctions by it, operators build rows by it.
const SchemaPtr& DeadLetterSchema();
/// What a sink's error route gets.
const SchemaPtr& FailedWriteSchema();

}  // namespace weir::plan
