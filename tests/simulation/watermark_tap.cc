#include "tests/simulation/watermark_tap.h"

#include <fmt/format.h>

namespace weir::simulation {
namespace {

class WatermarkTap final : public Output {
 public:
  WatermarkTap(std::string stream, uint32_t worker, Trail* trail)
      : stream_(std::move(stream)), worker_(worker), trail_(trail) {}

  void Batch(const RecordBatch&) override {}
  void Send(const Control& control) override {
    if (control.kind != Control::Kind::kWatermark) return;
    if (control.watermark < last_) {
      const std::string text = fmt::format(
          "Time: the watermark of {} on worker {} went from {} to "
          "{}",
          stream_, worker_, last_, control.watermark);
      trail_->Append({Tag::kProblem, 0, 0, 0, text, {}});
    }
    last_ = control.watermark;
  }

 private:
  const std::string stream_;
  const uint32_t worker_;
  Trail* const trail_;
  Micros last_ = kMinTimestamp;
};

}  // namespace

std::unique_ptr<Output> MakeWatermarkTap(const std::string& stream, uint32_t worker, Trail* trail) {
  return std::make_unique<WatermarkTap>(stream, worker, trail);
}

}  // namespace weir::simulation
