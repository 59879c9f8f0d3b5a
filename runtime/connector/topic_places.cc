#include "runtime/connector/topic_places.h"

#include <algorithm>

namespace weir {
namespace {

/// `topic` may be several, separated by commas.
std::vector<std::string> Topics(const ConnectorOptions& options, const std::string& name) {
  std::string text = options.GetString("topic", name);
  std::erase(text, ' ');
  const std::string where = options.GetString("brokers") + options.GetString("dir") + "|";
  std::vector<std::string> topics;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) topics.push_back(where + text.substr(begin, end - begin));
    begin = end + 1;
  }
  return topics;
}

ReadPlaces TopicsRead(const ConnectorOptions& options, const std::string& name) {
  return {Topics(options, name), {}};
}

}  // namespace

void SetTopicPlaces(ConnectorSpec& spec) {
  spec.shares_places = true;
  if (spec.source) spec.source->reads = TopicsRead;
  if (spec.table) spec.table->reads = TopicsRead;
  if (!spec.sink) return;
  spec.sink->writes = [](const ConnectorOptions& options, const std::string& name,
                         const std::string& format) -> std::string {
    (void)format;
    const std::vector<std::string> topics = Topics(options, name);
    return topics.empty() ? "" : topics.front();
  };
}

}  // namespace weir
