#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "runtime/connector/sink_connector.h"

namespace weir {

/// Prints rows to a file descriptor; whole lines, whatever number of workers writes.
class ConsoleSink final : public SinkConnector {
 public:
  ConsoleSink(const SinkRequest& request, int output);

  Status Open() override { return Status::Ok(); }
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  Status Close() override;

  Status Print(std::string_view lines);
  /// How many of `rows` may still be printed under the option `limit`.
  uint32_t Admit(uint32_t rows);

 private:
  SchemaPtr schema_;
  std::vector<int> key_;
  bool table_;
  int64_t left_;  ///< rows that may still be printed; negative: no limit
  int64_t hidden_rows_ = 0;
  int output_;
  bool colours_;
  std::mutex mutex_;
};

}  // namespace weir
