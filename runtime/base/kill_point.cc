#include "runtime/base/kill_point.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string>

#include "runtime/base/log.h"

namespace weir {
namespace {

/// What the environment asks for; read once.
class Order {
 public:
  static Order& Instance() {
    static Order order;
    return order;
  }

  void Passed(std::string_view name) {
    if (name != name_ || passages_.fetch_add(1, std::memory_order_relaxed) + 1 != at_) return;
    ::kill(::getpid(), SIGKILL);
    while (true) ::pause();  // nothing of this thread may follow the step
  }
  bool given() const { return given_; }

 private:
  Order() {
    const char* text = std::getenv("WEIR_KILL_AT");
    if (text == nullptr || *text == '\0') return;
    given_ = true;
    const std::string_view order(text);
    const size_t colon = std::min(order.find(':'), order.size());
    name_ = order.substr(0, colon);
    const std::string_view number = order.substr(std::min(colon + 1, order.size()));
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), at_);
    const auto& names = KillPoint::Names();
    if (std::find(names.begin(), names.end(), name_) != names.end() && parsed.ec == std::errc() &&
        parsed.ptr == number.data() + number.size() && at_ > 0) {
      return;
    }
    std::string known;
    for (const std::string_view each : names) known.append(" ").append(each);
    LogLine("WEIR_KILL_AT=" + std::string(order) + ": expected NAME:N, N from 1, NAME one of" +
            known);
    ::_exit(2);
  }

  bool given_ = false;
  std::string name_;
  int at_ = 0;
  std::atomic<int> passages_{0};
};

}  // namespace

const std::vector<std::string_view>& KillPoint::Names() {
  static const std::vector<std::string_view> kNames = {
      // start
      "state-opened", "transaction-claimed", "marks-checked", "restore-part-published",
      "restore-parts-published", "restore-log-committed", "sinks-restored",
      // checkpoint
      "before-prepare", "part-synced", "log-synced", "log-prepared", "sink-prepared",
      "before-commit", "state-files-written", "state-written", "after-commit",
      // delivery
      "mark-written-aside", "mark-written", "part-renamed", "parts-renamed", "log-committed",
      "sink-delivered",
      // delivery to a store, by the threads of its lanes
      "store-unit-begun", "store-unit-inserted", "store-unit-marked",
      // delivery to Kafka, likewise
      "transaction-begun", "transaction-sent", "transaction-committed",
      // end
      "before-close", "after-close"};
  return kNames;
}

void KillPoint::Pass(std::string_view name) {
  Order& order = Order::Instance();
  if (order.given()) order.Passed(name);
}

}  // namespace weir
