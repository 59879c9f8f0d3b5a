#include "compiler/semantic/flow_stream.h"

#include <algorithm>

#include "compiler/semantic/expr_taint.h"

namespace weir::semantic {

void MergeFacts(const StreamFlow& from, StreamFlow& into) {
  into.broken |= from.broken;
  if (!from.has_watermark && into.has_watermark) {
    into.has_watermark = false;
    into.no_watermark_source = from.no_watermark_source;
    into.no_watermark_span = from.no_watermark_span;
  }
  if (into.volatile_function.empty()) {
    into.volatile_function = from.volatile_function;
    into.volatile_span = from.volatile_span;
  }
  into.payload_pii = Stricter(into.payload_pii, from.payload_pii);
  if (!into.sampled.valid()) {
    into.sampled = from.sampled;
    into.sampled_word = from.sampled_word;
  }
  into.lag = std::max(into.lag, from.lag);
  if (from.lateness > into.lateness) {
    into.lateness = from.lateness;
    into.late_after = from.late_after;
  }
  if (from.keyed_source != into.keyed_source) into.source_key.clear();
  into.slide = into.slide == from.slide ? into.slide : 0;
}

}  // namespace weir::semantic
