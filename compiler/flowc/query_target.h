#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/flowc/run_record.h"
#include "runtime/query/query_engine.h"

namespace weir::flowc {

/// Where to look, as given on the command line.
struct QueryPlace {
  std::string state;                ///< --state
  std::string store;                ///< --store
  std::string pipeline;             ///< of the .flow file that was given
  std::vector<std::string> stores;  ///< that this file writes to
};

/// Something that answers queries: a running pipeline through its socket, or a store that this
/// process opens.
class QueryTarget {
 public:
  struct View {
    std::string name;
    int64_t rows = 0;
  };

  virtual ~QueryTarget() = default;
  virtual Result<std::string> Run(const QueryRequest& request) = 0;
  /// Views that only the running pipeline has.
  virtual Result<std::vector<View>> MemoryViews() = 0;
  /// In a sentence: `shop (process 4711, .weir/shop)`.
  virtual std::string Describe() const = 0;

  const RunRecord& record() const { return record_; }

  /// The running pipeline that `place` means, else its store. Failures name the folders that were
  /// looked at and the option that decides.
  static Result<std::unique_ptr<QueryTarget>> Find(const QueryPlace& place);

 protected:
  explicit QueryTarget(RunRecord record) : record_(std::move(record)) {}

 private:
  const RunRecord record_;
};

}  // namespace weir::flowc
