#include "runtime/connectors/generator/record_sequence.h"

#include "runtime/connectors/generator/draw_purpose.h"
#include "runtime/connectors/generator/ecommerce_events.h"
#include "runtime/connectors/generator/ecommerce_transactions.h"
#include "runtime/connectors/generator/ecommerce_users.h"
#include "runtime/connectors/generator/schema_rows.h"

namespace weir {
namespace {

constexpr size_t kRecentRecords = 512;
/// Beyond any usual watermark lag plus lateness.
constexpr Micros kLeastLate = 10 * 60 * kMicrosPerSecond;
constexpr Micros kMostLate = 25 * 60 * kMicrosPerSecond;

Result<std::unique_ptr<RecordModel>> MakeModel(const SequenceSettings& settings) {
  if (settings.model.empty()) {
    if (settings.schema == nullptr || settings.schema->num_fields() == 0) {
      return InvalidArgumentError("generator: without a model it needs a source with a schema");
    }
    return std::unique_ptr<RecordModel>(new SchemaRows(settings.of_model, settings.schema));
  }
  if (settings.model != "ecommerce") {
    return InvalidArgumentError("generator(model: \"{}\"): there is no such model (ecommerce)",
                                settings.model);
  }
  const std::string& stream = settings.stream;
  if (stream == "events")
    return std::unique_ptr<RecordModel>(new EcommerceEvents(settings.of_model));
  if (stream == "transactions")
    return std::unique_ptr<RecordModel>(new EcommerceTransactions(settings.of_model));
  if (stream == "users") return std::unique_ptr<RecordModel>(new EcommerceUsers(settings.of_model));
  return InvalidArgumentError(
      "generator(stream: \"{}\"): the model ecommerce has events, transactions and users", stream);
}

}  // namespace

Result<std::unique_ptr<RecordSequence>> RecordSequence::Make(const SequenceSettings& settings) {
  WEIR_ASSIGN(std::unique_ptr<RecordModel> model, MakeModel(settings));
  return std::unique_ptr<RecordSequence>(new RecordSequence(settings, std::move(model)));
}

RecordSequence::RecordSequence(const SequenceSettings& settings, std::unique_ptr<RecordModel> model)
    : settings_(settings), model_(std::move(model)) {
  if (settings_.duplicates > 0) recent_.reserve(kRecentRecords);
}

void RecordSequence::Append(Micros time, std::string& out) {
  const ModelSettings& of_model = settings_.of_model;
  Random random(of_model.seed, kDrawFate + (uint64_t{of_model.partition} << 16), next_);
  RecordRequest request;
  request.number = next_++;
  request.time = time;
  const double fate = random.Fraction();
  if (fate < settings_.duplicates && !recent_.empty()) {
    out += recent_[random.Below(recent_.size())];
    return;
  }
  request.invalid = fate >= settings_.duplicates && fate < settings_.duplicates + settings_.invalid;
  const double late_from = settings_.duplicates + settings_.invalid;
  if (fate >= late_from && fate < late_from + settings_.late) {
    request.behind = random.Between(kLeastLate, kMostLate);
  }
  const size_t start = out.size();
  model_->Append(request, out);
  if (settings_.duplicates <= 0 || request.invalid || request.behind > 0) return;
  std::string record = out.substr(start);
  if (recent_.size() < kRecentRecords) {
    recent_.push_back(std::move(record));
  } else {
    recent_[oldest_] = std::move(record);
    oldest_ = (oldest_ + 1) % kRecentRecords;
  }
}

}  // namespace weir
