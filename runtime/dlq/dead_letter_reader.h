#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/plan/logical_plan.h"
#include "compiler/plan/sink_node.h"
#include "runtime/connector/connector_spec.h"
#include "runtime/connector/source_connector.h"
#include "runtime/dlq/dead_letter_entry.h"
#include "runtime/exec/record_decoder.h"

namespace weir {

/// Sinks of the plan that dead letters go into: their rows have the columns of a DeadLetter.
std::vector<const plan::SinkNode*> FindDeadLetterSinks(const plan::LogicalPlan& plan);

/// Options of `given` that a role with `known` takes too; defaults filled in.
ConnectorOptions CarryOver(const ConnectorOptions& given, const std::vector<OptionSpec>& known);

/// Reads back what a sink of dead letters has written, by its connector's own source, up to the
/// present end. One thread.
class DeadLetterReader {
 public:
  /// `sink`, `registry` and `clock` must outlive the reader.
  static Result<std::unique_ptr<DeadLetterReader>> Open(const plan::SinkNode& sink,
                                                        const ConnectorRegistry& registry,
                                                        const Clock& clock);

  /// Appends the next letters; false at the end.
  Result<bool> Read(std::vector<DeadLetterEntry>& entries);
  /// Records that were no dead letters.
  int64_t unreadable() const { return unreadable_; }

 private:
  DeadLetterReader(const plan::SinkNode& sink, const Clock& clock) : sink_(sink), clock_(clock) {}
  Status OpenSource(const ConnectorSpec& spec);
  void Convert(const RecordChunk& chunk, std::vector<DeadLetterEntry>& entries);
  DeadLetterEntry EntryAt(RowIndex row) const;

  const plan::SinkNode& sink_;
  const Clock& clock_;
  ConnectorOptions options_;
  std::string format_;
  std::optional<RecordDecoder> decoder_;
  std::unique_ptr<SourceConnector> source_;
  std::unique_ptr<PartitionReader> reader_;
  size_t partition_ = 0;
  std::vector<ColumnPtr> columns_;
  int64_t unreadable_ = 0;
};

}  // namespace weir
