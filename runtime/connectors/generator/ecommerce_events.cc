#include "runtime/connectors/generator/ecommerce_events.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/connectors/generator/draw_purpose.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr Micros kVisitGap = 31 * 60 * kMicrosPerSecond;
constexpr double kMeanThinkSeconds = 8.0;
constexpr double kLongestThinkSeconds = 300.0;
constexpr double kMeanVisitEvents = 20.0;
constexpr double kUpperCaseShare = 0.02;
constexpr double kOutOfOrderShare = 0.1;
constexpr Micros kMostOutOfOrder = 2 * kMicrosPerSecond;

enum EventType : int {
  kPageView,
  kProductView,
  kSearch,
  kAddToCart,
  kPurchase,
  kRemoveFromCart,
  kCheckoutStart,
  kLogin,
  kLogout
};
constexpr std::string_view kTypes[] = {"page_view",      "product_view", "search",
                                       "add_to_cart",    "purchase",     "remove_from_cart",
                                       "checkout_start", "login",        "logout"};
constexpr std::string_view kUpperTypes[] = {"PAGE_VIEW",      "PRODUCT_VIEW", "SEARCH",
                                            "ADD_TO_CART",    "PURCHASE",     "REMOVE_FROM_CART",
                                            "CHECKOUT_START", "LOGIN",        "LOGOUT"};
constexpr int kShares[] = {35, 25, 15, 10, 5, 4, 3, 2, 1};

constexpr std::string_view kDevices[] = {"mobile", "desktop", "tablet"};
constexpr std::string_view kBrowsers[] = {"chrome", "safari", "firefox", "edge"};
constexpr std::string_view kPages[] = {
    "",       "sale",        "new",     "women",         "men",
    "kids",   "home-living", "sports",  "electronics",   "outlet",
    "brands", "gift-cards",  "account", "help/delivery", "help/returns",
    "about"};
constexpr std::string_view kQueries[] = {
    "running shoes", "linen shirt", "winter jacket", "café set",    "wireless headphones",
    "kids backpack", "yoga mat",    "desk lamp",     "black jeans", "sofa 3 seater"};

/// Ways in which a record can be wrong; each must be rejected with its own reason.
enum class EventFlaw : int {
  kNone,
  kBadUuid,
  kUnknownType,
  kMissingUser,
  kTruncated,
  kTimeAsNumber,
  kNoOffset,
  kBadAddress,
  kPurchaseWithoutTransaction,
  kCount
};

int PickType(Random& random) {
  int percent = static_cast<int>(random.Below(100));
  int type = 0;
  while (percent >= kShares[type]) percent -= kShares[type++];
  return type;
}

void AppendId(std::string_view name, Fixed16 id, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":\"";
  AppendUuid(id, out);
  out += '"';
}

void AppendText(std::string_view name, std::string_view text, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":\"";
  out += text;
  out += '"';
}

void AppendPage(int type, uint32_t product, Random& random, std::string& out) {
  out += ",\"page_url\":\"https://shop.example/";
  switch (type) {
    case kSearch: out += "search"; break;
    case kPurchase:
    case kCheckoutStart: out += "checkout"; break;
    case kAddToCart:
    case kRemoveFromCart: out += "cart"; break;
    case kLogin:
    case kLogout: out += "account"; break;
    case kProductView: out += fmt::format("p/{}", product); break;
    default: out += kPages[random.Below(std::size(kPages))]; break;
  }
  out += '"';
}

void AppendCents(int64_t cents, std::string& out) {
  out += fmt::format("{}.{:02}", cents / 100, cents % 100);
}

void AppendProperties(int type, int64_t cents, Random& random, std::string& out) {
  out += ",\"properties\":{";
  if (type == kPurchase) {
    const int64_t quantity = random.Between(1, 4);
    out += "\"amount\":\"";
    AppendCents(cents * quantity, out);
    out += fmt::format("\",\"quantity\":{},\"currency\":\"EUR\"", quantity);
  } else {
    out += fmt::format("\"load_ms\":{},\"campaign\":\"c{}\"", random.Between(12, 900),
                       random.Below(20));
  }
  out += '}';
}

void AppendTime(const RecordRequest& request, EventFlaw flaw, Random& random, std::string& out) {
  Micros time = request.time - request.behind;
  if (random.Chance(kOutOfOrderShare)) time -= random.Between(0, kMostOutOfOrder);
  if (flaw == EventFlaw::kTimeAsNumber) {
    out += fmt::format(",\"timestamp\":{}", time / 1000);
    return;
  }
  out += ",\"timestamp\":\"";
  AppendTimestamp(time, out);
  if (flaw == EventFlaw::kNoOffset) out.pop_back();
  out += '"';
}

