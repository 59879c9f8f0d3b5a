#pragma once

#include <string>
#include <vector>

#include "runtime/dlq/dead_letter_entry.h"

namespace weir::flowc {

/// How many letters have a stage and a reason in common.
struct DeadLetterGroup {
  std::string stage, reason;
  int64_t count = 0;
  std::optional<Micros> first, last;  ///< ingest time
};

/// An aligned table with a head and a last line with the sum.
std::string GroupsText(const std::vector<DeadLetterGroup>& groups);
std::string GroupsJson(const std::vector<DeadLetterGroup>& groups, const std::string& sink);

/// One letter for people: several lines; bytes that would steer a terminal are escaped.
std::string LetterText(const DeadLetterEntry& letter, int64_t number);
/// One line.
std::string LetterJson(const DeadLetterEntry& letter);

/// RFC 3339 in UTC; `-` when unknown.
std::string TimeText(std::optional<Micros> time);

}  // namespace weir::flowc
