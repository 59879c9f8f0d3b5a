#include "runtime/connectors/log/topic_paths.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "runtime/connectors/log/log_file.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJournalPrefix = "journal-";
constexpr std::string_view kSegmentSuffix = ".log";
constexpr size_t kLongestTopic = 249;

std::optional<uint64_t> ParseNumber(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Numbers of the files `<prefix><number><suffix>`; a folder that is not there has none.
Result<std::vector<uint64_t>> FindNumbered(const std::string& folder, std::string_view prefix,
                                           std::string_view suffix) {
  std::vector<uint64_t> numbers;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    const std::string_view digits =
        std::string_view(name).substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    if (const auto number = ParseNumber(digits)) numbers.push_back(*number);
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return LogFileError("read folder", folder, error.value());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Status CheckTopic(std::string_view topic) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  const bool good = !topic.empty() && topic.size() <= kLongestTopic && topic != "." &&
                    topic != ".." && std::all_of(topic.begin(), topic.end(), allowed);
  if (good) return Status::Ok();
  return InvalidArgumentError(
      "log(topic: \"{}\"): a topic has 1 to {} letters, digits, points, underscores or hyphens",
      topic, kLongestTopic);
}

}  // namespace

std::string TopicFolder(std::string_view dir, std::string_view topic) {
  return fmt::format("{}/{}", dir, topic);
}

std::string JournalPath(std::string_view folder, uint64_t number) {
  return fmt::format("{}/{}{:010}", folder, kJournalPrefix, number);
}

std::string SegmentPath(std::string_view folder, uint32_t partition, uint64_t number) {
  return fmt::format("{}/{}/{:010}{}", folder, partition, number, kSegmentSuffix);
}

Result<std::vector<uint64_t>> FindJournals(const std::string& folder) {
  return FindNumbered(folder, kJournalPrefix, "");
}

Result<std::vector<uint64_t>> FindSegments(const std::string& folder, uint32_t partition) {
  return FindNumbered(fmt::format("{}/{}", folder, partition), "", kSegmentSuffix);
}

std::string LogDir(const ConnectorOptions& options) {
  std::string dir = options.GetString("dir", "data/log");
  while (dir.size() > 1 && dir.ends_with('/')) dir.pop_back();
  return dir;
}

Result<std::vector<std::string>> LogTopics(const ConnectorOptions& options, std::string_view name) {
  const std::string text = options.GetString("topic", name);
  std::vector<std::string> topics;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    std::string_view topic = std::string_view(text).substr(begin, comma - begin);
    while (topic.starts_with(' ')) topic.remove_prefix(1);
    while (topic.ends_with(' ')) topic.remove_suffix(1);
    WEIR_TRY(CheckTopic(topic));
    if (std::find(topics.begin(), topics.end(), topic) != topics.end()) {
      return InvalidArgumentError("log(topic: \"{}\"): {} is named twice", text, topic);
    }
    topics.emplace_back(topic);
    begin = comma + 1;
  }
  return topics;
}

Status NoSuchTopic(const std::string& dir, const std::string& topic) {
  std::vector<std::string> known;
  std::error_code error;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    const auto journals = FindJournals(it->path().string());
    if (journals.ok() && !(*journals).empty()) known.push_back(it->path().filename().string());
  }
  std::sort(known.begin(), known.end());
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  return NotFoundError(
      "log(topic: \"{}\"): there is no such topic in {} ({}); start what writes it first, or "
      "correct "
      "`topic` or `dir`",
      topic, dir, known.empty() ? "it has none" : "it has " + list);
}

}  // namespace weir
