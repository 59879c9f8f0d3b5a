#include "runtime/connectors/kafka/broker_list.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace weir {
namespace {

constexpr std::string_view kFix = "write \"host:9092\", or several with commas between";
constexpr int kLargestPort = 65535;

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsPort(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 &&
         port <= kLargestPort;
}

/// What is wrong with one broker, "" when nothing is.
std::string Problem(std::string_view broker) {
  // librdkafka takes a protocol too: PLAINTEXT://host:9092.
  if (const size_t scheme = broker.find("://"); scheme != std::string_view::npos) {
    broker.remove_prefix(scheme + 3);
  }
  std::optional<std::string_view> port;
  std::string_view host = broker;
  if (broker.starts_with('[')) {
    const size_t end = broker.find(']');
    if (end == std::string_view::npos) return "has [ without ]";
    host = broker.substr(1, end - 1);
    const std::string_view rest = broker.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return "has something behind ]";
    if (!rest.empty()) port = rest.substr(1);
  } else if (const size_t colon = broker.find(':'); colon != std::string_view::npos) {
    if (broker.find(':', colon + 1) != std::string_view::npos) {
      return "has more than one colon: an IPv6 address stands in brackets, [::1]:9092";
    }
    host = broker.substr(0, colon);
    port = broker.substr(colon + 1);
  }
  if (host.empty()) return "has no host";
  if (host.find_first_of(" /\t\"") != std::string_view::npos) return "is no host:port";
  if (port && !IsPort(*port)) return fmt::format("has no port from 1 to {}", kLargestPort);
  return "";
}

}  // namespace

Status CheckBrokerList(std::string_view brokers) {
  if (Trimmed(brokers).empty()) return InvalidArgumentError("brokers: it is empty; {}", kFix);
  std::string_view rest = brokers;
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view broker = Trimmed(rest.substr(0, comma));
    if (broker.empty()) {
      return InvalidArgumentError("brokers: \"{}\" has an empty entry; {}", brokers, kFix);
    }
    if (const std::string problem = Problem(broker); !problem.empty()) {
      return InvalidArgumentError("brokers: \"{}\" {}; {}", broker, problem, kFix);
    }
    if (comma == std::string_view::npos) return Status::Ok();
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace weir
