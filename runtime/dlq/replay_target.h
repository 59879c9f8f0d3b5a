#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/source_node.h"
#include "runtime/connector/connector_spec.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/connector/source_connector.h"
#include "runtime/dlq/dead_letter_entry.h"
#include "runtime/exec/record_decoder.h"

namespace weir {

/// A source as the place where its dead letters go back to: checks them by its present schema and
/// writes their bytes, keys and headers by the sink of its connector, format raw. One thread.
class ReplayTarget {
 public:
  /// Fails when the source can't be written to. Writes nothing.
  static Result<std::unique_ptr<ReplayTarget>> Make(const plan::SourceNode& node,
                                                    const std::string& pipeline,
                                                    const ConnectorRegistry& registry,
                                                    const Clock& clock);

  /// Why the present schema refuses the record, without the values in it, so that records can be
  /// counted by it; empty when it takes it.
  std::string Refusal(const DeadLetterEntry& entry);
  /// Opens what Send will write to; nothing of `entries` has left when this fails.
  Status OpenFor(const std::vector<DeadLetterEntry>& entries);
  /// Writes the records of `entries`, all of this source, and waits until they are visible.
  Status Send(const std::vector<DeadLetterEntry>& entries);
  Status Close();

 private:
  struct Writer {
    std::unique_ptr<SinkConnector> sink;
    std::unique_ptr<SinkWriter> writer;
    uint64_t epoch = 0;  ///< of the last batch
  };

  ReplayTarget(const plan::SourceNode& node, const ConnectorSpec& spec, const Clock& clock)
      : node_(node), spec_(spec), clock_(clock) {}
  Status Prepare();
  Status CheckPlace() const;
  Status ReadHeader(SourceConnector& source);
  std::string TopicOf(int64_t partition) const;
  Result<Writer*> WriterOf(const std::string& topic);
  Status DeliverAll(SinkWriter& writer) const;
  Result<RecordBatch> MakeBatch(const std::vector<const DeadLetterEntry*>& entries) const;

  const plan::SourceNode& node_;
  const ConnectorSpec& spec_;
  const Clock& clock_;
  std::string pipeline_;
  std::string incarnation_;
  SchemaPtr raw_;
  std::optional<RecordDecoder> decoder_;
  std::vector<ColumnPtr> columns_;
  std::vector<std::string> topics_;           ///< of a source of several
  std::vector<std::string> partition_names_;  ///< then
  std::string header_;                        ///< first line of each of its files (csv)
  std::map<std::string, Writer> writers_;     ///< by topic; one "" when the source has one place
};

}  // namespace weir
