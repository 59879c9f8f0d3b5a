#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"

namespace weir {

/// Where the files of topics are: `<dir>/<topic>/journal-<number>`, `<dir>/<topic>/<partition>/
/// <number>.log`.
std::string TopicFolder(std::string_view dir, std::string_view topic);
std::string JournalPath(std::string_view folder, uint64_t number);
std::string SegmentPath(std::string_view folder, uint32_t partition, uint64_t number);

/// Numbers of the journal files of a topic, rising; empty when there is no such topic.
Result<std::vector<uint64_t>> FindJournals(const std::string& folder);
/// Numbers of the segment files of a partition, rising.
Result<std::vector<uint64_t>> FindSegments(const std::string& folder, uint32_t partition);

/// The folder of the log: option `dir`.
std::string LogDir(const ConnectorOptions& options);
/// Names of option `topic`, separated by commas; else the declared `name`. Each checked to be a
/// name that Kafka would take too.
Result<std::vector<std::string>> LogTopics(const ConnectorOptions& options, std::string_view name);

/// `no such topic`, with those that there are.
Status NoSuchTopic(const std::string& dir, const std::string& topic);

}  // namespace weir