/// What the action is about: a product, a query, a transaction.
void AppendSubject(uint64_t seed, int type, uint32_t product, EventFlaw flaw, Random& random,
                   std::string& out) {
  const bool has_product =
      type == kProductView || type == kAddToCart || type == kPurchase || type == kRemoveFromCart;
  if (has_product) AppendId("product_id", ProductId(seed, product), out);
  if (type == kSearch) AppendText("search_query", kQueries[random.Below(std::size(kQueries))], out);
  const Fixed16 transaction = random.Uuid();
  if (type == kPurchase && flaw != EventFlaw::kPurchaseWithoutTransaction) {
    AppendId("transaction_id", transaction, out);
  }
}

}  // namespace

EcommerceEvents::EcommerceEvents(const ModelSettings& settings)
    : settings_(settings),
      users_(settings.seed, settings.users),
      last_seen_(settings.users / settings.partitions + 1, kMinTimestamp / 2) {}

EcommerceEvents::Visit EcommerceEvents::StartVisit(Micros time, Random& random) {
  Visit visit;
  visit.number = visits_started_++;
  // Prefer one who has been away for long enough; few users at a high rate leave no choice.
  for (int attempt = 0; attempt < 8; ++attempt) {
    visit.user = users_.Pick(random, settings_.partition, settings_.partitions);
    if (time - last_seen_[visit.user / settings_.partitions] > kVisitGap) break;
  }
  visit.product = static_cast<uint32_t>(random.Below(kProducts));
  visit.events_left = 1 + static_cast<uint32_t>(random.Exponential(kMeanVisitEvents - 0.5));
  return visit;
}

EcommerceEvents::Visit EcommerceEvents::TakeVisit(Micros time, Random& random) {
  if (visits_.empty() || visits_.top().due > time) return StartVisit(time, random);
  Visit visit = visits_.top();
  visits_.pop();
  return visit;
}

void EcommerceEvents::PutBack(Visit visit, Micros time, Random& random) {
  last_seen_[visit.user / settings_.partitions] = time;
  if (--visit.events_left == 0) return;
  const double seconds =
      std::min(0.5 + random.Exponential(kMeanThinkSeconds), kLongestThinkSeconds);
  visit.due = time + static_cast<Micros>(seconds * static_cast<double>(kMicrosPerSecond));
  visits_.push(visit);
}

void EcommerceEvents::Append(const RecordRequest& request, std::string& out) {
  const uint64_t stream = settings_.partition;
  Random random(settings_.seed, kDrawEvent + (stream << 16), request.number);
  Visit visit = TakeVisit(request.time, random);
  Random of_visit(settings_.seed, kDrawVisit + (stream << 16), visit.number);
  const size_t start = out.size();

  EventFlaw flaw = EventFlaw::kNone;
  if (request.invalid)
    flaw = static_cast<EventFlaw>(random.Between(1, static_cast<int>(EventFlaw::kCount) - 1));
  const int type = flaw == EventFlaw::kPurchaseWithoutTransaction ? kPurchase : PickType(random);
  if (type == kProductView) visit.product = static_cast<uint32_t>(random.Below(kProducts));

  out += "{\"event_id\":\"";
  AppendUuid(random.Uuid(), out);
  if (flaw == EventFlaw::kBadUuid) out.back() = 'g';
  out += '"';
  if (flaw != EventFlaw::kMissingUser) AppendId("user_id", users_.Id(visit.user), out);
  AppendId("session_id", of_visit.Uuid(), out);
  const bool upper = random.Chance(kUpperCaseShare);
  AppendText("event_type",
             flaw == EventFlaw::kUnknownType ? "teleport"
             : upper                         ? kUpperTypes[type]
                                             : kTypes[type],
             out);

  AppendTime(request, flaw, random, out);
  AppendText("device_type", kDevices[of_visit.Below(std::size(kDevices))], out);
  AppendText("browser", kBrowsers[of_visit.Below(std::size(kBrowsers))], out);
  out += ",\"ip_address\":\"";
  AppendIpv4(static_cast<int64_t>(0x0a000000 + of_visit.Below(1 << 24)), out);
  out += flaw == EventFlaw::kBadAddress ? ".1\"" : "\"";
  AppendPage(type, visit.product, random, out);
  AppendSubject(settings_.seed, type, visit.product, flaw, random, out);
  AppendProperties(type, ProductCents(settings_.seed, visit.product), random, out);
  out += '}';
  if (flaw == EventFlaw::kTruncated) out.resize(start + (out.size() - start) * 2 / 3);
  PutBack(visit, request.time, random);
}

}  // namespace weir
